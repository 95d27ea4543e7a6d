// Package export writes snapshots in the formats of other programs: tables
// for people who analyse it elsewhere, and .c1z files.
package export

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/table"
)

// Source is the store. It is store.Store in the program.
type Source interface {
	snapshot.Lister
	Links(ctx context.Context, id snapshot.ID, out bool, run snapshot.RunID) ([]snapshot.Link, error)
	Edges(ctx context.Context, run snapshot.RunID, after int64, limit int) ([]snapshot.Link, int64, error)
	Holders(ctx context.Context, run snapshot.RunID, after snapshot.ID, limit int) ([]snapshot.ID, error)
	Grants(ctx context.Context, f snapshot.GrantFilter) ([]snapshot.Grant, error)
	Gaps(ctx context.Context, connection string) ([]snapshot.Outcome, error)
}

// at once is how many rows are asked of the source.
const atOnce = 2000

// Tables returns the snapshot's tables as of a run; 0 means now.
func Tables(ctx context.Context, source Source, run snapshot.RunID) []table.Table {
	return []table.Table{
		{
			Name:    "entities",
			Columns: columns("kind", "key", "name", "account", "first_run:int", "body:json"),
			Indexes: [][]string{{"kind", "key"}, {"name"}, {"account"}},
			Rows: rows(snapshot.All(ctx, source, snapshot.Filter{At: run}), func(e snapshot.Seen) table.Row {
				return table.Row{string(e.Kind), e.Key, text(e.Name), text(e.Account), int64(e.First), body(e.Body)}
			}),
		},
		{
			Name:    "relations",
			Columns: columns("from_kind", "from_key", "relation", "to_kind", "to_key", "first_run:int", "body:json"),
			Indexes: [][]string{{"from_kind", "from_key"}, {"to_kind", "to_key"}},
			Rows: rows(edges(ctx, source, run), func(l snapshot.Link) table.Row {
				return table.Row{
					string(l.From.Kind), l.From.Key, string(l.Relation), string(l.To.Kind), l.To.Key, int64(l.First), body(l.Body),
				}
			}),
		},
		{
			Name: "grants",
			Columns: columns("principal_kind", "principal_key", "principal_name", "relation",
				"entitlement_kind", "entitlement_key", "entitlement_name", "account", "via"),
			Indexes: [][]string{{"principal_kind", "principal_key"}, {"entitlement_kind", "entitlement_key"}, {"account"}},
			Rows:    rows(grants(ctx, source, run), grantRow),
		},
		{
			Name:    "gaps",
			Columns: columns("account", "region", "facet", "status", "reason"),
			Rows: rows(gaps(ctx, source), func(o snapshot.Outcome) table.Row {
				return table.Row{o.Account, text(o.Region), string(o.Facet), string(o.Status), text(o.Reason)}
			}),
		},
	}
}

func grantRow(g snapshot.Grant) table.Row {
	var via any
	if g.Via != nil {
		via = g.Via.Key
	}
	return table.Row{
		string(g.Principal.Kind), g.Principal.Key, text(g.PrincipalName), string(g.Relation),
		string(g.Entitlement.Kind), g.Entitlement.Key, text(g.EntitlementName), text(g.Account), via,
	}
}

// columns reads names, with a type behind a colon where it is not text.
func columns(names ...string) []table.Column {
	types := map[string]table.Type{"int": table.Int, "json": table.JSON}
	out := make([]table.Column, len(names))
	for i, name := range names {
		for suffix, t := range types {
			if cut := len(name) - len(suffix) - 1; cut > 0 && name[cut:] == ":"+suffix {
				out[i] = table.Column{Name: name[:cut], Type: t}
			}
		}
		if out[i].Name == "" {
			out[i] = table.Column{Name: name, Type: table.Text}
		}
	}
	return out
}

// text is nil for nothing.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func body(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return raw
}

func rows[T any](items iter.Seq2[T, error], row func(T) table.Row) iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		for item, err := range items {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row(item), nil) {
				return
			}
		}
	}
}

func edges(ctx context.Context, source Source, run snapshot.RunID) iter.Seq2[snapshot.Link, error] {
	return func(yield func(snapshot.Link, error) bool) {
		var after int64
		for {
			page, last, err := source.Edges(ctx, run, after, atOnce)
			if err != nil {
				yield(snapshot.Link{}, err)
				return
			}
			for _, l := range page {
				if !yield(l, nil) {
					return
				}
			}
			if len(page) < atOnce {
				return
			}
			after = last
		}
	}
}

// grants goes through all grants, principal by principal, so that no page has
// to sort all of them.
func grants(ctx context.Context, source Source, run snapshot.RunID) iter.Seq2[snapshot.Grant, error] {
	return func(yield func(snapshot.Grant, error) bool) {
		var after snapshot.ID
		for {
			holders, err := source.Holders(ctx, run, after, atOnce)
			for i := 0; err == nil && i < len(holders); i++ {
				err = grantsOf(ctx, source, snapshot.GrantFilter{Principal: holders[i], At: run, Limit: atOnce}, yield)
			}
			if err != nil && !errors.Is(err, errStop) {
				yield(snapshot.Grant{}, err)
			}
			if err != nil || len(holders) < atOnce {
				return
			}
			after = holders[len(holders)-1]
		}
	}
}

var errStop = errors.New("nobody wants more")

func grantsOf(ctx context.Context, source Source, f snapshot.GrantFilter, yield func(snapshot.Grant, error) bool) error {
	for {
		page, err := source.Grants(ctx, f)
		if err != nil {
			return err
		}
		for _, g := range page {
			if !yield(g, nil) {
				return errStop
			}
		}
		if len(page) < f.Limit {
			return nil
		}
		f.Offset += f.Limit
	}
}

func gaps(ctx context.Context, source Source) iter.Seq2[snapshot.Outcome, error] {
	return func(yield func(snapshot.Outcome, error) bool) {
		all, err := source.Gaps(ctx, "")
		if err != nil {
			yield(snapshot.Outcome{}, err)
			return
		}
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}
