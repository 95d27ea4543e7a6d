package collect_test

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/storetest"
)

// company is a simulated organization with the store that it is synced into.
type company struct {
	*simtest.Sim
	t      *testing.T
	store  *store.Store
	center *identitycenter.Instance
	rules  snapshot.Rules // of syncs through a proxy
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// newCompany makes three accounts with users, groups, roles, policies and keys
// each, and an Identity Center over them.
func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{Sim: simtest.Start(t), t: t}
	org := must(organizations.New(c.World, c.Account, "root@example.com", 1))
	prod := org.Root.AddUnit("prod")
	for i, id := range []string{member1, member2} {
		a := c.AddAccount(id, fmt.Sprintf("member-%d", i+1))
		must(prod.AddAccount(a, fmt.Sprintf("member-%d@example.com", i+1)))
		must(a.AddRole("Hawser", trustHome)).Attach(must(a.AWSManaged("AdministratorAccess")))
	}
	for _, a := range c.Accounts() {
		furnish(a)
	}
	c.open()
	i := must(identitycenter.Enable(c.World, c.Account, "us-east-1", 1))
	ada := must(i.AddUser("ada", "Ada", "L", "ada@example.com"))
	bob := must(i.AddUser("bob", "Bob", "M", "bob@example.com"))
	i.SetActive(bob, false)
	ops := must(i.AddGroup("ops", "Operations"))
	i.AddMember(ops, ada, bob)
	set := &identitycenter.PermissionSet{Name: "Admin"}
	if err := i.AddPermissionSet(set); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{member1, member2} {
		if err := i.Assign(set, account, ops); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.Assign(set, member1, ada); err != nil {
		t.Fatal(err)
	}
	c.center = i
	return c
}

// open gives the company a store, which is empty.
func (c *company) open() {
	c.t.Helper()
	c.store = storetest.Open(c.t, filepath.Join(c.t.TempDir(), "hawser.db"))
}

// furnish puts into an account what the snapshot of one has to hold. Names are
// the same in all accounts.
func furnish(a *awssim.Account) {
	read := must(a.AddPolicy("Read", readPolicy))
	bound := must(a.AddPolicy("Bound", adminPolicy))
	ada, bob := a.AddUserAt("/people/", "ada"), a.AddUserAt("/people/", "bob")
	ada.Tags = map[string]string{"team": "x"}
	ada.Bound(bound)
	ada.SetLogin(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	ada.AddMFA()
	old := ada.NewKey()
	old.Age(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), awssim.KeyUse{At: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), Region: "us-east-1", Service: "s3"})
	bob.NewKey().Deactivate()
	bob.AddSecurityKey("blue")
	bob.AddSSHKey()
	bob.AddServiceCredential("bedrock.amazonaws.com", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	ops := a.AddGroup("ops")
	ops.AddMember(ada)
	ops.AddMember(bob)
	ops.Attach(read)
	if err := bob.PutPolicy("inline", readPolicy); err != nil {
		panic(err)
	}
	fn := must(a.AddRoleAt("/service-role/", "Function", trustService))
	fn.Attach(read)
	a.AddInstanceProfile("web", fn)
	a.SetAlias("acme-" + a.ID[:4])
	a.RootKey()
}

func (c *company) pool(changes ...func(*awsapi.Settings)) *awsapi.Pool {
	s := awsapi.Settings{
		AccessKeyID: settings.NewSecret(c.Key.AccessKeyID), SecretAccessKey: settings.NewSecret(c.Key.SecretAccessKey),
		Region: "us-east-1", Endpoint: c.URL, MemberRole: "Hawser",
	}
	for _, change := range changes {
		change(&s)
	}
	quick := awsapi.WithBackoff(pace.Backoff{Attempts: 3, Transient: 3, Base: time.Millisecond, Cap: 5 * time.Millisecond})
	return awsapi.NewPool(map[string]awsapi.Settings{"acme": s}, quick)
}

func options() collect.Options {
	return collect.Options{Connection: "acme", Organization: true, SSHKeys: true, Speed: 1000, PageSize: 30}
}

// sync syncs with the options, which may be changed.
func (c *company) sync(change ...func(*collect.Options)) *collect.Result {
	c.t.Helper()
	o := options()
	for _, f := range change {
		f(&o)
	}
	result, err := sources.New().Run(c.t.Context(), c.pool(), c.store, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// snapshot is everything that the store holds now: entities with their bodies,
// and edges.
func (c *company) snapshot() []string {
	c.t.Helper()
	var out []string
	all, err := c.store.Entities(c.t.Context(), snapshot.Filter{Limit: 100_000})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range all {
		if e.Key == c.Key.AccessKeyID {
			e.Body = nil // a sync uses it, and so it changes
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", e.ID, e.Account, e.Name, e.Body))
	}
	links, _, err := c.store.Edges(c.t.Context(), 0, 0, 100_000)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, l := range links {
		out = append(out, fmt.Sprintf("%s %s %s %s", l.From, l.Relation, l.To, l.Body))
	}
	slices.Sort(out)
	return out
}

func (c *company) whole() {
	c.t.Helper()
	for _, g := range c.sync().Gaps() {
		c.t.Fatalf("%+v", g)
	}
}

// cells are what the store has of each cell.
func (c *company) cells() iter.Seq2[snapshot.Outcome, *snapshot.Batch] {
	return func(yield func(snapshot.Outcome, *snapshot.Batch) bool) {
		end := errors.New("the end")
		err := c.store.Cells(c.t.Context(), "acme", 0, func(o snapshot.Outcome, b *snapshot.Batch) error {
			if !yield(o, b) {
				return end
			}
			return nil
		})
		if err != nil && !errors.Is(err, end) {
			c.t.Fatal(err)
		}
	}
}
