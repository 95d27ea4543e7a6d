package collect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
)

// people are the persons and their identities, one line each.
func (c *company) people() string {
	var out []string
	for _, line := range c.snapshot() {
		if strings.HasPrefix(line, "person:") && strings.Contains(line, " is ") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return strings.Join(out, "\n")
}

// Identities of one name are one person's; what could be two people's is left
// alone and told; a mapping decides.
func TestPeople(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, name := range []string{"sam@one.example", "sam@two.example"} {
		user, _, _ := strings.Cut(name, ".")
		must(c.center.AddUser(strings.ReplaceAll(user, "@", "-"), "Sam", "S", name))
	}
	c.Account.AddUser("sam")
	result := c.sync()
	if got := c.people(); strings.Contains(got, "user/sam") || !strings.Contains(got, "/ada@example.com is iam.user:arn:aws:iam::"+member1+":user/people/ada") {
		t.Errorf("%s", got)
	}
	if len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "sam@one.example, sam@two.example") {
		t.Errorf("%v", result.Notes)
	}
	c.sync(func(o *collect.Options) { o.Mapping = correlate.Mapping{"sam@two.example": {"sam"}} })
	if got := c.people(); !strings.Contains(got, "person:sam@two.example is iam.user:arn:aws:iam::"+simtest.Account+":user/sam") {
		t.Errorf("%s", got)
	}
}

// Identity Center is found in whichever region it is, and found again there.
func TestIdentityCenterElsewhere(t *testing.T) {
	t.Parallel()
	c := &company{Sim: simtest.Start(t), t: t}
	must(organizations.New(c.World, c.Account, "root@example.com", 1))
	must(must(identitycenter.Enable(c.World, c.Account, "eu-central-1", 1)).AddUser("ada", "Ada", "L", "ada@example.com"))
	c.open()
	first, again := c.sync(), c.sync()
	for _, r := range []*collect.Result{first, again} {
		if n := len(r.Gaps()); n > 0 {
			t.Errorf("%+v", r.Gaps())
		}
	}
	if text := strings.Join(c.snapshot(), "\n"); !strings.Contains(text, `"user_name":"ada"`) || !strings.Contains(text, `"region":"eu-central-1"`) {
		t.Errorf("%s", text)
	}
	if again.Opened+again.Closed != 0 || again.Calls["sso:ListInstances"] != 2 {
		t.Errorf("the second sync: %+v", again)
	}
}

// Much that is gone at once is held, until somebody says that it is so.
func TestALargeLossIsHeld(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for n := range 10 {
		c.Account.AddUser(fmt.Sprintf("extra-%d", n))
	}
	c.whole()
	before := c.snapshot()
	for n := range 10 {
		c.Account.AddUser(fmt.Sprintf("extra-%d", n)).Remove()
	}
	result := c.sync(func(o *collect.Options) { o.Rules = snapshot.DefaultRules() })
	gaps := result.Gaps()
	for _, g := range gaps {
		if g.Status != snapshot.Held || !strings.Contains(g.Reason, "10 of 13 iam.user are gone at once") {
			t.Errorf("%+v", g)
		}
	}
	if len(gaps) != 4 { // the users, their details and their credentials, and the people
		t.Errorf("%d gaps", len(gaps))
	}
	if got := c.snapshot(); len(got) != len(before) {
		t.Errorf("%d lines of %d are left", len(got), len(before))
	}
	c.whole()
	if text := strings.Join(c.snapshot(), "\n"); strings.Contains(text, "user/extra-3 ") {
		t.Error("it was accepted, and is still there")
	}
}

// An account that leaves while the run is under way becomes a gap, and what was
// known of it stays.
func TestAnAccountThatLeaves(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	left := false
	result := c.sync(func(o *collect.Options) {
		o.Accounts = 1
		o.Progress = func(e collect.Event) {
			if e.Outcome.Facet == "org.accounts" && !left {
				left = true
				must(c.World.Account(member2).AddRole("Hawser", trustService)) // nobody of the organization gets in
			}
		}
	})
	for _, g := range result.Gaps() {
		if g.Account != member2 && !g.Facet.Derived() || g.Status != snapshot.Denied {
			t.Errorf("%+v", g)
		}
	}
	if diff := cmp.Diff(before, c.snapshot()); !left || len(result.Gaps()) == 0 || diff != "" {
		t.Errorf("%d gaps, %s", len(result.Gaps()), diff)
	}
}
