package correlate

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
)

// Mapping gives identities to people by hand: the person's email or name to the
// identities' keys or names.
type Mapping map[string][]string

// inverse gives the person of each identity.
func (m Mapping) inverse() map[string]string {
	out := map[string]string{}
	for person, identities := range m {
		for _, i := range identities {
			out[strings.ToLower(i)] = strings.ToLower(person)
		}
	}
	return out
}

// Shared returns an identity that the mapping gives to two people, with both; ok is
// false if there is none.
func (m Mapping) Shared() (identity, one, other string, ok bool) {
	of := map[string]string{}
	for _, person := range slices.Sorted(maps.Keys(m)) {
		for _, i := range m[person] {
			folded := strings.ToLower(i)
			if before, given := of[folded]; given && !strings.EqualFold(before, person) {
				return i, before, person, true
			}
			of[folded] = person
		}
	}
	return "", "", "", false
}

// How a person was found.
const (
	byMapping = "mapping"
	byEmail   = "email"
	byName    = "user-name"
)

// People links identities of the same email or user name: the users of Identity
// Center, and those of IAM. Where an IAM user could be one of several people it
// is linked to none, and a note names them.
func People(center, iam iter.Seq2[snapshot.Seen, error], mapping Mapping) (b *snapshot.Batch, notes []string, err error) {
	p := people{mapping: mapping.inverse(), byKey: map[string]*person{}, names: map[string][]string{}}
	for e, err := range center { // first, since its users have emails
		if err == nil {
			err = p.addCenterUser(e)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	for e, err := range iam {
		if err != nil {
			return nil, nil, err
		}
		p.addIAMUser(e)
	}
	return p.batch(), p.notes, nil
}

// person is somebody with the identities that were found.
type person struct {
	name, email, how string
	ids              []snapshot.ID
}

// people are the persons that were found so far.
type people struct {
	mapping map[string]string
	byKey   map[string]*person
	names   map[string][]string // user names and the local parts of emails to persons' keys
	notes   []string
}

func (p *people) addIAMUser(e snapshot.Seen) {
	name := strings.ToLower(e.Name)
	if key := p.mapped(e); key != "" {
		p.join(key, e, "", byMapping)
		return
	}
	if strings.Contains(name, "@") {
		p.join(name, e, name, byEmail)
		return
	}
	switch known := p.names[name]; len(known) {
	case 0:
		p.join(name, e, "", byName)
	case 1:
		p.join(known[0], e, "", byName)
	default:
		p.notes = append(p.notes, fmt.Sprintf("the IAM user %s could be any of %s; a mapping tells", e.Key, strings.Join(slices.Sorted(slices.Values(known)), ", ")))
	}
}

func (p *people) addCenterUser(e snapshot.Seen) error {
	body, err := snapshot.Decode[snapshot.SSOUserBody](e.Entity)
	if err != nil {
		return err
	}
	user := strings.ToLower(body.UserName)
	key, email, how := user, "", byName
	if len(body.Emails) > 0 {
		email = strings.ToLower(body.Emails[0])
		key, how = email, byEmail
	}
	if mapped := p.mapped(e); mapped != "" {
		key, how = mapped, byMapping
	}
	p.join(key, e, email, how)
	p.byKey[key].name = body.DisplayName
	local, _, _ := strings.Cut(key, "@")
	for _, name := range []string{user, local} {
		if !slices.Contains(p.names[name], key) {
			p.names[name] = append(p.names[name], key)
		}
	}
	return nil
}

// mapped is the person that the mapping gives an identity to.
func (p *people) mapped(e snapshot.Seen) string {
	for _, key := range []string{e.String(), e.Key, e.Name} {
		if person := p.mapping[strings.ToLower(key)]; person != "" {
			return person
		}
	}
	return ""
}

// join adds an identity to a person.
func (p *people) join(key string, e snapshot.Seen, email, how string) {
	one := p.byKey[key]
	if one == nil {
		one = &person{name: e.Name, how: how}
		p.byKey[key] = one
	}
	if one.email == "" {
		one.email = email
	}
	if how == byMapping {
		one.how = how
	}
	one.ids = append(one.ids, e.ID)
}

// batch holds the people with links to their identities. A single IAM user that
// nothing else points to makes no person.
func (p *people) batch() *snapshot.Batch {
	b := &snapshot.Batch{}
	for _, key := range slices.Sorted(maps.Keys(p.byKey)) {
		one := p.byKey[key]
		if len(one.ids) < 2 && one.how != byMapping && one.ids[0].Kind != snapshot.SSOUser {
			continue
		}
		id := snapshot.Person.ID(key)
		b.Add(id, "", one.name, snapshot.PersonBody{Email: one.email, By: one.how})
		slices.SortFunc(one.ids, snapshot.ID.Compare)
		for _, identity := range one.ids {
			b.Link(id, snapshot.Is, identity, nil)
		}
	}
	return b
}
