package collect

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
)

// Mapping gives identities to people by hand: the person's email or name to the
// identities' keys or names.
type Mapping map[string][]string

// derive stores what follows from the picture as it is now, gaps or not: which
// role each permission set became in an account, and which identities are one
// person's.
func (r *run) derive(ctx context.Context) error {
	r.expect(1)
	defer r.reached()
	for facet, make := range map[snapshot.Facet]func(context.Context) (*snapshot.Batch, error){
		derivedRoles: r.permissionSetRoles, derivedPeople: r.people,
	} {
		b, err := make(ctx)
		if err != nil {
			return err
		}
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: r.home.Account, Facet: facet}, Status: snapshot.OK}
		if err := r.commit(ctx, o, b); err != nil {
			return err
		}
	}
	return nil
}

// reservedRole is how Identity Center calls the roles that it makes:
// AWSReservedSSO_NAME_ and 16 hexadecimal digits.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
const reservedRole = "AWSReservedSSO_"

// setOfRole is the permission set's name in such a role's name.
func setOfRole(name string) (set string, ok bool) {
	rest, ok := strings.CutPrefix(name, reservedRole)
	if !ok || len(rest) < 18 || rest[len(rest)-17] != '_' {
		return "", false
	}
	return rest[:len(rest)-17], true
}

// permissionSetRoles links account roles to the roles that they became.
func (r *run) permissionSetRoles(ctx context.Context) (*snapshot.Batch, error) {
	type place struct{ account, set string }
	roles := map[place]snapshot.ID{}
	err := each(ctx, r.book, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Role}, Name: reservedRole + "*"}, func(e snapshot.Seen) error {
		if set, ok := setOfRole(e.Name); ok {
			roles[place{e.Account, set}] = e.ID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	b := &snapshot.Batch{}
	return b, each(ctx, r.book, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.AccountRole}}, func(e snapshot.Seen) error {
		if role, ok := roles[place{e.Account, e.Name}]; ok {
			b.Link(e.ID, snapshot.Became, role, nil)
		}
		return nil
	})
}

// people links identities of the same email or user name. Where two of Identity
// Center's users could be meant nobody is guessed: the note names them.
func (r *run) people(ctx context.Context) (*snapshot.Batch, error) {
	p := crowd{mapping: r.options.Mapping.inverse(), by: map[string]*folk{}}
	kinds := []snapshot.Kind{snapshot.SSOUser, snapshot.User}
	for _, kind := range kinds { // Identity Center first: its users have emails
		if err := each(ctx, r.book, snapshot.Filter{Kinds: []snapshot.Kind{kind}}, p.add); err != nil {
			return nil, err
		}
	}
	b := &snapshot.Batch{}
	for _, name := range slices.Sorted(maps.Keys(p.by)) {
		f := p.by[name]
		if len(f.ids) < 2 && f.how != byMapping && f.ids[0].Kind != snapshot.SSOUser {
			continue // one IAM user is nobody's by itself
		}
		id := snapshot.ID{Kind: snapshot.Person, Key: name}
		b.Add(id, "", f.name, snapshot.PersonBody{Email: f.email, By: f.how})
		for _, identity := range sortedIDs(f.ids) {
			b.Link(id, snapshot.Is, identity, nil)
		}
	}
	r.result.Notes = append(r.result.Notes, p.doubts...)
	return b, nil
}

// How a person was found.
const (
	byMapping = "mapping"
	byEmail   = "email"
	byName    = "user-name"
)

// folk is a person in the making.
type folk struct {
	name, email, how string
	ids              []snapshot.ID
}

type crowd struct {
	mapping map[string]string
	by      map[string]*folk
	names   map[string][]string // user names and the local parts of emails to persons
	doubts  []string
}

func (m Mapping) inverse() map[string]string {
	out := map[string]string{}
	for person, identities := range m {
		for _, i := range identities {
			out[strings.ToLower(i)] = strings.ToLower(person)
		}
	}
	return out
}

// add gives an identity to its person.
func (c *crowd) add(e snapshot.Seen) error {
	if c.names == nil {
		c.names = map[string][]string{}
	}
	if e.Kind == snapshot.SSOUser {
		return c.addSSO(e)
	}
	name := strings.ToLower(e.Name)
	if person := c.mapped(e); person != "" {
		c.join(person, e, "", byMapping)
		return nil
	}
	if strings.Contains(name, "@") {
		c.join(name, e, name, byEmail)
		return nil
	}
	switch known := c.names[name]; len(known) {
	case 0:
		c.join(name, e, "", byName)
	case 1:
		c.join(known[0], e, "", byName)
	default:
		c.doubts = append(c.doubts, fmt.Sprintf("the IAM user %s could be any of %s; a mapping tells", e.Key, strings.Join(slices.Sorted(slices.Values(known)), ", ")))
	}
	return nil
}

func (c *crowd) addSSO(e snapshot.Seen) error {
	body, err := snapshot.Decode[snapshot.SSOUserBody](e.Entity)
	if err != nil {
		return err
	}
	user := strings.ToLower(body.UserName)
	person, email, how := user, "", byName
	if len(body.Emails) > 0 {
		email = strings.ToLower(body.Emails[0])
		person, how = email, byEmail
	}
	if mapped := c.mapped(e); mapped != "" {
		person, how = mapped, byMapping
	}
	c.join(person, e, email, how)
	c.by[person].name = body.DisplayName
	local, _, _ := strings.Cut(person, "@")
	for _, name := range []string{user, local} {
		if !slices.Contains(c.names[name], person) {
			c.names[name] = append(c.names[name], person)
		}
	}
	return nil
}

// mapped is the person that the mapping gives an identity to.
func (c *crowd) mapped(e snapshot.Seen) string {
	for _, key := range []string{e.String(), e.Key, e.Name} {
		if person := c.mapping[strings.ToLower(key)]; person != "" {
			return person
		}
	}
	return ""
}

func (c *crowd) join(person string, e snapshot.Seen, email, how string) {
	f := c.by[person]
	if f == nil {
		f = &folk{name: e.Name, how: how}
		c.by[person] = f
	}
	if f.email == "" {
		f.email = email
	}
	if how == byMapping {
		f.how = how
	}
	f.ids = append(f.ids, e.ID)
}
