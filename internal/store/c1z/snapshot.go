package c1z

import (
	"fmt"
	"iter"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Snapshot is the data of a snapshot that goes into a file.
type Snapshot struct {
	// Entities are all entities, in any order, each once. The file leaves out
	// kinds that neither hold nor give access.
	Entities iter.Seq2[snapshot.Entity, error]
	// Grants are the direct and the inherited grants. Grants of one principal and
	// one entitlement follow each other.
	Grants iter.Seq2[snapshot.Grant, error]
	// Stores are the locations of the identity stores, by ID. The connector's IDs
	// of people and groups contain them.
	Stores map[string]Location
	// Parents are the units and roots above accounts and units.
	Parents map[snapshot.ID]snapshot.ID
}

// Location is where in AWS something is.
type Location struct{ Partition, Region string }

// Snapshot adds a whole snapshot, including its resource types.
func (w *Writer) Snapshot(from Snapshot) error {
	m := mapper{newCatalogue(), from.Stores, from.Parents, map[Ref]bool{}}
	for _, s := range m.list {
		if err := w.ResourceType(s.ResourceType); err != nil {
			return err
		}
	}
	for e, err := range from.Entities {
		if err == nil {
			err = w.entity(m, e)
		}
		if err != nil {
			return fault.From(err)
		}
	}
	for _, e := range w.later {
		if !m.written[e.Resource.Ref] {
			w.left.Entitlements++
			continue
		}
		if err := w.Entitlement(e); err != nil {
			return err
		}
	}
	for g, err := range merged(from.Grants) {
		if err != nil {
			return fault.From(err)
		}
		grants, left := m.grants(g)
		w.left.Grants += left
		for _, grant := range grants {
			if err := w.Grant(grant); err != nil {
				return err
			}
		}
	}
	return nil
}

// LeftOut counts what a file does not have, since it does not have the resource that it
// is of: the snapshot has no such entity.
type LeftOut struct{ Grants, Entitlements int }

// LeftOut returns what Snapshot left out.
func (w *Writer) LeftOut() LeftOut { return w.left }

func (w *Writer) entity(m mapper, e snapshot.Entity) error {
	s, ok := m.kinds[e.Kind]
	if !ok {
		return nil
	}
	r, err := m.resource(s, e)
	if err != nil {
		return err
	}
	if err := w.Resource(r); err != nil {
		return err
	}
	m.written[r.Ref] = true
	if s.slug != "" {
		if err := w.Entitlement(m.entitlement(s, r)); err != nil {
			return err
		}
	}
	switch e.Kind {
	case snapshot.AccountRole:
		if onAccount, ok := m.onAccount(e.ID, e.Name); ok {
			w.later = append(w.later, onAccount) // the account may follow
		}
	case snapshot.PermissionSet:
		return w.setPolicy(m, e, r)
	}
	return nil
}

// merged joins the ways in which somebody holds something.
func merged(grants iter.Seq2[snapshot.Grant, error]) iter.Seq2[[]snapshot.Grant, error] {
	return func(yield func([]snapshot.Grant, error) bool) {
		var same []snapshot.Grant
		for g, err := range grants {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(same) > 0 && (same[0].Principal != g.Principal || same[0].Entitlement != g.Entitlement) {
				if !yield(same, nil) {
					return
				}
				same = same[:0]
			}
			same = append(same, g)
		}
		if len(same) > 0 {
			yield(same, nil)
		}
	}
}

// mapper converts a snapshot's values to those of a file.
type mapper struct {
	catalogue
	stores  map[string]Location
	parents map[snapshot.ID]snapshot.ID
	written map[Ref]bool // the resources of the file
}

// ref returns the reference to an entity in the file; false if files do not have
// entities of its kind.
func (m mapper) ref(id snapshot.ID) (Ref, bool) {
	s, ok := m.kinds[id.Kind]
	if !ok {
		return Ref{}, false
	}
	r := Ref{s.ID, id.Key}
	switch id.Kind {
	case snapshot.SSOUser:
		r.ID = m.identityARN(id, "user")
	case snapshot.SSOGroup:
		r.ID = m.identityARN(id, "group")
	case snapshot.AccountRole:
		if set, account, ok := id.OnAccount(); ok {
			r.ID = set + "-" + account
		}
	case snapshot.Unit:
		r = unitRef(r)
	case snapshot.InlinePolicy:
		if owner, name, ok := id.Inline(); ok {
			r.ID = owner + inline + name
		}
	}
	return r, true
}

// identityARN returns the connector's ID of somebody in an identity store.
func (m mapper) identityARN(id snapshot.ID, kind string) string {
	store, inStore, ok := id.InIdentityStore()
	at := m.stores[store]
	if !ok || at.Region == "" {
		return id.Key
	}
	return "arn:" + at.Partition + ":identitystore:" + at.Region + "::" + store + "/" + kind + "/" + inStore
}

func (m mapper) entitlement(s sort, r Resource) Entitlement {
	e := Entitlement{
		Resource: Resource{Ref: r.Ref, Parent: r.Parent, DisplayName: r.DisplayName}, Slug: s.slug, Purpose: s.purpose,
		DisplayName: r.DisplayName + " " + s.slug, Description: fmt.Sprintf(s.held, r.DisplayName),
	}
	for _, by := range s.by {
		e.GrantableTo = append(e.GrantableTo, m.types[by])
	}
	return e
}

// grants makes one grant of all the ways in which somebody holds something, and of a
// permission set on an account also the one of the account. There is none for an
// exception from a trust, or for an entity of a kind that files do not have. Left counts
// those that are left out as the file does not have their principal or their resource.
func (m mapper) grants(ways []snapshot.Grant) (all []Grant, left int) {
	to, ok := m.ref(ways[0].Principal)
	of, known := m.ref(ways[0].Entitlement)
	s := m.kinds[ways[0].Entitlement.Kind]
	if !ok || !known || s.slug == "" {
		return nil, 0
	}
	held := []Entitlement{{ID: EntitlementID(of, s.slug), Resource: Resource{Ref: of}, Slug: s.slug}}
	if e, ok := m.onAccount(ways[0].Entitlement, ways[0].EntitlementName); ok {
		held = append(held, Entitlement{ID: e.ID, Resource: Resource{Ref: e.Resource.Ref}, Slug: e.Slug})
	}
	for _, e := range held {
		g, ok := m.grant(ways, e, to)
		switch {
		case !ok:
		case !m.written[to] || !m.written[e.Resource.Ref]:
			left++
		default:
			all = append(all, g)
		}
	}
	return all, left
}

// grant makes the grant of an entitlement; false if there is none.
func (m mapper) grant(ways []snapshot.Grant, e Entitlement, to Ref) (Grant, bool) {
	g := Grant{Entitlement: e, Principal: Resource{Ref: to}}
	direct := false
	for _, way := range ways {
		if way.Via == nil {
			if terms, except := termsOf(way); !except {
				direct, g.Metadata = true, terms
			}
			continue
		}
		if group, ok := m.ref(*way.Via); ok {
			g.Sources = append(g.Sources, Source{Entitlement: EntitlementID(group, "member")})
		}
	}
	if direct && len(g.Sources) > 0 {
		g.Sources = append(g.Sources, Source{Entitlement: g.Entitlement.ID, Direct: true})
	}
	g.Immutable = !direct
	g.Expansion = expansion(to)
	return g, direct || len(g.Sources) > 0
}

// expansion passes what a group holds on to its members, whose grants the file
// has already.
func expansion(to Ref) *Expansion {
	if to.Type != "group" && to.Type != "sso_group" {
		return nil
	}
	return &Expansion{Entitlements: []string{EntitlementID(to, "member")}, Shallow: true}
}
