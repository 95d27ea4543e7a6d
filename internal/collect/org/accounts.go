package org

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// accounts chooses among the organization's accounts that this run read, and those
// that the connection names. If they can't be listed, and the connection names none,
// the error is of the kind of that failure. It is Invalid if include and exclude leave
// none. Other errors are those of chooserOf.
func accounts(ctx collect.Context) ([]collect.Account, error) {
	within := ctx.Options.Within
	if !ctx.WasRead(snapshot.OrgAccounts) && len(within) == 0 {
		return nil, unlisted(awserr.Fault(ctx.Why(snapshot.OrgAccounts)))
	}
	c, err := chooserOf(ctx)
	if err != nil {
		return nil, err
	}
	var out []collect.Account
	for _, p := range ctx.IfRead(snapshot.OrgAccounts).Parts {
		body, err := snapshot.Decode[snapshot.AccountBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return nil, err
		}
		a := collect.Account{ID: p.Key}
		switch reason, closed := suspended(body.State); {
		case closed:
			a.Skip = reason
		case len(within) > 0 && !slices.Contains(within, a.ID):
			a.Skip = "it is not among the connection's accounts"
		default:
			a = c.chosen(a.ID)
		}
		out = append(out, a)
	}
	for _, id := range within {
		if !slices.ContainsFunc(out, func(a collect.Account) bool { return a.ID == id }) {
			out = append(out, c.chosen(id))
		}
	}
	options := ctx.Options
	chose := !options.Include.Empty() || !options.Exclude.Empty()
	if chose && !slices.ContainsFunc(out, func(a collect.Account) bool { return a.Skip == "" }) {
		return nil, fault.New(fault.Invalid, "include and exclude leave no account to read").At("include").
			WithCause("closed accounts, and those that the connection does not name, are not read").WithFix("hawser accounts lists them with their states")
	}
	return out, ctx.Err()
}

// unlisted returns the error of an organization whose accounts can't be listed.
func unlisted(why *fault.Error) error {
	fix := "name the accounts in the connection (accounts), so that a sync goes on without the list"
	if why.Fix != "" {
		fix = why.Fix + "; or " + fix
	}
	return fault.Wrap(why, why.Kind, "the organization's accounts can't be listed").WithCause("%s", why.Error()).WithFix("%s", fix).WithDenial(why)
}

// suspended reports whether an account can't be called, and why.
func suspended(state string) (reason string, is bool) {
	if state == "" || strings.EqualFold(state, string(types.AccountStateActive)) {
		return "", false
	}
	return "the account is " + strings.ToLower(strings.ReplaceAll(state, "_", " ")), true
}
