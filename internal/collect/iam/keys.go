package iam

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readCredentials reads the credential report and the IDs of the access keys in
// it, which the report leaves out. It asks for each ID once, and again only if
// the report shows a key of another creation time. Users that the report does not
// know yet are asked for their keys, and all users if the snapshot has keys of a later
// time than the report.
func readCredentials(ctx collect.Context, o *collect.Output) error {
	r, known, err := readReport(ctx, o)
	if err != nil {
		return err
	}
	newer, err := ctx.Had(snapshot.IAMAccessKeys)
	if err != nil {
		return err
	}
	if newer.After(r.made) && ctx.Options.Keys != collect.ReportKeys {
		// The snapshot has keys of a later time than the report, such as fresh ones.
		if err := listKeys(ctx, o); err != nil {
			o.Fail(snapshot.IAMAccessKeys, err)
		}
		return nil
	}
	for _, f := range []snapshot.Facet{snapshot.IAMAccessKeys, snapshot.IAMAccessKeyUse} {
		o.Batch(f)
		o.AsOf(f, r.made)
	}
	users := slices.DeleteFunc(slices.Clone(r.keys), func(k reportKey) bool { return ownerOf(k.user).Kind == snapshot.Root })
	if ctx.Options.Keys == collect.ReportKeys {
		addReported(ctx, o.Batch(snapshot.IAMAccessKeys), users, known)
		return r.keepLate(ctx, o)
	}
	o.Batch(snapshot.IAMAccessKeyIDs)
	asked := unknownUsers(users, known)
	found, err := readIDs(ctx, asked)
	if err != nil {
		o.Fail(snapshot.IAMAccessKeyIDs, errIDs(asked, found, err))
	} else {
		users = stillThere(users, asked, found)
	}
	maps.Copy(known, found)
	addReported(ctx, o.Batch(snapshot.IAMAccessKeys), users, known)
	if err := readKeysOf(ctx, o, r.late); err != nil {
		o.Fail(snapshot.IAMAccessKeys, errLate(r.late, err))
	}
	return nil
}

// readOnlyCredentials reads the credential report without users' keys.
func readOnlyCredentials(ctx collect.Context, o *collect.Output) error {
	_, _, err := readReport(ctx, o)
	return err
}

// readReport reads the credential report, and puts everything but users' keys out, also
// of users whom it does not know. It returns the keys' IDs that are known.
func readReport(ctx collect.Context, o *collect.Output) (*report, keyIDs, error) {
	r, err := credentialReport(ctx)
	if err != nil {
		return nil, nil, err
	}
	if ctx.WasRead(snapshot.IAMUsers) {
		if err := r.compare(ctx.Batch(snapshot.IAMUsers).Parts); err != nil {
			return nil, nil, err
		}
	}
	known, err := knownKeys(ctx)
	if err != nil {
		return nil, nil, err
	}
	// The root user's keys go with the root user: no other call tells of them.
	roots := slices.DeleteFunc(slices.Clone(r.keys), func(k reportKey) bool { return ownerOf(k.user).Kind != snapshot.Root })
	addReported(ctx, &r.b, roots, known)
	if err := r.readLate(ctx, o); err != nil {
		return nil, nil, err
	}
	o.Put(snapshot.IAMCredentials, &r.b)
	o.AsOf(snapshot.IAMCredentials, r.made)
	return r, known, nil
}

// compare compares the report with the account's users. Users who are newer than the
// report are late, and so are those of whose ARN it tells another creation time: their
// rows are of others who had their names. Keys of users who are gone are gone.
func (r *report) compare(users []snapshot.Part) error {
	reported := map[string]bool{}
	for _, p := range r.b.Parts {
		reported[p.Key] = true
	}
	valid := map[string]bool{}
	for _, u := range users {
		body, err := snapshot.Decode[snapshot.PrincipalBody](snapshot.Entity{ID: u.ID, Body: u.Body})
		if err != nil {
			return err
		}
		if valid[u.Key] = reported[u.Key] && !body.Created.After(r.made) && r.bornAt(u.Key, body.Created); !valid[u.Key] {
			r.late = append(r.late, u.Key)
		}
	}
	stale := func(owner snapshot.ID) bool { return owner.Kind == snapshot.User && !valid[owner.Key] }
	r.keys = slices.DeleteFunc(r.keys, func(k reportKey) bool { return stale(ownerOf(k.user)) })
	r.b.Parts = slices.DeleteFunc(r.b.Parts, func(p snapshot.Part) bool { return stale(p.ID) })
	return nil
}

// bornAt reports whether a row can be of a user who was created at a time. The report has
// that time in seconds. A row without it is taken to be the user's.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
func (r *report) bornAt(arn string, at time.Time) bool {
	told := r.born[arn]
	return told.IsZero() || at.IsZero() || told.Truncate(time.Second).Equal(at.Truncate(time.Second))
}

// created identifies a key by the values that both the report and the listing of
// IDs have. If both of a user's keys were created in the same second, they can't
// be told apart.
type created struct {
	user string
	at   time.Time
}

// keyIDs are the IDs of the keys that were created at once, in order.
type keyIDs map[created][]string

func (k keyIDs) add(c created, id string) {
	k[c] = append(k[c], id)
	slices.Sort(k[c])
}

// take returns the next ID of a key that is in the report, and "" where no more
// are known.
func (k keyIDs) take(c created) string {
	ids := k[c]
	if len(ids) == 0 {
		return ""
	}
	k[c] = ids[1:]
	return ids[0]
}

// knownKeys returns the keys' IDs that earlier runs read.
func knownKeys(ctx collect.Context) (keyIDs, error) {
	known := keyIDs{}
	return known, eachKnownKey(ctx, func(k snapshot.KeyBody) {
		if k.ID != "" {
			known.add(created{k.User, k.Created}, k.ID)
		}
	})
}

// eachKnownKey calls do for each of the account's keys that the snapshot has, with the
// ARN that its user has now. Keys of users who are gone are left out.
func eachKnownKey(ctx collect.Context, do func(snapshot.KeyBody)) error {
	users, err := ownersOf(ctx)
	if err != nil {
		return err
	}
	return ctx.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.AccessKey}, Account: ctx.Account}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.KeyBody](e.Entity)
		if err != nil {
			return err
		}
		if body.User, err = users.now(body.User, e.Life); err == nil && body.User != "" {
			do(body)
		}
		return err
	})
}

// unknownUsers returns the users with a key whose ID is not known.
func unknownUsers(keys []reportKey, known keyIDs) []string {
	var users []string
	shown, asked := map[created]int{}, map[string]bool{}
	for _, k := range keys {
		c := created{k.user, k.created}
		shown[c]++
		if len(known[c]) >= shown[c] || asked[k.user] {
			continue
		}
		asked[k.user] = true
		users = append(users, k.user)
	}
	return users
}

// readIDs reads the IDs of users' keys. It keeps what was read before an error.
func readIDs(ctx collect.Context, users []string) (keyIDs, error) {
	found := keyIDs{}
	err := keysOf(ctx, users, func(user string, k types.AccessKeyMetadata) {
		found.add(created{user, collect.UTC(k.CreateDate)}, aws.ToString(k.AccessKeyId))
	})
	return found, err
}

// errIDs is the error of users of whose keys no ID was found.
func errIDs(asked []string, found keyIDs, err error) error {
	has := map[string]bool{}
	for c := range found {
		has[c.user] = true
	}
	without := slices.DeleteFunc(slices.Clone(asked), func(user string) bool { return has[user] })
	if len(without) == 0 {
		return err
	}
	f := awserr.Fault(err)
	return fault.Wrap(f, f.Kind, "the IDs of the keys of %s were not read", namesOf(without)).WithCause("%s", f.Error()).WithFix("%s", f.Fix).WithDenial(f)
}

// stillThere returns the report's keys without those that are gone: of a user who was
// asked, no more keys than AWS lists now. The report gives the time at which a key was
// changed last, so keys of another time than the listing's may be there too.
func stillThere(keys []reportKey, asked []string, found keyIDs) []reportKey {
	left, listed, wasAsked := map[string]int{}, map[created]int{}, map[string]bool{}
	for _, user := range asked {
		wasAsked[user] = true
	}
	for c, ids := range found {
		left[c.user] += len(ids)
		listed[c] = len(ids)
	}
	there := map[int]bool{}
	keep := func(i int) { there[i], left[keys[i].user] = true, left[keys[i].user]-1 }
	for i, k := range keys {
		c := created{k.user, k.created}
		switch {
		case !wasAsked[k.user]:
			there[i] = true
		case listed[c] > 0:
			listed[c]--
			keep(i)
		}
	}
	for i, k := range keys {
		if !there[i] && left[k.user] > 0 {
			keep(i)
		}
	}
	var rest []reportKey
	for i, k := range keys {
		if there[i] {
			rest = append(rest, k)
		}
	}
	return rest
}

// addReported adds the report's keys, under their IDs where those are known.
func addReported(ctx collect.Context, b *snapshot.Batch, keys []reportKey, known keyIDs) {
	for _, k := range keys {
		body := snapshot.KeyBody{User: k.user, ID: known.take(created{k.user, k.created}), Active: k.active, Created: k.created, Used: k.used}
		if body.ID == "" {
			body.Slot = k.slot
		}
		addKey(ctx, b, body)
	}
}

// addKey adds a key under its ID, or under its slot in the report.
func addKey(ctx collect.Context, b *snapshot.Batch, body snapshot.KeyBody) {
	id := snapshot.AccessKey.ID(body.ID)
	if body.ID == "" {
		id = snapshot.AccessKeySlot(body.User, body.Slot)
	}
	body.Used = ownKey(ctx.Self, body)
	b.Add(id, ctx.Account, id.Key, body)
	b.Link(ownerOf(body.User), snapshot.Owns, id, nil)
}
