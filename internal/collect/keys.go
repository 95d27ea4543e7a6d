package collect

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/snapshot"
)

// keyReaders is how many users' keys are read side by side.
const keyReaders = 16

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
	err := ctx.keysOf(users, func(user string, k types.AccessKeyMetadata) error {
		found.add(created{user, utc(k.CreateDate)}, aws.ToString(k.AccessKeyId))
		return nil
	})
	return found, err
}

// keysOf lists the keys of users, several side by side; do is called by one
// goroutine at a time.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func (ctx readContext) keysOf(users []string, do func(user string, k types.AccessKeyMetadata) error) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(keyReaders)
	var mu sync.Mutex
	for _, arn := range users {
		group.Go(func() error {
			pages := iam.NewListAccessKeysPaginator(ctx.iam(), &iam.ListAccessKeysInput{UserName: aws.String(nameOf(arn))})
			for page, err := range eachPage(inner, pages) {
				if err != nil {
					return err
				}
				mu.Lock()
				for _, k := range page.AccessKeyMetadata {
					if err := do(arn, k); err != nil {
						mu.Unlock()
						return err
					}
				}
				mu.Unlock()
			}
			return nil
		})
	}
	return group.Wait()
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

// listKeys reads keys without a report: each user's, and of each key its last
// use where that is allowed.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
func listKeys(ctx readContext, y *yield) error {
	known, err := ctx.users()
	if err != nil {
		return err
	}
	var users []string
	for _, u := range known {
		users = append(users, u.Key)
	}
	b := y.of(iamKeys)
	var ids []string
	bodies := map[string]snapshot.KeyBody{}
	err = ctx.keysOf(users, func(user string, k types.AccessKeyMetadata) error {
		id := aws.ToString(k.AccessKeyId)
		ids = append(ids, id)
		bodies[id] = snapshot.KeyBody{User: user, ID: id, Active: k.Status == types.StatusTypeActive, Created: utc(k.CreateDate)}
		return nil
	})
	if err != nil {
		return err
	}
	y.of(iamKeyIDs)
	uses, err := ctx.lastUses(ids)
	if err != nil {
		y.errs[iamKeyUse] = err
	} else {
		y.of(iamKeyUse)
	}
	for _, id := range ids {
		body := bodies[id]
		body.Used = uses[id]
		key := snapshot.ID{Kind: snapshot.AccessKey, Key: id}
		b.Add(key, ctx.account, id, body)
		b.Link(ownerOf(body.User), snapshot.Owns, key, nil)
	}
	return nil
}

// lastUses asks when keys were used last.
func (ctx readContext) lastUses(ids []string) (map[string]*snapshot.LastUsed, error) {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(keyReaders)
	var mu sync.Mutex
	uses := map[string]*snapshot.LastUsed{}
	for _, id := range ids {
		group.Go(func() error {
			out, err := ctx.iam().GetAccessKeyLastUsed(inner, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})
			if err != nil || out.AccessKeyLastUsed == nil || out.AccessKeyLastUsed.LastUsedDate == nil {
				return err
			}
			u := out.AccessKeyLastUsed
			mu.Lock()
			defer mu.Unlock()
			uses[id] = &snapshot.LastUsed{At: utc(u.LastUsedDate), Region: aws.ToString(u.Region), Service: aws.ToString(u.ServiceName)}
			return nil
		})
	}
	return uses, group.Wait()
}
