package org

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// accounts chooses among the organization's accounts that this run read. The
// error is Denied where they can't be listed.
func accounts(ctx collect.Context) ([]collect.Account, error) {
	if !ctx.WasRead(snapshot.OrgAccounts) {
		return nil, fault.New(fault.Denied, "the organization's accounts can't be listed").
			WithCause("%v", ctx.Why(snapshot.OrgAccounts)).WithFix("allow organizations:ListAccounts, or name the connection's accounts")
	}
	above := unitsAbove(ctx)
	tags := tagsOf(ctx)
	var out []collect.Account
	for _, p := range ctx.Batch(snapshot.OrgAccounts).Parts {
		body, err := snapshot.Decode[snapshot.AccountBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return nil, err
		}
		m := collect.Account{ID: p.Key}
		units := above(p.ID)
		reason, closed := suspended(body.State)
		switch {
		case closed:
			m.Skip = reason
		case !ctx.Options.Include.Empty() && !ctx.Options.Include.Chooses(p.Key, units, tags[p.Key]):
			m.Skip = "it is not among the accounts to include"
		case ctx.Options.Exclude.Chooses(p.Key, units, tags[p.Key]):
			m.Skip = "it is excluded"
		}
		out = append(out, m)
	}
	return out, ctx.Err()
}

// unitsAbove returns the names, ids and ARNs of the units above an account.
func unitsAbove(ctx collect.Context) func(snapshot.ID) []string {
	parent := map[snapshot.ID]snapshot.ID{}
	names := map[snapshot.ID]string{}
	for _, f := range []snapshot.Facet{snapshot.OrgRoots, snapshot.OrgUnits, snapshot.OrgAccountUnits} {
		b := ctx.Batch(f)
		for _, e := range b.Edges {
			parent[e.From] = e.To
		}
		for _, p := range b.Parts {
			names[p.ID] = p.Name
		}
	}
	return func(id snapshot.ID) []string {
		var out []string
		for unit, ok := parent[id]; ok && len(out) < 3*len(names)+3; unit, ok = parent[unit] {
			out = append(out, unit.Key, idOf(unit), names[unit])
		}
		return out
	}
}

func tagsOf(ctx collect.Context) map[string]snapshot.Tags {
	out := map[string]snapshot.Tags{}
	for _, p := range ctx.Batch(snapshot.OrgTags).Parts {
		var body snapshot.TagsBody
		if json.Unmarshal(p.Body, &body) == nil { // it was marshalled in this run
			out[p.Key] = body.Tags
		}
	}
	return out
}

// suspended reports whether an account can't be called, and why.
func suspended(state string) (reason string, is bool) {
	if state == "" || strings.EqualFold(state, string(types.AccountStateActive)) {
		return "", false
	}
	return "the account is " + strings.ToLower(strings.ReplaceAll(state, "_", " ")), true
}
