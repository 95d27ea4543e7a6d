package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// persons finds the identities for a name: all those of the person whose email, user name
// or display name it is, or the one whose ARN or key it is. A part of a name is none: the
// person who is found by it may be another one.
func (s *search) persons(name string) ([]snapshot.Seen, error) {
	exact, near, err := s.named(name)
	if err != nil {
		return nil, err
	}
	var owners []owner
	for _, same := range []func(snapshot.Seen, string) bool{sameKey, sameName} {
		for _, e := range exact {
			if !same(e, name) {
				continue
			}
			if owners, err = s.addOwner(owners, e, name); err != nil {
				return nil, err
			}
		}
		switch {
		case len(owners) > 1:
			return nil, ambiguous(name, owners)
		case len(owners) == 1 && len(owners[0].people) > 0:
			return s.identitiesOf(owners[0].people)
		case len(owners) == 1:
			return owners[0].identities, nil
		}
	}
	alone, err := s.tagged(name)
	if err != nil {
		return nil, err
	}
	switch {
	case len(alone) > 1:
		return nil, ambiguous(name, alone)
	case len(alone) == 1:
		return alone[0].identities, nil
	}
	return nil, s.nobody(name, near)
}

// tagged returns the IAM users with an email that are of no person: an email in a tag is
// neither a name nor a key.
func (s *search) tagged(email string) ([]owner, error) {
	if !strings.Contains(email, "@") {
		return nil, nil
	}
	var owners []owner
	for e, err := range snapshot.All(s.ctx, s.store, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, At: s.run}) {
		if err != nil {
			return nil, err
		}
		own, err := correlate.Email(e)
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(own, strings.TrimSpace(email)) {
			owners = append(owners, owner{key: e.Key, identities: []snapshot.Seen{e}})
		}
	}
	return owners, nil
}

// maybeUnread adds to the error about something that the snapshot does not have why it may
// be there after all: gaps, and a last sync that did not come to its end.
func maybeUnread(ctx context.Context, st *store.Store, err error, now time.Time) error {
	f := fault.From(err)
	if !errors.Is(err, fault.NotFound) {
		return err
	}
	notes, failed := kit.SnapshotNotes(ctx, st, "", now)
	if failed != nil {
		return failed
	}
	if f.Cause != "" {
		notes = append([]string{f.Cause}, notes...)
	}
	if len(notes) == 0 {
		return err
	}
	return f.WithCause("%s", strings.Join(notes, "; "))
}

// owner is somebody: a person, who may be one in several organizations, or an identity
// of no person.
type owner struct {
	key                string
	people, identities []snapshot.Seen
}

// label names an owner.
func (o owner) label() string {
	for _, p := range o.people {
		return personLabel(p)
	}
	return o.key
}

func personLabel(p snapshot.Seen) string {
	key, _ := p.PersonName()
	if p.Name == "" || strings.EqualFold(p.Name, key) {
		return key
	}
	return p.Name + " (" + key + ")"
}

// addOwner adds an identity or person to those whose they are. An identity that is named
// by its key stands for itself.
func (s *search) addOwner(owners []owner, e snapshot.Seen, name string) ([]owner, error) {
	people := []snapshot.Seen{e}
	if e.Kind != snapshot.Person && !sameKey(e, name) {
		var err error
		if people, err = s.peopleOf(e.ID); err != nil {
			return nil, err
		}
	}
	if len(people) == 0 || people[0].Kind != snapshot.Person {
		return append(owners, owner{key: e.Key, identities: []snapshot.Seen{e}}), nil
	}
	for _, p := range people {
		key, _ := p.PersonName()
		i := slices.IndexFunc(owners, func(o owner) bool { return len(o.people) > 0 && o.key == key })
		if i < 0 {
			i = len(owners)
			owners = append(owners, owner{key: key})
		}
		if !slices.ContainsFunc(owners[i].people, func(q snapshot.Seen) bool { return q.ID == p.ID }) {
			owners[i].people = append(owners[i].people, p)
		}
	}
	return owners, nil
}

// peopleOf returns the people whose identity it is.
func (s *search) peopleOf(id snapshot.ID) ([]snapshot.Seen, error) {
	links, err := s.store.Links(s.ctx, id, false, s.run)
	if err != nil {
		return nil, err
	}
	var people []snapshot.Seen
	for _, l := range links {
		if l.Relation != snapshot.Is {
			continue
		}
		p, err := s.store.Entity(s.ctx, l.From, s.run)
		if errors.Is(err, fault.NotFound) {
			continue // a sync that did not come to its end found it gone
		}
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

// named returns the people and identities of a name, and some of those whose name or key
// contains it.
func (s *search) named(name string) (exact, near []snapshot.Seen, err error) {
	f := snapshot.Filter{Kinds: append(identities(), snapshot.Person), Name: strings.ReplaceAll(name, "*", ""), At: s.run}
	for e, err := range snapshot.All(s.ctx, s.store, f) {
		switch {
		case err != nil:
			return nil, nil, err
		case sameKey(e, name) || sameName(e, name):
			exact = append(exact, e)
		case len(near) <= mostNear:
			near = append(near, e)
		}
	}
	return exact, near, nil
}

// identities are the kinds of entities that represent somebody.
func identities() []snapshot.Kind {
	return []snapshot.Kind{snapshot.User, snapshot.SSOUser, snapshot.Federated}
}

// sameKey reports whether a name is the key of somebody: a person's email or user name,
// the key of an identity of no person.
func sameKey(e snapshot.Seen, name string) bool {
	if e.Kind == snapshot.Person {
		key, _ := e.PersonName()
		return strings.EqualFold(key, name) || strings.EqualFold(e.Key, name)
	}
	return strings.EqualFold(e.Key, name)
}

// sameName reports whether a name is somebody's user name or display name.
func sameName(e snapshot.Seen, name string) bool { return strings.EqualFold(e.Name, name) }

func ambiguous(name string, owners []owner) error {
	var labels []string
	for _, o := range owners {
		labels = append(labels, o.label())
	}
	return fault.New(fault.Invalid, "%d people or identities have the name %q", len(owners), name).At("name").
		WithCause("%s", someOf(labels)).WithFix("give the email address or the ARN of one of them")
}

// nobody returns the error for a name that nobody has, with those whose name contains it.
func (s *search) nobody(name string, near []snapshot.Seen) error {
	err := fault.New(fault.NotFound, "the snapshot has nobody named %q", name).At("name").
		WithFix("give a whole name, user name or email address; hawser identity list --kind person --name PART finds some, and hawser sync gaps lists what could not be read")
	var owners []owner
	for _, e := range near[:min(len(near), mostNear)] {
		var failed error
		if owners, failed = s.addOwner(owners, e, name); failed != nil {
			return failed
		}
	}
	var labels []string
	for _, o := range owners {
		labels = append(labels, o.label())
	}
	switch {
	case len(labels) == 0:
		return err
	case len(near) > mostNear:
		return err.WithCause("among others it is a part of: %s", someOf(labels))
	}
	return err.WithCause("it is a part of: %s", someOf(labels))
}

const (
	// mostNear is how many of those are looked at whose name contains a word.
	mostNear = 20
	// mostLabels bounds how many people an error lists.
	mostLabels = 8
)

func someOf(labels []string) string {
	if more := len(labels) - mostLabels; more > 0 {
		return strings.Join(labels[:mostLabels], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(labels, ", ")
}
