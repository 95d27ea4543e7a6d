package snapshot

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Part is what one cell says of an entity. Body is a JSON object; the parts of
// an entity share no members.
type Part struct {
	ID
	// Main tells that the entity is there: it goes with its main parts.
	Main bool `json:"main,omitempty"`
	// Account is the entity's, empty for what is of no account.
	Account string `json:"account,omitempty"`
	// Name is what people call it; empty where another facet says so.
	Name string          `json:"name,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Entity is a thing with all that is known of it.
type Entity struct {
	ID
	Account string          `json:"account,omitempty"`
	Name    string          `json:"name,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
}

// Merge makes an entity of its parts. The error is for a body that is not a JSON
// object.
func Merge(parts []Part) (Entity, error) {
	var e Entity
	members := map[string]json.RawMessage{}
	for _, p := range parts {
		e.ID = p.ID
		if e.Account == "" {
			e.Account = p.Account
		}
		if e.Name == "" {
			e.Name = p.Name
		}
		if len(p.Body) == 0 {
			continue
		}
		var part map[string]json.RawMessage
		if err := json.Unmarshal(p.Body, &part); err != nil {
			return e, err
		}
		maps.Copy(members, part)
	}
	if len(members) == 0 {
		return e, nil
	}
	body, err := json.Marshal(members)
	e.Body = body
	return e, err
}

// Batch is what a cell holds: parts of entities and edges.
type Batch struct {
	Parts []Part
	Edges []Edge
}

// Add puts an entity in. Body is marshalled; nil is none.
func (b *Batch) Add(id ID, account, name string, body any) {
	b.Parts = append(b.Parts, Part{ID: id, Main: true, Account: account, Name: name, Body: encode(body)})
}

// Tell puts in what else is known of an entity that another cell adds.
func (b *Batch) Tell(id ID, account string, body any) {
	b.Parts = append(b.Parts, Part{ID: id, Account: account, Body: encode(body)})
}

// Link puts an edge in.
func (b *Batch) Link(from ID, r Relation, to ID, body any) {
	b.Edges = append(b.Edges, Edge{From: from, Relation: r, To: to, Body: encode(body)})
}

// encode writes a body of this package's own types, which always marshal.
func encode(body any) json.RawMessage {
	if body == nil {
		return nil
	}
	raw, err := json.Marshal(body)
	if err != nil || string(raw) == "{}" {
		return nil
	}
	return raw
}

// Sort orders parts and edges and drops what stands there twice, as pages that
// change while they are read give some items again. Of two parts of one entity
// the later counts.
func (b *Batch) Sort() {
	slices.SortStableFunc(b.Parts, func(a, c Part) int { return a.Compare(c.ID) })
	b.Parts = lastOf(b.Parts, func(a, c Part) bool { return a.ID == c.ID })
	slices.SortStableFunc(b.Edges, compareEdges)
	b.Edges = lastOf(b.Edges, func(a, c Edge) bool { return compareEdges(a, c) == 0 })
}

func compareEdges(a, b Edge) int {
	if c := a.From.Compare(b.From); c != 0 {
		return c
	}
	if a.Relation != b.Relation {
		if a.Relation < b.Relation {
			return -1
		}
		return 1
	}
	return a.To.Compare(b.To)
}

// lastOf keeps the last of each run of items that are the same.
func lastOf[T any](sorted []T, same func(a, b T) bool) []T {
	out := sorted[:0]
	for i, item := range sorted {
		if i+1 < len(sorted) && same(item, sorted[i+1]) {
			continue
		}
		out = append(out, item)
	}
	return out
}

// Decode reads an entity's body, or what T has of it. The error is Internal.
func Decode[T any](e Entity) (T, error) {
	var body T
	if len(e.Body) == 0 {
		return body, nil
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return body, fault.Wrap(err, fault.Internal, "%s is damaged in the store", e.ID)
	}
	return body, nil
}
