package collect

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// readCredentials reads the credential report, and of the keys in it the IDs,
// which the report leaves out: each once, for as long as the report shows a key
// of the same user and the same creation.
func readCredentials(ctx readContext, y *yield) error {
	r, err := credentialReport(ctx)
	if err != nil {
		return err
	}
	y.batches[iamCredentials] = &r.b
	for _, f := range []snapshot.Facet{iamCredentials, iamKeys, iamKeyUse} {
		y.asOf[f] = r.made
	}
	keys := y.of(iamKeys)
	y.of(iamKeyUse) // the report tells
	known, err := ctx.knownKeys()
	if err != nil {
		return err
	}
	// The root user's keys go with the root user: no other call tells of them.
	users := slices.DeleteFunc(slices.Clone(r.keys), func(k reportKey) bool { return ownerOf(k.user).Kind == snapshot.Root })
	roots := slices.DeleteFunc(slices.Clone(r.keys), func(k reportKey) bool { return ownerOf(k.user).Kind != snapshot.Root })
	addReported(&r.b, ctx.account, roots, known)
	if ctx.options.Keys == ReportKeys {
		addReported(keys, ctx.account, users, known)
		return nil
	}
	y.of(iamKeyIDs)
	found, err := readIDs(ctx, unknownUsers(users, known))
	if err != nil {
		y.errs[iamKeyIDs] = err
	}
	for key, ids := range found {
		known[key] = ids
	}
	addReported(keys, ctx.account, users, known)
	return nil
}

// created is what the report and the IDs' listing both tell of a key. Both of a
// user's keys may be of one second; which of them is which can't be told then.
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

// take gives the next ID of a key that is in the report, and "" where no more
// are known.
func (k keyIDs) take(c created) string {
	ids := k[c]
	if len(ids) == 0 {
		return ""
	}
	k[c] = ids[1:]
	return ids[0]
}

// knownKeys are the keys' IDs that earlier runs read.
func (ctx readContext) knownKeys() (keyIDs, error) {
	known := keyIDs{}
	err := ctx.each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.AccessKey}, Account: ctx.account}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.KeyBody](e.Entity)
		if err == nil && body.ID != "" {
			known.add(created{body.User, body.Created}, body.ID)
		}
		return err
	})
	return known, err
}

// unknownUsers are the users with a key whose ID is not known.
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

// readIDs reads the IDs of users' keys. What was read until an error counts.
func readIDs(ctx readContext, users []string) (keyIDs, error) {
	found := keyIDs{}
	err := ctx.keysOf(users, func(user string, k types.AccessKeyMetadata) {
		found.add(created{user, utc(k.CreateDate)}, aws.ToString(k.AccessKeyId))
	})
	return found, err
}

// addReported adds the report's keys, under their IDs where those are known.
func addReported(b *snapshot.Batch, account string, keys []reportKey, known keyIDs) {
	for _, k := range keys {
		body := snapshot.KeyBody{User: k.user, ID: known.take(created{k.user, k.created}), Active: k.active, Created: k.created, Used: k.used}
		id := snapshot.ID{Kind: snapshot.AccessKey, Key: body.ID}
		if body.ID == "" {
			body.Slot = k.slot
			id.Key = fmt.Sprintf("%s#%d", k.user, k.slot)
		}
		b.Add(id, account, id.Key, body)
		b.Link(ownerOf(k.user), snapshot.Owns, id, nil)
	}
}
