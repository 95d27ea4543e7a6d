package iam

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// listPolicies lists the account's own managed policies, and of AWS's those that
// somebody has: what GetAccountAuthorizationDetails lists.
func listPolicies(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.IAMPolicies)
	for _, in := range []iam.ListPoliciesInput{{Scope: types.PolicyScopeTypeLocal}, {Scope: types.PolicyScopeTypeAws, OnlyAttached: true}} {
		if err := listPoliciesOf(ctx, in, func(p types.Policy) { addPolicy(b, ctx.Account, p) }); err != nil {
			return err
		}
	}
	return nil
}

// listPoliciesOf follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
func listPoliciesOf(ctx collect.Context, in iam.ListPoliciesInput, do func(types.Policy)) error {
	in.MaxItems = aws.Int32(int32(pageSize(ctx.Options)))
	for page, err := range collect.Pages(ctx, iam.NewListPoliciesPaginator(client(ctx), &in)) {
		if err != nil {
			return err
		}
		for _, p := range page.Policies {
			do(p)
		}
	}
	return nil
}

// readDocuments returns a function that reads the documents of listed policies.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
func readDocuments(listing, documents snapshot.Facet) collect.ReadFunc {
	return func(ctx collect.Context, o *collect.Output) error {
		return ctx.ForEach(ctx.Batch(listing).Parts, func(inner collect.Context, p snapshot.Part, add func(func(*snapshot.Batch))) error {
			body, err := snapshot.Decode[snapshot.PolicyBody](snapshot.Entity{ID: p.ID, Body: p.Body})
			if err != nil {
				return err
			}
			out, err := client(inner).GetPolicyVersion(inner, &iam.GetPolicyVersionInput{PolicyArn: &p.Key, VersionId: &body.Version})
			if err != nil {
				return err
			}
			add(func(*snapshot.Batch) { addDocument(o, documents, p.ID, ctx.Account, out.PolicyVersion.Document) })
			return nil
		}, o.Batch(documents))
	}
}

// readBoundaries reads AWS's policies that bound users or roles, and that nobody
// has: GetAccountAuthorizationDetails leaves them out.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
func readBoundaries(ctx collect.Context, o *collect.Output) error {
	parts := boundsBeside(ctx.Batch(snapshot.IAMPolicies), ctx.Batch(snapshot.IAMUserDetails), ctx.Batch(snapshot.IAMRoleDetails))
	return ctx.ForEach(parts, func(inner collect.Context, p snapshot.Part, add func(func(*snapshot.Batch))) error {
		out, err := client(inner).GetPolicy(inner, &iam.GetPolicyInput{PolicyArn: &p.Key})
		if err != nil {
			return err
		}
		add(func(b *snapshot.Batch) { addPolicy(b, ctx.Account, *out.Policy) })
		return nil
	}, o.Batch(snapshot.IAMBoundaryPolicies))
}

// boundsBeside returns the boundaries of users and roles that are not among the
// policies.
func boundsBeside(policies *snapshot.Batch, details ...*snapshot.Batch) (parts []snapshot.Part) {
	known := map[snapshot.ID]bool{}
	for _, p := range policies.Parts {
		known[p.ID] = true
	}
	for _, b := range details {
		for _, e := range b.Edges {
			if e.Relation == snapshot.Boundary && !known[e.To] {
				known[e.To] = true
				parts = append(parts, snapshot.Part{ID: e.To})
			}
		}
	}
	return parts
}

// listBoundaries lists what readBoundaries reads.
func listBoundaries(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.IAMBoundaryPolicies)
	listed := ctx.Batch(snapshot.IAMPolicies).Parts
	in := iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws, PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}
	return listPoliciesOf(ctx, in, func(p types.Policy) {
		id := snapshot.Policy.ID(aws.ToString(p.Arn))
		if !slices.ContainsFunc(listed, func(l snapshot.Part) bool { return l.ID == id }) {
			addPolicy(b, ctx.Account, p)
		}
	})
}
