package store

import (
	"fmt"

	"github.com/hawser/hawser/internal/snapshot"
)

// difference is what it takes to bring a cell from what lies in the store to
// what was read.
type difference struct {
	parts                  []snapshot.Part
	edges                  []snapshot.Edge
	closeParts, closeEdges []int64
	lost                   map[snapshot.Kind]int // entities that are no longer there
	lostParts, lostEdges   map[int64]bool        // rows that nothing follows
}

// diff compares. The batch is sorted.
func diff(b *snapshot.Batch, parts map[snapshot.ID]lying, edges map[edgeKey]lying) *difference {
	d := &difference{lost: map[snapshot.Kind]int{}, lostParts: map[int64]bool{}, lostEdges: map[int64]bool{}}
	kept := make(map[int64]bool, len(parts)+len(edges))
	for _, p := range b.Parts {
		old, there := parts[p.ID]
		if there && old.body == digestOf(p.Body) && old.account == p.Account && old.name == p.Name && old.main == p.Main {
			kept[old.row] = true
			continue
		}
		d.parts = append(d.parts, p)
		if there {
			kept[old.row] = true
			d.closeParts = append(d.closeParts, old.row)
		}
	}
	for id, old := range parts {
		if !kept[old.row] {
			d.closeParts = append(d.closeParts, old.row)
			d.lostParts[old.row] = true
			if old.main {
				d.lost[id.Kind]++
			}
		}
	}
	clear(kept)
	for _, e := range b.Edges {
		old, there := edges[edgeKey{e.From, e.To, e.Relation}]
		if there && old.body == digestOf(e.Body) {
			kept[old.row] = true
			continue
		}
		d.edges = append(d.edges, e)
		if there {
			kept[old.row] = true
			d.closeEdges = append(d.closeEdges, old.row)
		}
	}
	for _, old := range edges {
		if !kept[old.row] {
			d.closeEdges = append(d.closeEdges, old.row)
			d.lostEdges[old.row] = true
		}
	}
	return d
}

// gone keeps what was not seen in the picture.
func (d *difference) gone() {
	d.closeParts = without(d.closeParts, d.lostParts)
	d.closeEdges = without(d.closeEdges, d.lostEdges)
}

func without(rows []int64, drop map[int64]bool) []int64 {
	out := rows[:0]
	for _, row := range rows {
		if !drop[row] {
			out = append(out, row)
		}
	}
	return out
}

// tooMuch says which loss is too large to be believed; empty where none is.
func tooMuch(r snapshot.Rules, parts map[snapshot.ID]lying, d *difference) string {
	if r.MaxLoss <= 0 {
		return ""
	}
	had := map[snapshot.Kind]int{}
	for id, old := range parts {
		if old.main {
			had[id.Kind]++
		}
	}
	for _, kind := range snapshot.Kinds() {
		if lost := d.lost[kind]; lost >= max(r.Least, 1) && float64(lost) > r.MaxLoss*float64(had[kind]) {
			return fmt.Sprintf("%d of %d %s are gone at once", lost, had[kind], kind)
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

// codeOf is a relation's code; 0 is for none that there is.
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
