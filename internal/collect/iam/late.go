package iam

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// lateActions are called for users whom the credential report does not know.
func lateActions() []string {
	return []string{"iam:GetLoginProfile", "iam:GetUser", "iam:ListMFADevices", "iam:ListSigningCertificates"}
}

// reportAge is how long AWS gives out a credential report before it makes another.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
const reportAge = 4 * time.Hour

// late counts the users whom the next sync asks for their credentials: they are younger
// than the last credential report, and AWS makes no other yet.
func late(ctx collect.Context, size collect.Size) (collect.Size, error) {
	made, err := ctx.Had(snapshot.IAMCredentials)
	if err != nil || made.IsZero() || ctx.Now().Sub(made) >= reportAge {
		return size, err
	}
	err = ctx.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, Account: ctx.Account}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.PrincipalBody](e.Entity)
		if err == nil && body.Created.After(made) {
			size.Late++
		}
		return err
	})
	return size, err
}

// lateCalls adds the calls for users whom the report does not know.
func lateCalls(s collect.Size, calls map[string]int) map[string]int {
	for _, action := range lateActions() {
		calls[action] += s.Late
	}
	return calls
}

// readLate reads of the users whom the report does not know what it has of the others,
// except for when they changed their password, which no other call tells. Those who
// can't be read are a part of the facet that is missing.
func (r *report) readLate(ctx collect.Context, o *collect.Output) error {
	var mu sync.Mutex
	failed := map[string]error{}
	err := ctx.ForEach(partsOf(snapshot.User, r.late), func(inner collect.Context, u snapshot.Part, add func(func(*snapshot.Batch))) error {
		body, err := credentialsOf(inner, nameOf(u.Key))
		switch {
		case err == nil:
			add(func(b *snapshot.Batch) { b.Tell(u.ID, ctx.Account, body) })
		case collect.IsGone(err) || inner.Err() != nil || !collect.AnotherMayRead(err):
			return err
		default:
			mu.Lock()
			defer mu.Unlock()
			failed[u.Key] = err
		}
		return nil
	}, &r.b)
	for _, user := range r.late {
		if collect.IsGone(err) && failed[user] == nil {
			failed[user] = err // all were listed a moment ago
		}
	}
	if err != nil && !collect.IsGone(err) || len(failed) == 0 {
		return err
	}
	unread := slices.DeleteFunc(slices.Clone(r.late), func(user string) bool { return failed[user] == nil })
	o.FailPart(snapshot.IAMCredentials, errLate(unread, failed[unread[0]]), func(id snapshot.ID) bool { return failed[id.Key] != nil })
	return nil
}

// keepLate keeps what the snapshot has of the keys of users whom the report does not know,
// and whom nobody asks, under the ARNs that the users have now. Their keys are a part of
// the facet that is missing.
func (r *report) keepLate(ctx collect.Context, o *collect.Output) error {
	if len(r.late) == 0 {
		return nil
	}
	b := o.Batch(snapshot.IAMAccessKeys)
	reported := len(b.Parts)
	err := eachKnownKey(ctx, func(k snapshot.KeyBody) {
		if slices.Contains(r.late, k.User) {
			addKey(ctx, b, k)
		}
	})
	if err != nil {
		return err
	}
	before, err := ctx.Had(snapshot.IAMAccessKeys)
	if err != nil {
		return err
	}
	if len(b.Parts) > reported && !before.IsZero() && before.Before(r.made) {
		o.AsOf(snapshot.IAMAccessKeys, before) // as old as what was kept
	}
	why := fault.New(fault.Partial, "the credential report does not know %s yet", namesOf(r.late)).
		WithCause("they are newer than the report, or have another name than in it, and with --keys report nobody is asked for keys").
		WithFix("sync with --keys ids")
	o.FailPart(snapshot.IAMAccessKeys, why, func(snapshot.ID) bool { return false }) // what was kept is in the batch
	return nil
}

// mostNamed bounds how many users a message names.
const mostNamed = 3

// errLate is the error of users whom the report does not know, and who can't be asked.
func errLate(users []string, err error) error {
	f := awserr.Fault(err)
	return fault.Wrap(f, f.Kind, "the credential report does not know %s yet", namesOf(users)).WithCause("%s", f.Error()).WithFix("%s", f.Fix).WithDenial(f)
}

// namesOf names users in a message.
func namesOf(users []string) string {
	names := strings.Join(users[:min(len(users), mostNamed)], ", ")
	if more := len(users) - mostNamed; more > 0 {
		names += fmt.Sprintf(" and %d more users", more)
	}
	return names
}

// credentialsOf asks for the credentials of one user.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html
func credentialsOf(ctx collect.Context, user string) (body snapshot.CredentialBody, err error) {
	// The listings come first: for them "does not exist" says that the user is gone.
	for page, err := range collect.Pages(ctx, iam.NewListMFADevicesPaginator(client(ctx), &iam.ListMFADevicesInput{UserName: &user})) {
		if err != nil {
			return body, err
		}
		body.MFA = body.MFA || len(page.MFADevices) > 0
	}
	for page, err := range collect.Pages(ctx, iam.NewListSigningCertificatesPaginator(client(ctx), &iam.ListSigningCertificatesInput{UserName: &user})) {
		if err != nil {
			return body, err
		}
		for _, c := range page.Certificates {
			if c.Status == types.StatusTypeActive {
				body.Certificates++
			}
		}
	}
	_, err = client(ctx).GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &user})
	if collect.IsGone(err) {
		return body, nil // no password
	}
	if err != nil {
		return body, err
	}
	out, err := client(ctx).GetUser(ctx, &iam.GetUserInput{UserName: &user})
	if err != nil {
		return body, err
	}
	body.Password, body.PasswordUsed = true, collect.UTC(out.User.PasswordLastUsed)
	return body, nil
}
