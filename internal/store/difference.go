package store

import (
	"fmt"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// difference is the changes between the stored contents of a cell and those that
// were read.
type difference struct {
	parts changes[snapshot.Part]
	edges changes[snapshot.Edge]
}

// changes are what is to be done with a cell's parts or edges.
type changes[T any] struct {
	open     []T
	replaced []replaced[T]
	lost     []stored // rows that nothing follows
}

// replaced is a row that another one follows.
type replaced[T any] struct {
	old stored
	by  T
}

// diff compares. The batch is sorted.
func diff(b *snapshot.Batch, parts map[snapshot.ID]stored, edges map[edgeKey]stored) *difference {
	return &difference{
		parts: compare(b.Parts, parts, func(p snapshot.Part) snapshot.ID { return p.ID }, func(p snapshot.Part, old stored) bool {
			return old.body == digestOf(p.Body) && old.account == p.Account && old.name == p.Name && old.main == p.Main
		}),
		edges: compare(b.Edges, edges, func(e snapshot.Edge) edgeKey { return edgeKey{e.From, e.To, e.Relation} }, func(e snapshot.Edge, old stored) bool {
			return old.body == digestOf(e.Body)
		}),
	}
}

func compare[K comparable, T any](read []T, had map[K]stored, key func(T) K, same func(T, stored) bool) changes[T] {
	var c changes[T]
	seen := make(map[int64]bool, len(had))
	for _, item := range read {
		old, there := had[key(item)]
		if there {
			seen[old.row] = true
			if same(item, old) {
				continue
			}
			c.replaced = append(c.replaced, replaced[T]{old, item})
		}
		c.open = append(c.open, item)
	}
	for _, old := range had {
		if !seen[old.row] {
			c.lost = append(c.lost, old)
		}
	}
	return c
}

// delta counts the changes.
func (c changes[T]) delta() snapshot.Delta {
	return snapshot.Delta{Opened: len(c.open) - len(c.replaced), Changed: len(c.replaced), Closed: len(c.lost)}
}

// keep leaves in the snapshot what was not seen.
func (d *difference) keep() { d.parts.lost, d.edges.lost = nil, nil }

// closed returns the rows to close.
func (c changes[T]) closed() []int64 {
	var rows []int64
	for _, r := range c.replaced {
		rows = append(rows, r.old.row)
	}
	for _, old := range c.lost {
		rows = append(rows, old.row)
	}
	return rows
}

// tooMuch describes a loss that is too large to be believed; empty if there is
// none.
func tooMuch(r snapshot.Rules, parts map[snapshot.ID]stored, edges map[edgeKey]stored, d *difference) string {
	if r.MaxLoss <= 0 {
		return ""
	}
	kinds := losses(parts, d.parts.lost, func(s stored) snapshot.Kind { return s.id.Kind })
	for _, kind := range snapshot.Kinds() {
		if kinds[kind].tooMany(r) {
			return fmt.Sprintf("%d of %d %s are gone at once", kinds[kind].lost, kinds[kind].had, kind)
		}
	}
	edgesOf := losses(edges, d.edges.lost, func(s stored) snapshot.Relation { return s.edge.relation })
	for _, relation := range relations {
		if edgesOf[relation].tooMany(r) {
			return fmt.Sprintf("%d of %d relations %s are gone at once", edgesOf[relation].lost, edgesOf[relation].had, relation)
		}
	}
	return ""
}

// loss is how many rows of one kind or relation there were, and how many are lost.
type loss struct{ had, lost int }

func (l loss) tooMany(r snapshot.Rules) bool {
	return l.lost >= max(r.Least, 1) && float64(l.lost) > r.MaxLoss*float64(l.had)
}

// losses counts rows by their kind or relation.
func losses[K, G comparable](had map[K]stored, lost []stored, group func(stored) G) map[G]loss {
	counts := map[G]loss{}
	for _, row := range had {
		c := counts[group(row)]
		c.had++
		counts[group(row)] = c
	}
	for _, row := range lost {
		c := counts[group(row)]
		c.lost++
		counts[group(row)] = c
	}
	return counts
}

// keepOf leaves in the snapshot what was not seen of entities that are held: their
// parts and edges, and what they own or have attached in the same cell. It returns how
// many rows it left.
func (d *difference) keepOf(held map[snapshot.ID]bool) int {
	if len(held) == 0 {
		return 0
	}
	kept := 0
	d.edges.lost = slices.DeleteFunc(d.edges.lost, func(row stored) bool {
		from, to := row.edge.from, row.edge.to
		if !held[from] && !held[to] {
			return false
		}
		if held[from] && (row.edge.relation == snapshot.Owns || to.Kind == snapshot.InlinePolicy) {
			held[to] = true
		}
		kept++
		return true
	})
	d.parts.lost = slices.DeleteFunc(d.parts.lost, func(row stored) bool {
		if held[row.id] {
			kept++
		}
		return held[row.id]
	})
	return kept
}

// relations in the order of their codes in the store, which must not change.
var relations = [...]snapshot.Relation{
	1: snapshot.MemberOf, 2: snapshot.Attached, 3: snapshot.Boundary, 4: snapshot.MayAssume, 5: snapshot.Assigned, 6: snapshot.Grants,
	7: snapshot.Became, 8: snapshot.In, 9: snapshot.Governs, 10: snapshot.Owns, 11: snapshot.Holds, 12: snapshot.Federates,
	13: snapshot.Is, 14: snapshot.Administer,
}

// codeOf returns a relation's code; 0 is for none that there is.
func codeOf(r snapshot.Relation) int {
	for code, known := range relations {
		if known == r && code > 0 {
			return code
		}
	}
	return 0
}

func relationOf(code int) snapshot.Relation {
	if code <= 0 || code >= len(relations) {
		return ""
	}
	return relations[code]
}
