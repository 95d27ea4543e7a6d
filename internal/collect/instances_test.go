package collect_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// beside gives a member account an instance of Identity Center for itself, with a user,
// in the region of the organization's.
func (c *company) beside() *identitycenter.Instance {
	i := must(identitycenter.Enable(c.World, c.World.Account(member1), "us-east-1", 9))
	must(i.AddUser("sam", "Sam", "S", "sam@example.com"))
	return i
}

// An instance that a member account has for itself has no permission sets. That is no
// gap, and those of the organization's are read, by whichever call.
func TestAnAccountsOwnInstance(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"management", "delegate"} {
		c := newCompany(t)
		c.whole()
		before := c.snapshot()
		c.open()
		c.beside()
		if who == "delegate" {
			org := organizations.Of(c.Account, c.World)
			for _, service := range []string{"sso.amazonaws.com", "account.amazonaws.com"} {
				org.Delegate(org.Member(member1), service)
			}
			c.Key = simtest.Admin(t, c.World.Account(member1), "there").NewKey()
		}
		result := c.sync()
		for _, o := range ofIdentityCenter(result) {
			// AWS lets only the account itself read its instance's applications.
			denied := who == "management" && (strings.HasPrefix(string(o.Facet), "sso.application") || o.Facet == snapshot.SSOTokenIssuers)
			if o.Gap() != denied {
				t.Errorf("%s: %+v", who, o)
			}
		}
		after := strings.Join(c.snapshot(), "\n")
		for _, line := range before {
			entered := who == "management" || !strings.Contains(line, " became ") // the delegate can't enter all accounts
			if entered && strings.Contains(line, "permissionSet/") && !strings.Contains(after, line) {
				t.Errorf("%s: no %s", who, line)
			}
		}
		if !strings.Contains(after, "sam@example.com") {
			t.Errorf("%s: the users of the account's instance are missing", who)
		}
	}
}

// refusing is a server before the simulator that answers calls of an action which name
// something with an error.
func (c *company) refusing(action, named, code, message string) func(*awsapi.Settings) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+action) && strings.Contains(string(body), named) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"`+code+`","message":"`+message+`"}`)
			return
		}
		c.ServeHTTP(w, r)
	}))
	c.t.Cleanup(server.Close)
	return func(s *awsapi.Settings) { s.Endpoint = server.URL }
}

// An instance that can't be read is a gap that names it. What the others have is stored,
// and what the snapshot had of it stays, with its time.
func TestOneInstanceThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	timed := func(o *collect.Options) { o.Clock = c.Clock.Now }
	other := c.beside()
	group := must(other.AddGroup("crew", ""))
	c.sync(timed)
	first := outcome(c.sync(timed), c.Account.ID, snapshot.SSOUsers)
	c.Clock.Advance(time.Hour)
	must(c.center.AddUser("new", "N", "E", "new@example.com"))
	fresh := must(c.center.AddGroup("fresh", ""))
	c.center.AddMember(fresh, must(c.center.AddUser("member", "M", "E", "m@example.com")))
	result := c.syncFrom(c.refusing("ListUsers", other.StoreID, "InternalServerException", "no"), timed)
	o := outcome(result, c.Account.ID, snapshot.SSOUsers)
	if o.Status != snapshot.Failed || !strings.Contains(o.Reason, other.ARN) || strings.Contains(o.Reason, c.center.ARN) {
		t.Errorf("%+v", o)
	}
	if o.AsOf.IsZero() || o.AsOf.After(c.Clock.Now().Add(-30*time.Minute)) || first.Gap() {
		t.Errorf("as of %s, and what stays was read an hour ago", o.AsOf)
	}
	for _, want := range []string{"new@example.com", "sam@example.com"} {
		if !c.has(want) {
			t.Errorf("no %s", want)
		}
	}
	if o := outcome(result, c.Account.ID, snapshot.SSOMemberships); o.Gap() {
		t.Errorf("%+v", o)
	}

	// What goes on from it is a gap too, and the rest of it is read.
	c.center.AddMember(fresh, must(c.center.AddUser("later", "L", "E", "l@example.com")))
	result = c.syncFrom(c.refusing("ListGroups", other.StoreID, "AccessDeniedException", "User: x is not authorized to perform: identitystore:ListGroups"), timed)
	for _, f := range []snapshot.Facet{snapshot.SSOGroups, snapshot.SSOMemberships} {
		if o := outcome(result, c.Account.ID, f); !o.Gap() || !strings.Contains(o.Reason, other.ARN) {
			t.Errorf("%+v", o)
		}
	}
	if !c.has(other.StoreID+"/"+group.ID) || c.has("member-of sso.group:"+other.StoreID) {
		t.Error("the group of the instance that could not be read is gone")
	}
	if n := strings.Count(strings.Join(c.snapshot(), "\n"), "member-of sso.group:"+c.center.StoreID+"/"+fresh.ID); n != 2 {
		t.Errorf("%d members of the group of the other", n)
	}
	c.sync(timed)
	if o := outcome(c.sync(timed), c.Account.ID, snapshot.SSOGroups); o.Gap() {
		t.Errorf("%+v", o)
	}
}

// The organization's own instance has permission sets: that it does not is a gap.
func TestTheOrganizationsInstanceWithoutPermissionSets(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.beside()
	c.sync()
	before := c.snapshot()
	refused := c.refusing("ListPermissionSets", c.center.ARN, "ValidationException", "The operation is not supported for this Identity Center instance")
	result := c.syncFrom(refused)
	for _, f := range []snapshot.Facet{snapshot.SSOSets, snapshot.SSOSetPolicies} {
		if o := outcome(result, c.Account.ID, f); !o.Gap() {
			t.Errorf("%+v", o)
		}
	}
	after := strings.Join(c.snapshot(), "\n")
	for _, line := range before {
		if strings.Contains(line, "permissionSet/") && !strings.Contains(after, line) {
			t.Errorf("gone: %s", line)
		}
	}
}
