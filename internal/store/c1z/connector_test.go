package c1z_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/c1z"
)

// A file has the IDs that ConductorOne's connector for AWS gives, and what is in what.
func TestIDsAreTheConnectors(t *testing.T) {
	const organization = "arn:aws:organizations::111122223333:"
	root, unit := snapshot.Unit.ID(organization+"root/o-1/r-ab12"), snapshot.Unit.ID(organization+"ou/o-1/ou-ab12-11111111")
	account, role := snapshot.Account.ID(inAccount), snapshot.AccountRoleID(setARN, inAccount)
	const odd = "arn:aws:iam::111122223333:user/team#1/eve" // a path may have a number sign
	ofUser, ofGroup, ofRole := snapshot.InlinePolicyID(odd, "p"), snapshot.InlinePolicyID(adminsARN, "q"), snapshot.InlinePolicyID(ciARN, "r")
	var entities []snapshot.Entity
	for _, id := range []snapshot.ID{snapshot.Organization.ID(organization + "organization/o-1"), root, unit, account, ofUser, ofGroup, ofRole} {
		entities = append(entities, snapshot.Entity{ID: id, Account: inAccount})
	}
	body, err := json.Marshal(snapshot.PermissionSetPolicies{Inline: json.RawMessage(`{"Version": "2012-10-17", "Statement": []}`)})
	if err != nil {
		t.Fatal(err)
	}
	entities = append(entities,
		snapshot.Entity{ID: snapshot.PermissionSet.ID(setARN), Name: "Admin", Body: body}, snapshot.Entity{ID: snapshot.PermissionSet.ID(setARN + "0"), Name: "Empty"},
		snapshot.Entity{ID: role, Name: "Admin", Account: inAccount},
		snapshot.Entity{ID: snapshot.User.ID(odd), Account: inAccount}, snapshot.Entity{ID: snapshot.SSOUserID("d-2", "u-1")})
	got := roundTrip(t, c1z.Snapshot{
		Entities: listed(entities, nil), Grants: listed([]snapshot.Grant{
			{Principal: snapshot.User.ID(odd), Relation: snapshot.Attached, Entitlement: ofUser},
			{Principal: snapshot.SSOUserID("d-2", "u-1"), Relation: snapshot.Assigned, Entitlement: role, EntitlementName: "Admin"},
		}, nil),
		Parents: map[snapshot.ID]snapshot.ID{account: unit, unit: root},
	})
	var resources, entitlements, grants []string
	for _, r := range got.Resources {
		resources = append(resources, fmt.Sprintf("%s in %s", r.Ref, r.Parent))
	}
	for _, e := range got.Entitlements {
		entitlements = append(entitlements, fmt.Sprintf("%s of %s: %s", e.ID, e.Resource.Ref, e.Slug))
	}
	for _, g := range got.Grants {
		grants = append(grants, g.ID)
	}
	onAccount := "account:" + inAccount
	if diff := cmp.Diff([]string{
		"organization:r-ab12 in " + onAccount, "organizational_unit:ou-ab12-11111111 in organization:r-ab12", onAccount + " in organizational_unit:ou-ab12-11111111",
		"inline_policy:" + odd + "::inline::p in iam_user:" + odd, "inline_policy:" + adminsARN + "::inline::q in group:" + adminsARN, "inline_policy:" + ciARN + "::inline::r in role:" + ciARN,
		"permission_set:" + setARN + " in :", "inline_policy:" + setARN + "::inline::inline in permission_set:" + setARN, "permission_set:" + setARN + "0 in :",
		"permission_set_assignment:" + setARN + "-" + inAccount + " in " + onAccount, "iam_user:" + odd + " in " + onAccount, "sso_user:d-2/u-1 in :",
	}, resources); diff != "" {
		t.Error(diff)
	}
	attached := func(owner, name string) string {
		ref := "inline_policy:" + owner + "::inline::" + name
		return ref + ":attached of " + ref + ": attached"
	}
	binding := "permission_set_assignment:" + setARN + "-" + inAccount
	if diff := cmp.Diff([]string{
		attached(odd, "p"), attached(adminsARN, "q"), attached(ciARN, "r"), attached(setARN, "inline"),
		binding + ":assigned of " + binding + ": assigned", inAccount + "|" + setARN + " of " + onAccount + ": Admin access",
	}, entitlements); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"inline_policy:" + setARN + "::inline::inline:attached:permission_set:" + setARN, "inline_policy:" + odd + "::inline::p:attached:iam_user:" + odd,
		binding + ":assigned:sso_user:d-2/u-1", inAccount + "|" + setARN + ":sso_user:d-2/u-1",
	}, grants); diff != "" {
		t.Error(diff)
	}
}
