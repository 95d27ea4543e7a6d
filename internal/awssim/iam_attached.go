package awssim

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// attachmentHandlers returns the operations on attached policies and permissions
// boundaries.
func attachmentHandlers() map[string]Handler {
	return map[string]Handler{
		"AttachGroupPolicy":             doingAny[iam.AttachGroupPolicyOutput, iam.AttachGroupPolicyInput](attachPolicy),
		"AttachRolePolicy":              doingAny[iam.AttachRolePolicyOutput, iam.AttachRolePolicyInput](attachPolicy),
		"AttachUserPolicy":              doingAny[iam.AttachUserPolicyOutput, iam.AttachUserPolicyInput](attachPolicy),
		"DeleteRolePermissionsBoundary": doingAny[iam.DeleteRolePermissionsBoundaryOutput, iam.DeleteRolePermissionsBoundaryInput](deleteBoundary),
		"DeleteUserPermissionsBoundary": doingAny[iam.DeleteUserPermissionsBoundaryOutput, iam.DeleteUserPermissionsBoundaryInput](deleteBoundary),
		"DetachGroupPolicy":             doingAny[iam.DetachGroupPolicyOutput, iam.DetachGroupPolicyInput](detachPolicy),
		"DetachRolePolicy":              doingAny[iam.DetachRolePolicyOutput, iam.DetachRolePolicyInput](detachPolicy),
		"DetachUserPolicy":              doingAny[iam.DetachUserPolicyOutput, iam.DetachUserPolicyInput](detachPolicy),
		"ListAttachedGroupPolicies":     readHandler(listAttachedGroupPolicies),
		"ListAttachedRolePolicies":      readHandler(listAttachedRolePolicies),
		"ListAttachedUserPolicies":      readHandler(listAttachedUserPolicies),
		"PutRolePermissionsBoundary":    doingAny[iam.PutRolePermissionsBoundaryOutput, iam.PutRolePermissionsBoundaryInput](putBoundary),
		"PutUserPermissionsBoundary":    doingAny[iam.PutUserPermissionsBoundaryOutput, iam.PutUserPermissionsBoundaryInput](putBoundary),
	}
}

// attachPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
func attachPolicy(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	m, err := c.attachable(Member(in, "PolicyArn"))
	if err != nil || slices.Contains(s.attached, m) {
		return err
	}
	if err := within("PoliciesPer"+s.kind, len(s.attached)+1, maxAttached); err != nil {
		return err
	}
	s.attached = append(s.attached, m)
	return nil
}

// detachPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
func detachPolicy(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	arn := Member(in, "PolicyArn")
	i := slices.IndexFunc(s.attached, func(m *ManagedPolicy) bool { return m.ARN == arn })
	if i < 0 {
		return noSuchEntity("Policy %s was not found.", arn)
	}
	s.attached = slices.Delete(s.attached, i, i+1)
	return nil
}

// putBoundary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
func putBoundary(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	m, err := c.attachable(Member(in, "PermissionsBoundary"))
	if err != nil {
		return err
	}
	s.boundary = m
	return nil
}

// deleteBoundary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html
func deleteBoundary(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	if s.boundary == nil {
		return noSuchEntity("%s %s does not have a permissions boundary.", s.kind, s.name)
	}
	s.boundary = nil
	return nil
}

// boundaryOf returns the boundary that something is made with; nil for none.
func (c *Call) boundaryOf(arn *string) (*ManagedPolicy, error) {
	if arn == nil {
		return nil, nil
	}
	return c.attachable(*arn)
}

// listAttachedUserPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html
func listAttachedUserPolicies(c *Call, in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
	return c.attachedTo(in, in.PathPrefix, in.Marker, in.MaxItems)
}

// listAttachedGroupPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html
func listAttachedGroupPolicies(c *Call, in *iam.ListAttachedGroupPoliciesInput) (*iam.ListAttachedGroupPoliciesOutput, error) {
	out, err := c.attachedTo(in, in.PathPrefix, in.Marker, in.MaxItems)
	return (*iam.ListAttachedGroupPoliciesOutput)(out), err
}

// listAttachedRolePolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
func listAttachedRolePolicies(c *Call, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	out, err := c.attachedTo(in, in.PathPrefix, in.Marker, in.MaxItems)
	return (*iam.ListAttachedRolePoliciesOutput)(out), err
}

// attachedTo returns the answer to all three listings, which are alike.
func (c *Call) attachedTo(in any, prefix, marker *string, maxItems *int32) (*iam.ListAttachedUserPoliciesOutput, error) {
	s, err := c.owner(in)
	if err != nil {
		return nil, err
	}
	all := under(slices.Clone(s.attached), prefix, func(m *ManagedPolicy) string { return m.Path })
	page, next := pageBy(all, marker, maxItems, func(m *ManagedPolicy) string { return m.ARN })
	return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: Each(page, (*ManagedPolicy).reference), IsTruncated: next != nil, Marker: next}, nil
}

func (m *ManagedPolicy) reference() types.AttachedPolicy {
	return types.AttachedPolicy{PolicyArn: aws.String(m.ARN), PolicyName: aws.String(m.Name)}
}
