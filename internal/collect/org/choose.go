package org

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// chooser says which accounts are included and excluded.
type chooser struct {
	include, exclude collect.Selection
	parents, names   map[snapshot.ID]string // of units; a parent is the key of one
	tags             map[string]snapshot.Tags
}

// chooserOf returns what chooses accounts. The error is Invalid for a unit, a tag or
// an account that there is none of, since what was meant to be left out would be read.
// If units or tags choose, and can't be read, the error is of the kind of that failure.
func chooserOf(ctx collect.Context) (*chooser, error) {
	c := &chooser{include: ctx.Options.Include, exclude: ctx.Options.Exclude}
	if byUnits(collect.Size{}, ctx.Options) {
		if err := c.readUnits(ctx); err != nil {
			return nil, err
		}
	}
	if byTags(collect.Size{}, ctx.Options) {
		if err := c.readTags(ctx); err != nil {
			return nil, err
		}
	}
	return c, c.checkAccounts(ctx)
}

// chosen returns an account, skipped if it is left out.
func (c *chooser) chosen(account string) collect.Account {
	why := c.leaves(account)
	return collect.Account{ID: account, Skip: why, Unchosen: why != ""}
}

// leaves returns why an account is left out; "" if it is read.
func (c *chooser) leaves(account string) string {
	units := c.above(account)
	switch {
	case !c.include.Empty() && !c.include.Chooses(account, units, c.tags[account]):
		return "it is not among the accounts to include"
	case c.exclude.Chooses(account, units, c.tags[account]):
		return "it is excluded"
	default:
		return ""
	}
}

// need returns an error if a facet that accounts are chosen by was not read.
func need(ctx collect.Context, what string, facets ...snapshot.Facet) error {
	for _, f := range facets {
		if ctx.WasRead(f) {
			continue
		}
		why := awserr.Fault(cmp.Or(ctx.Why(f), collect.NotRead(f)))
		return fault.Wrap(why, why.Kind, "accounts are chosen by %s, which can't be read", what).WithCause("%s", why.Error()).
			WithFix("choose accounts by their numbers, or correct this: %s", why.Fix).WithDenial(why)
	}
	return nil
}

// readUnits takes the units of accounts, and checks that those that are named exist.
func (c *chooser) readUnits(ctx collect.Context) error {
	facets := []snapshot.Facet{snapshot.OrgRoots, snapshot.OrgUnits, snapshot.OrgAccountUnits}
	if err := need(ctx, "their organizational units", facets...); err != nil {
		return err
	}
	c.parents, c.names = map[snapshot.ID]string{}, map[snapshot.ID]string{}
	var known []string
	for _, f := range facets {
		b := ctx.Batch(f)
		for _, e := range b.Edges {
			c.parents[e.From] = e.To.Key
		}
		for _, p := range b.Parts {
			c.names[p.ID] = p.Name
			known = append(known, p.Name, idOf(p.ID), p.Key)
		}
	}
	c.include.Units, c.exclude.Units = asSpelled(c.include.Units, known), asSpelled(c.exclude.Units, known)
	return c.check("organizational unit", known, func(s collect.Selection) []string { return s.Units })
}

// asSpelled replaces each word by the known one that differs from it in case alone, if
// there is exactly one. A word that is known stays, as other units may differ only in case.
func asSpelled(words, known []string) []string {
	var out []string
	for _, word := range words {
		var same []string
		for _, k := range known {
			if strings.EqualFold(k, word) && !slices.Contains(same, k) {
				same = append(same, k)
			}
		}
		if len(same) == 1 && !slices.Contains(known, word) {
			word = same[0]
		}
		out = append(out, word)
	}
	return out
}

// above returns the names, ids and ARNs of the units above an account.
func (c *chooser) above(account string) []string {
	var out []string
	id := snapshot.Account.ID(account)
	for key, ok := c.parents[id]; ok && len(out) <= 3*len(c.names); key, ok = c.parents[id] {
		id = snapshot.Unit.ID(key)
		out = append(out, key, idOf(id), c.names[id])
	}
	return out
}

// readTags takes the tags of accounts, and checks that those that are named exist.
func (c *chooser) readTags(ctx collect.Context) error {
	if err := need(ctx, "their tags", snapshot.OrgTags); err != nil {
		return err
	}
	c.tags = map[string]snapshot.Tags{}
	var known []string
	for _, p := range ctx.Batch(snapshot.OrgTags).Parts {
		var body snapshot.TagsBody
		if err := json.Unmarshal(p.Body, &body); err != nil {
			return err
		}
		c.tags[p.Key] = body.Tags
		for name, value := range body.Tags {
			known = append(known, name+"="+value)
		}
	}
	return c.check("tag of an account", known, func(s collect.Selection) []string { return s.Tags })
}

// checkAccounts checks that the accounts that are named exist, if they were listed.
func (c *chooser) checkAccounts(ctx collect.Context) error {
	if !ctx.WasRead(snapshot.OrgAccounts) {
		return nil
	}
	known := slices.Clone(ctx.Options.Within)
	for _, p := range ctx.Batch(snapshot.OrgAccounts).Parts {
		known = append(known, p.Key)
	}
	return c.check("account of the organization", known, func(s collect.Selection) []string { return s.Accounts })
}

// check returns an error for a word of the selections that is not known.
func (c *chooser) check(what string, known []string, words func(collect.Selection) []string) error {
	for _, s := range []struct {
		field string
		collect.Selection
	}{{"include", c.include}, {"exclude", c.exclude}} {
		for _, word := range words(s.Selection) {
			if slices.Contains(known, word) {
				continue
			}
			err := fault.New(fault.Invalid, "%s names %q, and there is no such %s", s.field, word, what).At(s.field)
			if near := fault.Nearest(word, known); near != "" {
				return err.WithCause("did you mean %s?", near).WithFix("use %s, or remove %s", near, word)
			}
			return err.WithFix("correct or remove it; there are: %s", someOf(known))
		}
	}
	return nil
}

// mostKnown bounds how many words a fix lists.
const mostKnown = 8

func someOf(known []string) string {
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	known = slices.DeleteFunc(known, func(word string) bool { return word == "" || strings.HasPrefix(word, "arn:") })
	switch {
	case len(known) == 0:
		return "none"
	case len(known) > mostKnown:
		return strings.Join(known[:mostKnown], ", ") + " and others"
	}
	return strings.Join(known, ", ")
}
