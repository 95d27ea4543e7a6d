package c1z_test

import (
	"encoding/json"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export/exporttest"
)

const (
	inAccount = "111122223333"
	adaARN    = "arn:aws:iam::111122223333:user/ada"
	adminsARN = "arn:aws:iam::111122223333:group/ops/admins"
	ciARN     = "arn:aws:iam::111122223333:role/ci"
	setARN    = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
)

func entity(t *testing.T, kind snapshot.Kind, key, name string, body any) snapshot.Entity {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e := snapshot.Entity{ID: snapshot.ID{Kind: kind, Key: key}, Name: name, Body: raw}
	switch kind {
	case snapshot.SSOUser, snapshot.SSOGroup, snapshot.Person:
	default:
		e.Account = inAccount
	}
	return e
}

func TestSnapshotBecomesFile(t *testing.T) {
	yes := true
	created := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	entities := []snapshot.Entity{
		entity(t, snapshot.Account, inAccount, "prod", snapshot.AccountBody{Email: "prod@example.com", State: "ACTIVE"}),
		entity(t, snapshot.User, adaARN, "ada", map[string]any{"id": "AIDA1", "created": created, "mfa": true, "password_last_used": created.Add(time.Hour)}),
		entity(t, snapshot.Group, adminsARN, "", nil),
		entity(t, snapshot.Role, ciARN, "ci", snapshot.PrincipalBody{ID: "AROA1", Trust: json.RawMessage(`{"Statement":[]}`)}),
		entity(t, snapshot.AccessKey, "AKIAIOSFODNN7EXAMPLE", "", snapshot.KeyBody{User: adaARN, Active: true, Created: created, Used: &snapshot.LastUsed{At: created}}),
		entity(t, snapshot.SSOUser, "d-1/u-1", "grace", snapshot.SSOUserBody{UserName: "grace", Emails: []string{"grace@example.com"}, Status: "DISABLED"}),
		entity(t, snapshot.SSOGroup, "d-2/g-1", "devs", nil),
		entity(t, snapshot.AccountRole, snapshot.AccountRoleID(setARN, inAccount).Key, "ReadOnly", nil),
		entity(t, snapshot.Service, "lambda.amazonaws.com", "", nil),
		entity(t, snapshot.MFADevice, "left-out", "", nil),
		entity(t, snapshot.Person, "ada@example.com", "", nil),
	}
	p := c1z.Snapshot{Entities: listed(entities, nil), Grants: listed(heldBy(), nil), Stores: map[string]c1z.Location{"d-1": {Partition: "aws", Region: "eu-central-1"}}}
	got := roundTrip(t, p)

	account := c1z.Ref{Type: "account", ID: inAccount}
	graceRef := c1z.Ref{Type: "sso_user", ID: "arn:aws:identitystore:eu-central-1::d-1/user/u-1"}
	profile := func(key string, more c1z.Profile) c1z.Profile {
		p := c1z.Profile{"key": key, "aws_account_id": inAccount}
		for name, v := range more {
			p[name] = v
		}
		return p
	}
	want := []c1z.Resource{
		{Ref: account, DisplayName: "prod", App: &c1z.App{Profile: profile(inAccount, c1z.Profile{"email": "prod@example.com", "state": "ACTIVE"})}},
		{
			Ref: c1z.Ref{Type: "iam_user", ID: adaARN}, Parent: account, DisplayName: "ada",
			User: &c1z.User{
				Status: c1z.StatusEnabled, Login: "ada", Created: created, LastLogin: created.Add(time.Hour), MFA: &yes,
				Profile: profile(adaARN, c1z.Profile{"id": "AIDA1", "created": "2024-01-02T03:04:05Z", "mfa": true, "password_last_used": "2024-01-02T04:04:05Z"}),
			},
		},
		{Ref: c1z.Ref{Type: "group", ID: adminsARN}, Parent: account, DisplayName: "admins", Group: &c1z.Group{Profile: profile(adminsARN, nil)}},
		{Ref: c1z.Ref{Type: "role", ID: ciARN}, Parent: account, DisplayName: "ci", Role: &c1z.Role{Profile: profile(ciARN, c1z.Profile{"id": "AROA1"})}},
		{
			Ref: c1z.Ref{Type: "access-key", ID: "AKIAIOSFODNN7EXAMPLE"}, Parent: account, DisplayName: "AKIAIOSFODNN7EXAMPLE",
			Secret: &c1z.Secret{Created: created, LastUsed: created, Owner: c1z.Ref{Type: "iam_user", ID: adaARN}, Profile: profile("AKIAIOSFODNN7EXAMPLE", c1z.Profile{
				"user": adaARN, "active": true, "created": "2024-01-02T03:04:05Z", "last_used": map[string]any{"at": "2024-01-02T03:04:05Z"},
			})},
		},
		{Ref: graceRef, DisplayName: "grace", User: &c1z.User{
			Status: c1z.StatusDisabled, Account: c1z.AccountHuman, Login: "grace", Emails: []string{"grace@example.com"},
			Profile: c1z.Profile{"key": "d-1/u-1", "user_name": "grace", "emails": []any{"grace@example.com"}, "status": "DISABLED"},
		}},
		{Ref: c1z.Ref{Type: "sso_group", ID: "d-2/g-1"}, DisplayName: "devs", Group: &c1z.Group{Profile: c1z.Profile{"key": "d-2/g-1"}}},
		{
			Ref: c1z.Ref{Type: "permission_set_assignment", ID: setARN + "-" + inAccount}, Parent: account, DisplayName: "ReadOnly on " + inAccount,
			Role: &c1z.Role{Profile: profile(setARN+"@"+inAccount, nil)},
		},
		{Ref: c1z.Ref{Type: "aws_service", ID: "lambda.amazonaws.com"}, Parent: account, DisplayName: "lambda.amazonaws.com", User: &c1z.User{
			Status: c1z.StatusEnabled, Account: c1z.AccountSystem, Login: "lambda.amazonaws.com", Profile: profile("lambda.amazonaws.com", nil),
		}},
	}
	if diff := cmp.Diff(want, got.Resources); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantGrants(graceRef), got.Grants); diff != "" {
		t.Error(diff)
	}
	var ids []string
	for _, e := range got.Entitlements {
		ids = append(ids, e.ID)
	}
	wantIDs := []string{"group:" + adminsARN + ":member", "role:" + ciARN + ":assignment", "sso_group:d-2/g-1:member", "permission_set_assignment:" + setARN + "-" + inAccount + ":assigned", inAccount + "|" + setARN}
	if diff := cmp.Diff(wantIDs, ids); diff != "" {
		t.Error(diff)
	}
}

// heldBy are grants of each sort, and what are none.
func heldBy() []snapshot.Grant {
	ada, admins, ci := snapshot.ID{Kind: snapshot.User, Key: adaARN}, snapshot.ID{Kind: snapshot.Group, Key: adminsARN}, snapshot.ID{Kind: snapshot.Role, Key: ciARN}
	grace, devs := snapshot.SSOUserID("d-1", "u-1"), snapshot.SSOGroupID("d-2", "g-1")
	set := snapshot.AccountRoleID(setARN, inAccount)
	return []snapshot.Grant{
		{Principal: ada, Relation: snapshot.MemberOf, Entitlement: admins},
		{Principal: ada, Relation: snapshot.MayAssume, Entitlement: ci, Body: json.RawMessage(`{"conditions":[{"operator":"Bool","key":"aws:MultiFactorAuthPresent","values":["true"]}]}`)},
		{Principal: admins, Relation: snapshot.MayAssume, Entitlement: ci, Body: json.RawMessage(`{"except":true}`)},
		{Principal: devs, Relation: snapshot.Assigned, Entitlement: set},
		{Principal: grace, Relation: snapshot.Assigned, Entitlement: set},
		{Principal: grace, Relation: snapshot.Assigned, Entitlement: set, Via: &devs},
		{Principal: snapshot.ID{Kind: snapshot.Person, Key: "x"}, Entitlement: set},
		{Principal: ada, Relation: snapshot.Assigned, Entitlement: set, Via: &devs},
	}
}

func wantGrants(grace c1z.Ref) []c1z.Grant {
	grant := func(entitlement string, of c1z.Ref, slug string, to c1z.Ref) c1z.Grant {
		e := c1z.Entitlement{ID: entitlement, Resource: c1z.Resource{Ref: of}, Slug: slug}
		return c1z.Grant{ID: c1z.GrantID(entitlement, to), Entitlement: e, Principal: c1z.Resource{Ref: to}}
	}
	ada, admins, ci := c1z.Ref{Type: "iam_user", ID: adaARN}, c1z.Ref{Type: "group", ID: adminsARN}, c1z.Ref{Type: "role", ID: ciARN}
	devs, set := c1z.Ref{Type: "sso_group", ID: "d-2/g-1"}, c1z.Ref{Type: "permission_set_assignment", ID: setARN + "-" + inAccount}
	assigned, devsMember := c1z.EntitlementID(set, "assigned"), c1z.EntitlementID(devs, "member")

	member := grant(c1z.EntitlementID(admins, "member"), admins, "member", ada)
	assumes := grant(c1z.EntitlementID(ci, "assignment"), ci, "assignment", ada)
	assumes.Metadata = c1z.Profile{"conditions": []any{map[string]any{"operator": "Bool", "key": "aws:MultiFactorAuthPresent", "values": []any{"true"}}}}
	ofDevs := grant(assigned, set, "assigned", devs)
	ofDevs.Expansion = &c1z.Expansion{Entitlements: []string{devsMember}, Shallow: true}
	both := grant(assigned, set, "assigned", grace)
	both.Sources = []c1z.Source{{Entitlement: assigned, Direct: true}, {Entitlement: devsMember}}
	inherited := grant(assigned, set, "assigned", ada)
	inherited.Sources, inherited.Immutable = []c1z.Source{{Entitlement: devsMember}}, true
	// onAccount is the same grant of the account's entitlement.
	onAccount := func(g c1z.Grant) c1z.Grant {
		id := inAccount + "|" + setARN
		g.ID = c1z.GrantID(id, g.Principal.Ref)
		g.Entitlement = c1z.Entitlement{ID: id, Resource: c1z.Resource{Ref: c1z.Ref{Type: "account", ID: inAccount}}, Slug: "ps-1 access"}
		g.Sources = slices.Clone(g.Sources)
		for i := range g.Sources {
			if g.Sources[i].Direct {
				g.Sources[i].Entitlement = id
			}
		}
		slices.SortFunc(g.Sources, func(a, b c1z.Source) int { return strings.Compare(a.Entitlement, b.Entitlement) })
		return g
	}
	return []c1z.Grant{member, assumes, ofDevs, onAccount(ofDevs), both, onAccount(both), inherited, onAccount(inherited)}
}

func listed[T any](list []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// roundTrip writes a snapshot's file and reads it.
func roundTrip(t *testing.T, p c1z.Snapshot) content {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.c1z")
	w, err := exporttest.C1Z(t.Context(), path, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Snapshot(p), w.Close(ended)); err != nil {
		t.Fatal(err)
	}
	r, err := c1z.Open(t.Context(), path, t.TempDir(), c1z.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return read(t, r)
}

func TestUnreadableSnapshotIsNoFile(t *testing.T) {
	boom := fault.New(fault.Unavailable, "boom")
	damaged := []snapshot.Entity{{ID: snapshot.ID{Kind: snapshot.User, Key: "x"}, Body: json.RawMessage("{")}}
	for name, tt := range map[string]struct {
		snapshot c1z.Snapshot
		want     fault.Kind
	}{
		"entities": {c1z.Snapshot{Entities: listed[snapshot.Entity](nil, boom), Grants: listed[snapshot.Grant](nil, nil)}, fault.Unavailable},
		"grants":   {c1z.Snapshot{Entities: listed[snapshot.Entity](nil, nil), Grants: listed(heldBy(), boom)}, fault.Unavailable},
		"bodies":   {c1z.Snapshot{Entities: listed(damaged, nil), Grants: listed[snapshot.Grant](nil, nil)}, fault.Internal},
	} {
		w, err := exporttest.C1Z(t.Context(), filepath.Join(t.TempDir(), "x.c1z"), run)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Snapshot(tt.snapshot); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
}

// A grant and an entitlement of something that the snapshot does not have are left out
// and counted.
func TestNothingPointsOutOfAFile(t *testing.T) {
	const elsewhere = "444455556666"
	here, there := snapshot.AccountRoleID(setARN, inAccount), snapshot.AccountRoleID(setARN, elsewhere)
	grace, nobody := snapshot.SSOUserID("d-1", "u-1"), snapshot.SSOUserID("d-1", "u-2")
	held := func(who, what snapshot.ID) snapshot.Grant {
		return snapshot.Grant{Principal: who, Relation: snapshot.Assigned, Entitlement: what, EntitlementName: "ps-1"}
	}
	p := c1z.Snapshot{
		Entities: listed([]snapshot.Entity{
			entity(t, snapshot.AccountRole, here.Key, "ps-1", nil), entity(t, snapshot.AccountRole, there.Key, "ps-1", nil), // before their account
			entity(t, snapshot.SSOUser, grace.Key, "grace", snapshot.SSOUserBody{UserName: "grace"}),
			entity(t, snapshot.Account, inAccount, "prod", nil),
		}, nil),
		Grants: listed([]snapshot.Grant{held(grace, here), held(grace, there), held(nobody, here)}, nil),
	}
	path := filepath.Join(t.TempDir(), "x.c1z")
	w, err := exporttest.C1Z(t.Context(), path, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Snapshot(p), w.Close(ended)); err != nil {
		t.Fatal(err)
	}
	// Nobody has two grants, of the set and of its account, and one on the other account has no account.
	if left := w.LeftOut(); left != (c1z.LeftOut{Grants: 3, Entitlements: 1}) {
		t.Errorf("%+v", left)
	}
	r, err := c1z.Open(t.Context(), path, t.TempDir(), c1z.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got := read(t, r)
	written := map[c1z.Ref]bool{}
	for _, resource := range got.Resources {
		written[resource.Ref] = true
	}
	for _, e := range got.Entitlements {
		if !written[e.Resource.Ref] {
			t.Errorf("the entitlement %s is of %v", e.ID, e.Resource.Ref)
		}
	}
	for _, g := range got.Grants {
		if !written[g.Principal.Ref] || !written[g.Entitlement.Resource.Ref] {
			t.Errorf("the grant %s is of %v to %v", g.ID, g.Entitlement.Resource.Ref, g.Principal.Ref)
		}
	}
	if len(got.Entitlements) != 3 || len(got.Grants) != 3 {
		t.Errorf("%d entitlements, %d grants", len(got.Entitlements), len(got.Grants))
	}
}
