package correlate

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
)

// How a person was found.
const (
	byMapping = "mapping"
	byEmail   = "email"
	byName    = "user-name"
)

// People links the identities of each person of an organization (its ID; an account that
// is in none): the users of Identity Center, and those of IAM. Identities are of one person
// if they have the same email, if the mapping says so, or if an IAM user has the name of
// exactly one user of Identity Center. Users of IAM that have only their name in common are
// different people. Where an IAM user could be one of several people it is linked to none,
// and a note names them.
func People(organization string, center, iam iter.Seq2[snapshot.Seen, error], mapping Mapping) (b *snapshot.Batch, notes []string, err error) {
	p := people{
		organization: organization, mapping: mapping.inverse(), named: mapping.people(),
		byID: map[snapshot.ID]*person{}, emails: map[string]snapshot.ID{}, names: map[string][]snapshot.ID{},
	}
	for e, err := range center { // first, since its users have emails
		if err == nil {
			err = p.addCenterUser(e)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	for e, err := range iam {
		if err == nil {
			err = p.addIAMUser(e)
		}
		if err != nil {
			return nil, nil, err
		}
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
	organization string
	mapping      map[string]string
	named        map[string]bool // the people of the mapping
	byID         map[snapshot.ID]*person
	emails       map[string]snapshot.ID   // emails of Identity Center's users to persons
	names        map[string][]snapshot.ID // their user names and the local parts of their emails
	notes        []string
}

// id returns the ID of a person with an email or user name. People of the mapping are
// the same in all organizations.
func (p *people) id(name string) snapshot.ID {
	if p.named[name] {
		return snapshot.PersonID("", name)
	}
	return snapshot.PersonID(p.organization, name)
}

func (p *people) addIAMUser(e snapshot.Seen) error {
	if mapped := p.mapped(e); mapped != "" {
		p.join(snapshot.PersonID("", mapped), e, "", byMapping)
		return nil
	}
	email, err := Email(e)
	if err != nil {
		return err
	}
	if email != "" {
		id, known := p.emails[email]
		if !known {
			id = p.id(email)
		}
		p.join(id, e, email, byEmail)
		return nil
	}
	switch known := p.names[strings.ToLower(e.Name)]; len(known) {
	case 0:
	case 1:
		p.join(known[0], e, "", byName)
	default:
		var could []string
		for _, id := range known {
			name, _ := id.PersonName()
			could = append(could, name)
		}
		slices.Sort(could)
		p.notes = append(p.notes, fmt.Sprintf("the IAM user %s could be any of %s; a mapping tells", e.Key, strings.Join(could, ", ")))
	}
	return nil
}

// Email returns the email of an IAM user, in lower case: its name, or its tag email.
func Email(e snapshot.Seen) (string, error) {
	if strings.Contains(e.Name, "@") {
		return strings.ToLower(e.Name), nil
	}
	body, err := snapshot.Decode[snapshot.TagsBody](e.Entity)
	for name, value := range body.Tags { // IAM takes names that differ in case as one
		if strings.EqualFold(name, "email") {
			return strings.ToLower(strings.TrimSpace(value)), err
		}
	}
	return "", err
}

func (p *people) addCenterUser(e snapshot.Seen) error {
	body, err := snapshot.Decode[snapshot.SSOUserBody](e.Entity)
	if err != nil {
		return err
	}
	user, email, how := strings.ToLower(body.UserName), "", byName
	for _, address := range body.Emails {
		if email == "" && address != "" {
			email, how = strings.ToLower(address), byEmail
		}
	}
	id := p.id(cmp.Or(email, user))
	switch mapped := p.mapped(e); {
	case mapped != "":
		id, how = snapshot.PersonID("", mapped), byMapping
	case email == "" && user == "":
		return nil // nothing says who this is
	}
	p.join(id, e, email, how)
	p.byID[id].name = cmp.Or(body.DisplayName, p.byID[id].name, body.UserName)
	for _, address := range body.Emails {
		p.know(address, id)
	}
	if strings.Contains(user, "@") {
		p.know(user, id)
	}
	key, _ := id.PersonName()
	local, _, _ := strings.Cut(key, "@")
	for _, name := range []string{user, local} {
		if name != "" && !slices.Contains(p.names[name], id) {
			p.names[name] = append(p.names[name], id)
		}
	}
	return nil
}

// know notes whose an email is.
func (p *people) know(email string, id snapshot.ID) {
	email = strings.ToLower(email)
	if _, known := p.emails[email]; !known && email != "" {
		p.emails[email] = id
	}
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
func (p *people) join(id snapshot.ID, e snapshot.Seen, email, how string) {
	one := p.byID[id]
	if one == nil {
		one = &person{name: e.Name, how: how}
		p.byID[id] = one
	}
	one.email = cmp.Or(one.email, email)
	if how == byMapping {
		one.how = how
	}
	one.ids = append(one.ids, e.ID)
}

// batch holds the people with links to their identities. A single IAM user that
// nothing else points to makes no person.
func (p *people) batch() *snapshot.Batch {
	b := &snapshot.Batch{}
	for _, id := range slices.SortedFunc(maps.Keys(p.byID), snapshot.ID.Compare) {
		one := p.byID[id]
		if len(one.ids) < 2 && one.how != byMapping && one.ids[0].Kind != snapshot.SSOUser {
			continue
		}
		b.Add(id, "", one.name, snapshot.PersonBody{Email: one.email, By: one.how})
		slices.SortFunc(one.ids, snapshot.ID.Compare)
		for _, identity := range one.ids {
			b.Link(id, snapshot.Is, identity, nil)
		}
	}
	return b
}
