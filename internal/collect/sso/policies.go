package sso

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// setPolicies is one of the four kinds of policies that a permission set has, each
// read by a call of its own.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/howtopermissionsets.html
type setPolicies struct {
	facet     snapshot.Facet
	operation string
	read      func(*setReader, *snapshot.PermissionSetPolicies) error
}

func setPolicyKinds() []setPolicies {
	return []setPolicies{
		{snapshot.SSOSetPolicies, "ListManagedPoliciesInPermissionSet", (*setReader).managed},
		{snapshot.SSOSetCustomerPolicies, "ListCustomerManagedPolicyReferencesInPermissionSet", (*setReader).customer},
		{snapshot.SSOSetInlinePolicies, "GetInlinePolicyForPermissionSet", (*setReader).inline},
		{snapshot.SSOSetBoundaries, "GetPermissionsBoundaryForPermissionSet", (*setReader).boundary},
	}
}

// source returns the source that reads policies of the kind.
func (k setPolicies) source() collect.Source {
	return collect.One(k.facet, k.operation, k.readAll, func(s collect.Size) map[string]int {
		return map[string]int{"sso:" + k.operation: s.Of(snapshot.PermissionSet)}
	}, snapshot.SSOInstances, snapshot.SSOSets)
}

func (k setPolicies) readAll(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, k.facet, func(i instance, b *snapshot.Batch) error {
		sets, err := i.need(ctx, snapshot.SSOSets)
		if err != nil {
			return err
		}
		return ctx.ForEach(sets, func(inner collect.Context, set snapshot.Part, add func(func(*snapshot.Batch))) error {
			r := &setReader{Context: inner, instance: i.arn, set: set.Key}
			var body snapshot.PermissionSetPolicies
			if err := k.read(r, &body); err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				o.Doubt(k.facet, "the inline policy of "+set.Key, r.unclear)
				b.Tell(set.ID, "", body)
				for _, arn := range body.AWSManaged {
					// A policy of a set that is on no account is in no account's listing.
					b.Add(snapshot.Policy.ID(arn), "", arn[strings.LastIndexByte(arn, '/')+1:], nil)
					b.Link(set.ID, snapshot.Attached, snapshot.Policy.ID(arn), nil)
				}
			})
			return nil
		}, b)
	})
}

// setReader reads one permission set.
type setReader struct {
	collect.Context
	instance, set string
	unclear       error // why the inline policy is not understood
}

func (r *setReader) managed(body *snapshot.PermissionSetPolicies) error {
	pages := ssoadmin.NewListManagedPoliciesInPermissionSetPaginator(admin(r.Context), &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &r.set})
	for page, err := range collect.Pages(r, pages) {
		if err != nil {
			return err
		}
		for _, p := range page.AttachedManagedPolicies {
			body.AWSManaged = append(body.AWSManaged, aws.ToString(p.Arn))
		}
	}
	return nil
}

func (r *setReader) customer(body *snapshot.PermissionSetPolicies) error {
	pages := ssoadmin.NewListCustomerManagedPolicyReferencesInPermissionSetPaginator(admin(r.Context),
		&ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &r.set})
	for page, err := range collect.Pages(r, pages) {
		if err != nil {
			return err
		}
		for _, p := range page.CustomerManagedPolicyReferences {
			body.CustomerManaged = append(body.CustomerManaged, named(p))
		}
	}
	return nil
}

func named(p types.CustomerManagedPolicyReference) snapshot.NamedPolicy {
	return snapshot.NamedPolicy{Name: aws.ToString(p.Name), Path: aws.ToString(p.Path)}
}

func (r *setReader) inline(body *snapshot.PermissionSetPolicies) error {
	out, err := admin(r.Context).GetInlinePolicyForPermissionSet(r, &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &r.set})
	if err != nil || aws.ToString(out.InlinePolicy) == "" {
		return err
	}
	body.Inline, _, r.unclear = collect.Document(out.InlinePolicy)
	return nil
}

func (r *setReader) boundary(body *snapshot.PermissionSetPolicies) error {
	out, err := admin(r.Context).GetPermissionsBoundaryForPermissionSet(r, &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &r.set})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return nil
	}
	if err != nil || out.PermissionsBoundary == nil {
		return err
	}
	body.Boundary = &snapshot.BoundaryOfASet{AWSManaged: aws.ToString(out.PermissionsBoundary.ManagedPolicyArn)}
	if c := out.PermissionsBoundary.CustomerManagedPolicyReference; c != nil {
		policy := named(*c)
		body.Boundary.CustomerManaged = &policy
	}
	return nil
}
