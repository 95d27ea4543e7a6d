package iam

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// keysOf lists the keys of users, several in parallel; do is called by one
// goroutine at a time.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func keysOf(ctx collect.Context, users []string, do func(user string, k types.AccessKeyMetadata)) error {
	return ctx.ForEach(partsOf(snapshot.User, users), func(inner collect.Context, u snapshot.Part, add func(func(*snapshot.Batch))) error {
		pages := iam.NewListAccessKeysPaginator(client(inner), &iam.ListAccessKeysInput{UserName: aws.String(nameOf(u.Key))})
		for page, err := range collect.Pages(inner, pages) {
			if err != nil {
				return err
			}
			add(func(*snapshot.Batch) {
				for _, k := range page.AccessKeyMetadata {
					do(u.Key, k)
				}
			})
		}
		return nil
	}, nil)
}

func partsOf(kind snapshot.Kind, keys []string) []snapshot.Part {
	parts := make([]snapshot.Part, len(keys))
	for i, key := range keys {
		parts[i].ID = kind.ID(key)
	}
	return parts
}

// listUnlessReported reads keys where no report was read. Keys of a report are there but
// for those that its own outcome names.
func listUnlessReported(ctx collect.Context, o *collect.Output) error {
	if ctx.WasRead(snapshot.IAMAccessKeys) || ctx.Missing(snapshot.IAMAccessKeys) != nil {
		return nil
	}
	return listKeys(ctx, o)
}

// listKeys reads keys without a report: each user's, and of each key its last
// use where that is allowed.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
func listKeys(ctx collect.Context, o *collect.Output) error {
	var owners []string
	for _, u := range ctx.Batch(snapshot.IAMUsers).Parts {
		owners = append(owners, u.Key)
	}
	return readKeysOf(ctx, o, owners)
}

// readKeysOf reads the keys of users.
func readKeysOf(ctx collect.Context, o *collect.Output, owners []string) error {
	b := o.Batch(snapshot.IAMAccessKeys)
	var ids []string
	bodies := map[string]snapshot.KeyBody{}
	err := keysOf(ctx, owners, func(user string, k types.AccessKeyMetadata) {
		id := aws.ToString(k.AccessKeyId)
		ids = append(ids, id)
		bodies[id] = snapshot.KeyBody{User: user, ID: id, Active: k.Status == types.StatusTypeActive, Created: collect.UTC(k.CreateDate)}
	})
	if err != nil {
		return err
	}
	o.Batch(snapshot.IAMAccessKeyIDs)
	uses, err := lastUses(ctx, ids)
	if err != nil {
		o.Fail(snapshot.IAMAccessKeyUse, err)
		if uses, err = knownUses(ctx); err != nil {
			return err
		}
	} else {
		o.Batch(snapshot.IAMAccessKeyUse)
	}
	for _, id := range ids {
		body := bodies[id]
		body.Used = uses[id]
		addKey(ctx, b, body)
	}
	return nil
}

// knownUses returns the keys' last uses that the snapshot has.
func knownUses(ctx collect.Context) (map[string]*snapshot.LastUsed, error) {
	known := map[string]*snapshot.LastUsed{}
	return known, eachKnownKey(ctx, func(k snapshot.KeyBody) {
		if k.ID != "" {
			known[k.ID] = k.Used
		}
	})
}

// Key reads one access key of a session's account as AWS has it now. The error
// is NotFound for a key that the account does not have, otherwise AWS's.
func Key(ctx context.Context, session *awsapi.Session, id string) (snapshot.Entity, error) {
	e := snapshot.Entity{ID: snapshot.AccessKey.ID(id), Account: session.Account, Name: id}
	client := awsapi.Client(session, iam.NewFromConfig)
	use, err := client.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})
	if err != nil {
		return e, err
	}
	pages := iam.NewListAccessKeysPaginator(client, &iam.ListAccessKeysInput{UserName: use.UserName})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return e, err
		}
		for _, k := range page.AccessKeyMetadata {
			if aws.ToString(k.AccessKeyId) != id {
				continue
			}
			owner, err := arnOf(ctx, client, k.UserName)
			if err != nil {
				return e, err
			}
			body := snapshot.KeyBody{
				User: owner, ID: id, Active: k.Status == types.StatusTypeActive, Created: collect.UTC(k.CreateDate), Used: lastUse(use.AccessKeyLastUsed),
			}
			e.Body, err = json.Marshal(body)
			return e, err
		}
	}
	return e, fault.New(fault.NotFound, "account %s has no access key %s", session.Account, id).WithFix("it may have been deleted: hawser diff shows when")
}

// arnOf returns a user's ARN, or only the name if the user may not be read.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
func arnOf(ctx context.Context, client *iam.Client, name *string) (string, error) {
	out, err := client.GetUser(ctx, &iam.GetUserInput{UserName: name})
	if collect.IsDenied(err) {
		return aws.ToString(name), nil
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.User.Arn), nil
}

func lastUse(u *types.AccessKeyLastUsed) *snapshot.LastUsed {
	if u == nil || u.LastUsedDate == nil {
		return nil
	}
	return &snapshot.LastUsed{At: collect.UTC(u.LastUsedDate), Region: aws.ToString(u.Region), Service: aws.ToString(u.ServiceName)}
}

// lastUses asks when keys were used last.
func lastUses(ctx collect.Context, ids []string) (map[string]*snapshot.LastUsed, error) {
	uses := map[string]*snapshot.LastUsed{}
	return uses, ctx.ForEach(partsOf(snapshot.AccessKey, ids), func(inner collect.Context, k snapshot.Part, add func(func(*snapshot.Batch))) error {
		out, err := client(inner).GetAccessKeyLastUsed(inner, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &k.Key})
		if err != nil {
			return err
		}
		add(func(*snapshot.Batch) { uses[k.Key] = lastUse(out.AccessKeyLastUsed) })
		return nil
	}, nil)
}
