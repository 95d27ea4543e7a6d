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
	replaced []int64  // rows that another one follows
	lost     []stored // rows that nothing follows
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
			c.replaced = append(c.replaced, old.row)
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

// keep leaves in the snapshot what was not seen.
func (d *difference) keep() { d.parts.lost, d.edges.lost = nil, nil }

// closed returns the rows to close.
func (c changes[T]) closed() []int64 {
	rows := slices.Clone(c.replaced)
	for _, old := range c.lost {
		rows = append(rows, old.row)
	}
	return rows
}

// tooMuch describes a loss that is too large to be believed; empty if there is
// none.
func tooMuch(r snapshot.Rules, parts map[snapshot.ID]stored, d *difference) string {
	if r.MaxLoss <= 0 {
		return ""
	}
	had, lost := map[snapshot.Kind]int{}, map[snapshot.Kind]int{}
	for id, old := range parts {
		if old.main {
			had[id.Kind]++
		}
	}
	for _, old := range d.parts.lost {
		if old.main {
			lost[old.kind]++
		}
	}
	for _, kind := range snapshot.Kinds() {
		if n := lost[kind]; n >= max(r.Least, 1) && float64(n) > r.MaxLoss*float64(had[kind]) {
			return fmt.Sprintf("%d of %d %s are gone at once", n, had[kind], kind)
		}
	}
	return ""
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
