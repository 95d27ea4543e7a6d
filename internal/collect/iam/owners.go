package iam

import (
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// owners finds users whom earlier runs read in the listing of this one. Names, and so
// ARNs, may have changed hands since; the unique ID of a user does not change.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
type owners struct {
	ctx    collect.Context
	listed bool
	arns   map[string]string                    // by unique ID, in the listing
	then   map[snapshot.RunID]map[string]string // unique IDs by ARN, as of earlier runs
}

// ownersOf returns the owners by the users that this run read.
func ownersOf(ctx collect.Context) (*owners, error) {
	o := &owners{ctx: ctx, listed: ctx.WasRead(snapshot.IAMUsers), arns: map[string]string{}, then: map[snapshot.RunID]map[string]string{}}
	for _, u := range ctx.IfRead(snapshot.IAMUsers).Parts {
		body, err := snapshot.Decode[snapshot.PrincipalBody](snapshot.Entity{ID: u.ID, Body: u.Body})
		if err != nil {
			return nil, err
		}
		o.arns[body.ID] = u.Key
	}
	return o, nil
}

// now returns the ARN that a user has now who had an ARN in what is known of a key or a
// device; empty if the user is gone. If the user was not known then, or this run has no
// listing, it is the same ARN.
func (o *owners) now(arn string, life snapshot.Life) (string, error) {
	// The last run that read all of a cell may be before one that read a part of it.
	run := max(life.First, life.Last)
	if !o.listed || ownerOf(arn).Kind != snapshot.User {
		return arn, nil
	}
	if o.then[run] == nil {
		ids := map[string]string{}
		f := snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, Account: o.ctx.Account, At: run}
		err := o.ctx.Each(f, func(e snapshot.Seen) error {
			body, err := snapshot.Decode[snapshot.PrincipalBody](e.Entity)
			ids[e.Key] = body.ID
			return err
		})
		if err != nil {
			return "", err
		}
		o.then[run] = ids
	}
	id := o.then[run][arn]
	if id == "" {
		return arn, nil
	}
	return o.arns[id], nil
}
