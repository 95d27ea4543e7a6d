package c1z

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

func encodeType(t ResourceType) message {
	var m message
	m.text(1, t.ID)
	m.text(2, clip(t.DisplayName, longestName))
	if len(t.Traits) > 0 {
		var packed message
		for _, trait := range t.Traits {
			packed = protowire.AppendVarint(packed, uint64(trait))
		}
		m.nested(3, packed)
	}
	if t.Bare {
		m.anything(4, "SkipEntitlementsAndGrants", nil)
	}
	m.text(5, clip(t.Description, longestTypeText))
	return m
}

func encodeResource(r Resource) (message, error) {
	var m message
	m.ref(1, r.Ref)
	m.ref(2, r.Parent)
	m.text(3, clip(r.DisplayName, longestName))
	for _, trait := range r.traits() {
		inner, err := trait.encode()
		if err != nil {
			return nil, err
		}
		m.anything(4, trait.name, inner)
	}
	m.text(5, clip(r.Description, longestDescription))
	return m, nil
}

type namedTrait struct {
	name   string
	encode func() (message, error)
}

// traits returns those that r has, in the order of their numbers.
func (r Resource) traits() []namedTrait {
	var list []namedTrait
	if r.User != nil {
		list = append(list, namedTrait{"UserTrait", r.User.encode})
	}
	if r.Group != nil {
		list = append(list, namedTrait{"GroupTrait", r.Group.encode})
	}
	if r.Role != nil {
		list = append(list, namedTrait{"RoleTrait", r.Role.encode})
	}
	if r.App != nil {
		list = append(list, namedTrait{"AppTrait", r.App.encode})
	}
	if r.Secret != nil {
		list = append(list, namedTrait{"SecretTrait", r.Secret.encode})
	}
	return list
}

func (u *User) encode() (message, error) {
	var m message
	for i, address := range u.Emails {
		var email message
		email.text(1, address)
		email.flag(2, i == 0)
		m.nested(1, email)
	}
	var status message
	status.number(1, uint64(u.Status))
	status.text(2, clip(u.Details, longestName))
	m.nested(2, status)
	if err := m.profile(3, u.Profile); err != nil {
		return nil, err
	}
	m.number(5, uint64(u.Account))
	m.text(6, u.Login)
	m.texts(7, u.Aliases)
	m.time(8, u.Created)
	m.time(9, u.LastLogin)
	m.toggle(10, u.MFA)
	m.toggle(11, u.SSO)
	return m, nil
}

func (g *Group) encode() (message, error) {
	var m message
	err := m.profile(2, g.Profile)
	return m, err
}

func (r *Role) encode() (message, error) {
	var m message
	err := m.profile(1, r.Profile)
	return m, err
}

func (a *App) encode() (message, error) {
	var m message
	m.text(1, a.HelpURL)
	err := m.profile(4, a.Profile)
	return m, err
}

func (s *Secret) encode() (message, error) {
	var m message
	if err := m.profile(1, s.Profile); err != nil {
		return nil, err
	}
	m.time(2, s.Created)
	m.time(3, s.Expires)
	m.time(4, s.LastUsed)
	m.ref(5, s.Owner)
	return m, nil
}

func encodeEntitlement(e Entitlement) (message, error) {
	resource, err := encodeResource(e.Resource)
	if err != nil {
		return nil, err
	}
	var m message
	m.nested(1, resource)
	m.text(2, e.ID)
	m.text(3, clip(e.DisplayName, longestName))
	m.text(4, clip(e.Description, longestDescription))
	for _, t := range e.GrantableTo {
		m.nested(5, encodeType(t))
	}
	m.number(7, uint64(e.Purpose))
	m.text(8, e.Slug)
	return m, nil
}

func encodeGrant(g Grant) (message, error) {
	entitlement, err := encodeEntitlement(g.Entitlement)
	if err != nil {
		return nil, err
	}
	principal, err := encodeResource(g.Principal)
	if err != nil {
		return nil, err
	}
	var m message
	m.nested(1, entitlement)
	m.nested(2, principal)
	m.text(3, g.ID)
	if g.Immutable {
		m.anything(4, "GrantImmutable", nil)
	}
	if g.Metadata != nil {
		var metadata message
		if err := metadata.profile(1, g.Metadata); err != nil {
			return nil, err
		}
		m.anything(4, "GrantMetadata", metadata)
	}
	if len(g.Sources) > 0 {
		m.nested(5, encodeSources(g.Sources))
	}
	return m, nil
}

// encodeSources writes a map, whose entries are sorted so that equal grants
// are equal bytes.
func encodeSources(sources []Source) message {
	sorted := slices.SortedFunc(slices.Values(sources), func(a, b Source) int {
		return cmp.Compare(a.Entitlement, b.Entitlement)
	})
	var m message
	for _, s := range sorted {
		var entry, source message
		source.flag(1, s.Direct)
		entry.text(1, s.Entitlement)
		entry.nested(2, source)
		m.nested(1, entry)
	}
	return m
}

// encodeExpansion writes what stands in a column of its own, and not among
// the grant's annotations.
func encodeExpansion(e *Expansion) message {
	var m message
	m.texts(1, e.Entitlements)
	m.flag(2, e.Shallow)
	m.texts(3, e.Types)
	return m
}
