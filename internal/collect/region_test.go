package collect_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// The company's Identity Center is in us-east-1; these syncs begin elsewhere.
func elsewhere(s *awsapi.Settings) { s.Region = "eu-north-1" }

func (c *company) fault(f awssim.Fault) {
	c.t.Helper()
	if err := c.AddFault(f); err != nil {
		c.t.Fatal(err)
	}
}

// syncFrom syncs with a changed connection.
func (c *company) syncFrom(connection func(*awsapi.Settings), change ...func(*collect.Options)) *collect.Result {
	c.t.Helper()
	o := options()
	for _, f := range change {
		f(&o)
	}
	result, err := sources.New().Run(c.t.Context(), c.pool(connection), c.store, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// ofIdentityCenter are the outcomes of Identity Center's cells.
func ofIdentityCenter(r *collect.Result) (cells []snapshot.Outcome) {
	for _, o := range r.Outcomes {
		if strings.HasPrefix(string(o.Facet), "sso.") {
			cells = append(cells, o)
		}
	}
	return cells
}

// found fails the test unless Identity Center's users were read in its region.
func found(t *testing.T, r *collect.Result) {
	t.Helper()
	for _, o := range ofIdentityCenter(r) {
		if o.Region != "us-east-1" || o.Status != snapshot.OK {
			t.Errorf("%+v", o)
		}
		if o.Facet == snapshot.SSOUsers && o.Seen != 2 {
			t.Errorf("%d users", o.Seen)
		}
	}
}

// A region that can't be searched hides nothing: Identity Center is found in
// another, and if it is in none of the others its cells are gaps.
func TestRegionsThatCanNotBeSearched(t *testing.T) {
	t.Parallel()
	for _, effect := range []awssim.Effect{awssim.DenyAccess, awssim.Fail500} {
		c := newCompany(t)
		c.fault(awssim.Fault{Service: "sso", Action: "ListInstances", Region: "ap-northeast-1", Effect: effect})
		found(t, c.syncFrom(elsewhere))
		before := c.snapshot()
		c.fault(awssim.Fault{Service: "ec2", Action: "DescribeRegions", Effect: awssim.DenyAccess})
		c.fault(awssim.Fault{Service: "sso", Action: "ListInstances", Region: "us-east-1", Effect: effect})
		gone := c.syncFrom(elsewhere)
		if diff := cmp.Diff(before, c.snapshot()); diff != "" {
			t.Errorf("%s in the region that is known: %s", effect, diff)
		}
		c.open()
		never := c.syncFrom(elsewhere)
		for _, result := range []*collect.Result{gone, never} {
			for _, o := range ofIdentityCenter(result) {
				if !o.Gap() || o.Reason == "" {
					t.Errorf("%s: %+v", effect, o)
				}
			}
		}
		if cells := ofIdentityCenter(never); !strings.Contains(cells[0].Reason, "us-east-1") || !strings.Contains(cells[0].Fix, "sso_region") {
			t.Errorf("%s: %+v", effect, cells[0])
		}
	}
}

// A delegated administrator's sync looks where it found the instance before.
func TestADelegateRemembersTheRegion(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	org := organizations.Of(c.Account, c.World)
	for _, service := range []string{"sso.amazonaws.com", "account.amazonaws.com"} {
		org.Delegate(org.Member(member1), service)
	}
	c.Key = simtest.Admin(t, c.World.Account(member1), "there").NewKey()
	found(t, c.syncFrom(elsewhere))
	again := c.syncFrom(elsewhere)
	found(t, again)
	if n := again.Calls["sso:ListInstances"]; n != 2 || again.Calls["ec2:DescribeRegions"] != 0 {
		t.Errorf("it searched again: %d calls", n)
	}
}

// A region that is named, and has no instance, is a gap: nobody looked elsewhere.
func TestANamedRegionWithoutIdentityCenter(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	result := c.sync(func(o *collect.Options) { o.SSORegion = "eu-west-1" })
	for _, o := range ofIdentityCenter(result) {
		if o.Status != snapshot.Failed || !strings.Contains(o.Reason, "eu-west-1") {
			t.Errorf("%+v", o)
		}
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// Identity Center is read in its primary region, although another region that it
// was replicated to answers first.
func TestThePrimaryRegion(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	replicated := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := func(region string) bool { return strings.Contains(r.Header.Get("Authorization"), "/"+region+"/sso/") }
		if pageOf(r).operation == "ListInstances" && (in("eu-north-1") || in("us-east-1")) {
			body, _ := json.Marshal(map[string]any{"Instances": []any{map[string]any{
				"InstanceArn": c.center.ARN, "IdentityStoreId": c.center.StoreID, "OwnerAccountId": c.Account.ID, "PrimaryRegion": "us-east-1",
			}}})
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = bytes.NewReader(body).WriteTo(w)
			return
		}
		c.ServeHTTP(w, r)
	}))
	defer replicated.Close()
	through := func(s *awsapi.Settings) { s.Region, s.Endpoint = "eu-north-1", replicated.URL }
	found(t, c.syncFrom(through))
	found(t, c.syncFrom(through, func(o *collect.Options) { o.SSORegion = "eu-north-1" }))
}

// If Identity Center is found in another region than before, what it had there is removed.
func TestARegionThatIdentityCenterLeft(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	run := must(c.store.Begin(t.Context(), "acme", time.Now().Add(-time.Hour)))
	for f, b := range map[snapshot.Facet]*snapshot.Batch{snapshot.SSOInstances: {}, snapshot.SSOUsers: {}} {
		b.Add(snapshot.SSOUserID("d-old", string(f)), "", "old", nil)
		cell := snapshot.Cell{Account: simtest.Account, Region: "eu-west-1", Facet: f}
		if _, _, err := c.store.Commit(t.Context(), run, snapshot.Outcome{Cell: cell, Status: snapshot.OK}, b, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.store.End(t.Context(), run, snapshot.Complete, "", time.Now()); err != nil {
		t.Fatal(err)
	}
	c.sync()
	for _, cell := range must(c.store.Filled(t.Context(), "acme")) {
		if cell.Region != "" && cell.Region != "us-east-1" {
			t.Errorf("%+v is filled", cell)
		}
	}
	for e := range snapshot.All(t.Context(), c.store, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.SSOUser}}) {
		if e.Name == "old" {
			t.Errorf("%s is there", e.ID)
		}
	}
}
