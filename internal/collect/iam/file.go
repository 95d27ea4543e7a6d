package iam

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// FromFile reads what the aws CLI printed of get-account-authorization-details:
// the answer of one account, all pages as one. Facets that the file may not have
// whole are held. The error is Invalid.
//
// https://docs.aws.amazon.com/cli/latest/reference/iam/get-account-authorization-details.html
func FromFile(cells *collect.CellList, file collect.Printed, account string) error {
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "this is not what get-account-authorization-details prints").WithCause("%v", err).
			WithFix("create it again: aws iam get-account-authorization-details --output json > FILE")
	}
	var out iam.GetAccountAuthorizationDetailsOutput
	if err := file.Decode(&out); err != nil {
		return bad(err)
	}
	if len(out.UserDetailList)+len(out.RoleDetailList)+len(out.GroupDetailList)+len(out.Policies) == 0 {
		return bad(fault.New(fault.Invalid, "it holds no users, groups, roles or policies"))
	}
	o := collect.NewOutput()
	d := newDetails(account, o)
	d.page(&out)
	if arn := d.foreign; arn != "" {
		return fault.New(fault.Invalid, "the file is not for account %s", account).WithCause("it holds %s", arn).At("account").WithFix("give the account that the file is for")
	}
	memberKeys(o)
	d.hold(&out)
	cells.Add(account, "file", file.AsOf, o)
	return nil
}

// hold holds the facets that are read from lists without an item, and the policies if
// a boundary of the account's own is not among them.
func (d *details) hold(out *iam.GetAccountAuthorizationDetailsOutput) {
	for _, list := range []struct {
		name   string
		length int
		facets []snapshot.Facet
	}{
		{"UserDetailList", len(out.UserDetailList), []snapshot.Facet{snapshot.IAMUsers, snapshot.IAMUserDetails, snapshot.IAMMemberships, snapshot.IAMAttachments}},
		{"GroupDetailList", len(out.GroupDetailList), []snapshot.Facet{snapshot.IAMGroups, snapshot.IAMMemberships, snapshot.IAMAttachments}},
		{"RoleDetailList", len(out.RoleDetailList), []snapshot.Facet{snapshot.IAMRoles, snapshot.IAMRoleDetails, snapshot.IAMAttachments}},
		{"Policies", len(out.Policies), []snapshot.Facet{snapshot.IAMPolicies, snapshot.IAMPolicyDocuments}},
	} {
		for _, f := range list.facets {
			if list.length == 0 && d.out.Err(f) == nil {
				d.out.Fail(f, collect.NotListed("items in "+list.name))
			}
		}
	}
	for _, p := range boundsBeside(d.out.Batch(snapshot.IAMPolicies), d.out.Batch(snapshot.IAMUserDetails), d.out.Batch(snapshot.IAMRoleDetails)) {
		for _, f := range []snapshot.Facet{snapshot.IAMPolicies, snapshot.IAMPolicyDocuments} {
			if accountOf(p.Key) != "aws" && d.out.Err(f) == nil {
				d.out.Fail(f, fault.New(fault.Partial, "the file does not have a policy that is a boundary: %s", p.Key).
					WithFix("write the file again with all policies: aws iam get-account-authorization-details"))
			}
		}
	}
}
