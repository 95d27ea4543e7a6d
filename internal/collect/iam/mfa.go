package iam

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// listMFA follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
// It has the virtual devices of all users.
func listMFA(ctx collect.Context, o *collect.Output) error {
	pages := iam.NewListVirtualMFADevicesPaginator(client(ctx), &iam.ListVirtualMFADevicesInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	b := o.Batch(snapshot.IAMMFADevices)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, m := range page.VirtualMFADevices {
			body := snapshot.MFABody{Virtual: true, Enabled: collect.UTC(m.EnableDate)}
			if m.User != nil {
				body.User = aws.ToString(m.User.Arn)
			}
			addDevice(b, ctx.Account, aws.ToString(m.SerialNumber), body)
		}
	}
	return nil
}

func addDevice(b *snapshot.Batch, account, serial string, body snapshot.MFABody) {
	id := snapshot.MFADevice.ID(serial)
	b.Add(id, account, "", body)
	if body.User != "" {
		b.Link(ownerOf(body.User), snapshot.Owns, id, nil)
	}
}

// factors says who of an account has MFA devices, and how many there are.
type factors struct {
	virtual map[string]int  // virtual devices by user's ARN
	with    []snapshot.Part // users with any device
	inUse   int             // devices of all users; -1 where that is not known
	root    int             // 1 where the root user has one that is not virtual
	late    []snapshot.Part // users of whom that is not known
}

// readHardwareMFA follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
// which needs a call for each user. It asks for users who have a device according
// to their credentials, but no virtual one, and for those whose credentials could not be
// read. It asks for the other users with a device if the account's summary counts more
// devices than that, or was not read. If the summary counts as many as earlier runs
// found, it asks for nobody. AWS does not document whether the summary counts the root
// user's device, so one more device may be that.
func readHardwareMFA(ctx collect.Context, o *collect.Output) error {
	s, err := factorsOf(ctx)
	if err != nil {
		return err
	}
	b := o.Batch(snapshot.IAMHardwareDevices)
	o.AsOf(snapshot.IAMHardwareDevices, ctx.AsOf(snapshot.IAMCredentials))
	known, err := knownHardware(ctx, s)
	if err != nil {
		return err
	}
	virtual := 0
	for _, n := range s.virtual {
		virtual += n
	}
	without := slices.DeleteFunc(slices.Clone(s.with), func(u snapshot.Part) bool { return s.virtual[u.Key] > 0 })
	if s.accounted(virtual, known, without) {
		for serial, body := range known {
			addDevice(b, ctx.Account, serial, body)
		}
		return nil
	}
	if err := devicesOf(ctx, append(without, s.late...), b); err != nil {
		return err
	}
	if s.inUse >= 0 && s.inUse <= virtual+len(b.Parts)+s.root {
		return nil
	}
	return devicesOf(ctx, slices.DeleteFunc(s.with, func(u snapshot.Part) bool { return s.virtual[u.Key] == 0 }), b)
}

// listHardwareMFA asks for every user, where there is no credential report.
func listHardwareMFA(ctx collect.Context, o *collect.Output) error {
	return devicesOf(ctx, ctx.Batch(snapshot.IAMUsers).Parts, o.Batch(snapshot.IAMHardwareDevices))
}

// accounted reports whether the devices that are known are all there are: as many
// as are counted, and one at least of each user who has no virtual one.
func (s factors) accounted(virtual int, known map[string]snapshot.MFABody, without []snapshot.Part) bool {
	owners := map[string]bool{}
	for _, body := range known {
		owners[body.User] = true
	}
	for _, u := range without {
		if !owners[u.Key] {
			return false
		}
	}
	n := virtual + len(known)
	return s.inUse == n || s.inUse == n+s.root
}

func factorsOf(ctx collect.Context) (factors, error) {
	s := factors{virtual: map[string]int{}, inUse: -1}
	for _, e := range ctx.Batch(snapshot.IAMMFADevices).Edges {
		s.virtual[e.From.Key]++
	}
	reported := map[string]bool{}
	for _, p := range ctx.Batch(snapshot.IAMCredentials).Parts {
		reported[p.Key] = true
		body, err := snapshot.Decode[snapshot.CredentialBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return s, err
		}
		switch {
		case body.MFA && p.Kind == snapshot.User:
			p.Name = nameOf(p.Key)
			s.with = append(s.with, p)
		case body.MFA && p.Kind == snapshot.Root && s.virtual[p.Key] == 0:
			s.root = 1
		}
	}
	for _, u := range ctx.IfRead(snapshot.IAMUsers).Parts {
		if !reported[u.Key] {
			s.late = append(s.late, u)
		}
	}
	for _, p := range ctx.IfRead(snapshot.IAMSummary).Parts {
		body, err := snapshot.Decode[snapshot.AccountIAMBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return s, err
		}
		if n, ok := body.Summary["MFADevicesInUse"]; ok {
			s.inUse = int(n)
		}
	}
	return s, nil
}

// knownHardware returns the devices of earlier runs whose users still have any.
func knownHardware(ctx collect.Context, s factors) (map[string]snapshot.MFABody, error) {
	known := map[string]snapshot.MFABody{}
	users, err := ownersOf(ctx)
	if err != nil {
		return nil, err
	}
	err = ctx.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.MFADevice}, Account: ctx.Account}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.MFABody](e.Entity)
		if err != nil || body.Virtual {
			return err
		}
		if body.User, err = users.now(body.User, e.Life); err == nil && slices.ContainsFunc(s.with, func(u snapshot.Part) bool { return u.Key == body.User }) {
			known[e.Key] = body
		}
		return err
	})
	return known, err
}

// devicesOf reads users' devices, and adds those that are not virtual.
func devicesOf(ctx collect.Context, users []snapshot.Part, b *snapshot.Batch) error {
	virtual := map[string]bool{}
	for _, p := range ctx.Batch(snapshot.IAMMFADevices).Parts {
		virtual[p.Key] = true
	}
	return ctx.ForEach(users, func(inner collect.Context, u snapshot.Part, add func(func(*snapshot.Batch))) error {
		for page, err := range collect.Pages(inner, iam.NewListMFADevicesPaginator(client(inner), &iam.ListMFADevicesInput{UserName: aws.String(u.Name)})) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, m := range page.MFADevices {
					if serial := aws.ToString(m.SerialNumber); !virtual[serial] {
						addDevice(b, ctx.Account, serial, snapshot.MFABody{User: u.Key, Enabled: collect.UTC(m.EnableDate)})
					}
				}
			})
		}
		return nil
	}, b)
}
