package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
)

// second is a further organization of one account, with a connection of its own.
func (c *company) second(name string) func(change ...func(*collect.Options)) *collect.Result {
	const id = "999988887777"
	a := c.AddAccount(id, name)
	must(organizations.New(c.World, a, "root@other.example", 7))
	center := must(identitycenter.Enable(c.World, a, "us-east-1", 7))
	must(center.AddUser("ada", "Ada", "L", "ada@example.com"))
	must(center.AddUser("sam", "Sam", "S", "sam@other.example"))
	for _, user := range []string{"ada", "bob", "sam", "jenkins"} {
		a.AddUser(user)
	}
	admin := a.AddUser("hawser")
	admin.Attach(must(a.AWSManaged("AdministratorAccess")))
	key := admin.NewKey()
	return func(change ...func(*collect.Options)) *collect.Result {
		o := options()
		o.Connection = name
		for _, f := range change {
			f(&o)
		}
		pool := awsapi.NewPool(map[string]awsapi.Settings{name: {
			AccessKeyID: settings.NewSecret(key.AccessKeyID), SecretAccessKey: settings.NewSecret(key.SecretAccessKey), Region: "us-east-1", Endpoint: c.URL,
		}})
		return must(sources.New().Run(c.t.Context(), pool, c.store, o))
	}
}

// Two organizations in one store have people of their own, and the sync of one changes
// nothing of the other's.
func TestTwoOrganizations(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, a := range c.Accounts() {
		a.AddUser("jenkins")
	}
	other := c.second("other")
	c.whole()
	before := c.people()
	other()
	for name, sync := range map[string]func(...func(*collect.Options)) *collect.Result{"acme": c.sync, "other": other} {
		again := sync()
		if again.Opened > 1 || again.Closed > 1 || len(again.Gaps()) > 0 { // the last use of the key that syncs
			t.Errorf("%s: %d opened, %d closed, %v", name, again.Opened, again.Closed, again.Gaps())
		}
	}
	for line := range strings.Lines(before) {
		if !strings.Contains(c.people(), strings.TrimSpace(line)) {
			t.Errorf("gone: %s", line)
		}
	}
	persons := must(c.store.Entities(t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Person}, Name: "ada@example.com", Limit: 9}))
	if len(persons) != 2 {
		t.Fatalf("%+v", persons)
	}
	for _, p := range persons {
		ofOther, ofAcme := 0, 0
		for _, l := range must(c.store.Links(t.Context(), p.ID, true, 0)) {
			if strings.Contains(l.To.Key, "999988887777") {
				ofOther++
			} else if l.To.Kind == snapshot.User {
				ofAcme++
			}
		}
		if ofOther > 0 == (ofAcme > 0) {
			t.Errorf("%s has %d users of one organization and %d of the other", p.Key, ofAcme, ofOther)
		}
	}
	if text := c.people(); strings.Contains(text, "user/jenkins") || strings.Count(text, "999988887777:user/bob") > 0 {
		t.Errorf("%s", text)
	}
	for o, b := range c.cells() {
		foreign := func(e snapshot.Edge) bool { return strings.Contains(e.To.Key, "999988887777") }
		if o.Facet == snapshot.DerivedPeople && (slices.ContainsFunc(b.Edges, foreign) || len(b.Edges) == 0) {
			t.Errorf("%+v", b.Edges)
		}
	}
}

// The mapping makes one person of identities in two organizations.
func TestAPersonOfTwoOrganizations(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	other := c.second("other")
	mapped := func(o *collect.Options) {
		o.Mapping = correlate.Mapping{"ada@example.com": {"arn:aws:iam::999988887777:user/ada"}}
	}
	c.sync(mapped)
	other(mapped)
	text := c.people()
	for _, want := range []string{
		"person:ada@example.com is iam.user:arn:aws:iam::999988887777:user/ada", "person:ada@example.com is iam.user:arn:aws:iam::" + member1 + ":user/people/ada",
		"person:o-",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// A store that has people without their organization, as Hawser once wrote them, has them
// with it after a sync. No rule of a loss holds the others.
func TestPeopleOfAnOldStore(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	old := &snapshot.Batch{}
	for _, name := range []string{"ada@example.com", "bob@example.com", "cyd@example.com", "dan@example.com"} {
		old.Add(snapshot.Person.ID(name), "", name, snapshot.PersonBody{Email: name, By: "email"})
		old.Link(snapshot.Person.ID(name), snapshot.Is, snapshot.SSOUserID("d-0", name), nil)
	}
	run := must(c.store.Begin(t.Context(), "acme", time.Now().Add(-time.Hour)))
	cell := snapshot.Outcome{Cell: snapshot.Cell{Account: c.Account.ID, Facet: snapshot.DerivedPeople}, Status: snapshot.OK}
	if _, _, err := c.store.Commit(t.Context(), run, cell, old, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := c.store.End(t.Context(), run, snapshot.Complete, "", time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	result := c.sync(func(o *collect.Options) { o.Rules = snapshot.DefaultRules() })
	if len(result.Gaps()) > 0 {
		t.Errorf("%+v", result.Gaps())
	}
	for _, p := range must(c.store.Entities(t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Person}, Limit: 9})) {
		if _, where := p.PersonName(); !strings.HasPrefix(where, "o-") {
			t.Errorf("%s", p.Key)
		}
	}
}
