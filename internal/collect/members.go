package collect

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// member is an account to read, or to skip for a reason.
type member struct {
	id   string
	skip string
}

// members chooses the organization's accounts: of those in this run's answer,
// or where that was not read of those in the picture.
func (r *run) members(ctx context.Context, seen *seen) ([]member, error) {
	if !seen.read(orgAccounts) {
		return nil, fault.New(fault.Denied, "the organization's accounts can't be listed").
			WithCause("%v", seen.why(orgAccounts)).WithFix("allow organizations:ListAccounts, or name the connection's accounts")
	}
	above := unitsAbove(seen)
	tags := tagsOf(seen)
	var out []member
	for _, p := range seen.of(orgAccounts).Parts {
		body, err := snapshot.Decode[snapshot.AccountBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return nil, err
		}
		m := member{id: p.Key}
		units := above(p.ID)
		reason, dead := suspended(body.State)
		switch {
		case dead:
			m.skip = reason
		case !r.options.Include.empty() && !r.options.Include.chooses(p.Key, units, tags[p.Key]):
			m.skip = "it is not among the accounts to include"
		case r.options.Exclude.chooses(p.Key, units, tags[p.Key]):
			m.skip = "it is excluded"
		}
		out = append(out, m)
	}
	return out, ctx.Err()
}

// unitsAbove gives the names, ids and ARNs of the units above an account.
func unitsAbove(seen *seen) func(snapshot.ID) []string {
	parent := map[snapshot.ID]snapshot.ID{}
	for _, e := range seen.of(orgUnits).Edges {
		parent[e.From] = e.To
	}
	names := map[snapshot.ID]string{}
	for _, p := range seen.of(orgUnits).Parts {
		names[p.ID] = p.Name
	}
	return func(id snapshot.ID) []string {
		var out []string
		for unit, ok := parent[id]; ok && len(out) < 3*len(names)+3; unit, ok = parent[unit] {
			out = append(out, unit.Key, unit.Key[strings.LastIndex(unit.Key, "/")+1:], names[unit])
		}
		return out
	}
}

func tagsOf(seen *seen) map[string]snapshot.Tags {
	out := map[string]snapshot.Tags{}
	for _, p := range seen.of(orgTags).Parts {
		var body snapshot.TagsBody
		if json.Unmarshal(p.Body, &body) == nil { // it was marshalled in this run
			out[p.Key] = body.Tags
		}
	}
	return out
}
