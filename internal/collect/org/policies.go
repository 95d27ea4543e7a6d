package org

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// policyType is a type of organization policies that restrict access, with the
// facets that its policies are read into. An organization may know one type and not
// the other.
type policyType struct {
	types.PolicyType
	listing, documents, targets snapshot.Facet
}

func policyTypes() []policyType {
	return []policyType{
		{types.PolicyTypeServiceControlPolicy, snapshot.OrgPolicies, snapshot.OrgPolicyDocuments, snapshot.OrgPolicyTargets},
		{
			types.PolicyTypeResourceControlPolicy, snapshot.OrgResourcePolicies, snapshot.OrgResourcePolicyDocuments,
			snapshot.OrgResourcePolicyTargets,
		},
	}
}

// list follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html
func (t policyType) list(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(t.listing)
	pages := organizations.NewListPoliciesPaginator(client(ctx), &organizations.ListPoliciesInput{Filter: t.PolicyType})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, p := range page.Policies {
			addOrgPolicy(b, p)
		}
	}
	return nil
}

// readDocuments follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribePolicy.html
func (t policyType) readDocuments(ctx collect.Context, o *collect.Output) error {
	o.Batch(t.documents)
	for _, p := range ctx.Batch(t.listing).Parts {
		out, err := client(ctx).DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: aws.String(idOf(p.ID))})
		if collect.IsGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		t.addDocument(o, p.ID, out.Policy.Content)
	}
	return nil
}

// readTargets follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTargetsForPolicy.html
func (t policyType) readTargets(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(t.targets)
	for _, p := range ctx.Batch(t.listing).Parts {
		if err := readTargetsOf(ctx, b, p.ID); err != nil && !collect.IsGone(err) {
			return err
		}
	}
	return nil
}

func readTargetsOf(ctx collect.Context, b *snapshot.Batch, policy snapshot.ID) error {
	pages := organizations.NewListTargetsForPolicyPaginator(client(ctx), &organizations.ListTargetsForPolicyInput{PolicyId: aws.String(idOf(policy))})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, t := range page.Targets {
			govern(b, policy, t)
		}
	}
	return nil
}

func addOrgPolicy(b *snapshot.Batch, p types.PolicySummary) snapshot.ID {
	id := snapshot.OrgPolicy.ID(aws.ToString(p.Arn))
	b.Add(id, "", aws.ToString(p.Name), snapshot.OrgPolicyBody{Type: string(p.Type), Description: aws.ToString(p.Description), AWSManaged: p.AwsManaged})
	return id
}

func (t policyType) addDocument(o *collect.Output, policy snapshot.ID, content *string) {
	doc, _, err := collect.Document(content)
	o.Doubt(t.documents, policy.Key, err)
	o.Batch(t.documents).Tell(policy, "", snapshot.OrgPolicyDocument{Document: doc})
}

func govern(b *snapshot.Batch, policy snapshot.ID, t types.PolicyTargetSummary) {
	target := snapshot.Unit.ID(aws.ToString(t.Arn))
	if t.Type == types.TargetTypeAccount {
		target = snapshot.Account.ID(aws.ToString(t.TargetId))
	}
	b.Link(policy, snapshot.Governs, target, nil)
}
