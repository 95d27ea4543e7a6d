package org

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// organizationFile is what the aws CLI prints of an organization's calls, in
// one object.
type organizationFile struct {
	Organization *types.Organization
	Accounts     []types.Account
	Policies     []struct {
		PolicySummary types.PolicySummary
		Content       string
		Targets       []types.PolicyTargetSummary
	}
}

// FromFile reads an organization from one object, as docs/snapshot.md says. Home
// is the account that it is put under where the object does not tell the
// management account. If policies of some type are missing, those are held.
// The error is Invalid.
func FromFile(cells *collect.CellList, from collect.Printed, home string) error {
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "this is not an organization in the form that docs/snapshot.md describes").WithCause("%v", err).At("organization").
			WithFix(`write {"Accounts": ..., "Policies": ...} from what aws organizations prints`)
	}
	var file organizationFile
	if err := from.Decode(&file); err != nil {
		return bad(err)
	}
	if len(file.Accounts) == 0 {
		return bad(fault.New(fault.Invalid, "it has no Accounts"))
	}
	out := collect.NewOutput()
	for _, a := range file.Accounts {
		addAccount(out.Batch(snapshot.OrgAccounts), a)
	}
	if o := file.Organization; o != nil {
		addOrganization(out.Batch(snapshot.OrgItself), o)
		home = aws.ToString(o.MasterAccountId)
	}
	had := map[types.PolicyType]bool{}
	for _, p := range file.Policies {
		kind := policyTypeOf(p.PolicySummary.Type)
		had[kind.PolicyType] = true
		id := addOrgPolicy(out.Batch(kind.listing), p.PolicySummary)
		kind.addDocument(out, id, &p.Content)
		b := out.Batch(kind.targets)
		for _, t := range p.Targets {
			govern(b, id, t)
		}
	}
	for _, kind := range policyTypes() {
		if len(file.Policies) > 0 && !had[kind.PolicyType] {
			kind.hold(out)
		}
	}
	cells.Add(home, "file", from.AsOf, out)
	return nil
}

// hold holds the facets of a type of which a file has no policies.
func (t policyType) hold(out *collect.Output) {
	for _, f := range []snapshot.Facet{t.listing, t.documents, t.targets} {
		out.Batch(f)
		out.Fail(f, collect.NotListed(string(t.PolicyType)))
	}
}

// policyTypeOf returns a type of policies, the first where a file does not tell it.
func policyTypeOf(t types.PolicyType) policyType {
	all := policyTypes()
	for _, kind := range all {
		if kind.PolicyType == t {
			return kind
		}
	}
	return all[0]
}
