package awssim

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/policy"
)

// inlineHandlers returns the operations on inline policies.
func inlineHandlers() map[string]Handler {
	return map[string]Handler{
		"DeleteGroupPolicy": doingAny[iam.DeleteGroupPolicyOutput, iam.DeleteGroupPolicyInput](deleteInline),
		"DeleteRolePolicy":  doingAny[iam.DeleteRolePolicyOutput, iam.DeleteRolePolicyInput](deleteInline),
		"DeleteUserPolicy":  doingAny[iam.DeleteUserPolicyOutput, iam.DeleteUserPolicyInput](deleteInline),
		"GetGroupPolicy":    readHandler(getGroupPolicy),
		"GetRolePolicy":     readHandler(getRolePolicy),
		"GetUserPolicy":     readHandler(getUserPolicy),
		"ListGroupPolicies": readHandler(listGroupPolicies),
		"ListRolePolicies":  readHandler(listRolePolicies),
		"ListUserPolicies":  readHandler(listUserPolicies),
		"PutGroupPolicy":    doingAny[iam.PutGroupPolicyOutput, iam.PutGroupPolicyInput](putPolicy),
		"PutRolePolicy":     doingAny[iam.PutRolePolicyOutput, iam.PutRolePolicyInput](putPolicy),
		"PutUserPolicy":     doingAny[iam.PutUserPolicyOutput, iam.PutUserPolicyInput](putPolicy),
	}
}

// putPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
func putPolicy(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	doc, err := identityPolicy(Member(in, "PolicyDocument"))
	if err != nil {
		return err
	}
	name, size := Member(in, "PolicyName"), policySize(doc)
	for other, d := range s.policies {
		if other != name {
			size += policySize(d)
		}
	}
	if size > s.inline {
		return Errorf("LimitExceeded", "Maximum policy size of %d bytes exceeded for %s %s", s.inline, strings.ToLower(s.kind), s.name)
	}
	s.set(name, doc)
	return nil
}

// deleteInline follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html
func deleteInline(c *Call, in any) error {
	s, err := c.changeable(in)
	if err != nil {
		return err
	}
	name := Member(in, "PolicyName")
	if _, err := s.get(name); err != nil {
		return err
	}
	delete(s.policies, name)
	return nil
}

func (s owner) get(name string) (*policy.Document, error) {
	if doc := s.policies[name]; doc != nil {
		return doc, nil
	}
	return nil, noSuchEntity("The %s policy with name %s cannot be found.", strings.ToLower(s.kind), name)
}

// getUserPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html
func getUserPolicy(c *Call, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
	doc, err := c.inline(in)
	return &iam.GetUserPolicyOutput{UserName: in.UserName, PolicyName: in.PolicyName, PolicyDocument: doc}, err
}

// getGroupPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html
func getGroupPolicy(c *Call, in *iam.GetGroupPolicyInput) (*iam.GetGroupPolicyOutput, error) {
	doc, err := c.inline(in)
	return &iam.GetGroupPolicyOutput{GroupName: in.GroupName, PolicyName: in.PolicyName, PolicyDocument: doc}, err
}

// getRolePolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
func getRolePolicy(c *Call, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	doc, err := c.inline(in)
	return &iam.GetRolePolicyOutput{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: doc}, err
}

// inline returns the document that a request names, as IAM answers it.
func (c *Call) inline(in any) (*string, error) {
	s, err := c.owner(in)
	if err != nil {
		return nil, err
	}
	doc, err := s.get(Member(in, "PolicyName"))
	if err != nil {
		return nil, err
	}
	return encoded(doc), nil
}

// listUserPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html
func listUserPolicies(c *Call, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
	return c.inlineNames(in, in.Marker, in.MaxItems)
}

// listGroupPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html
func listGroupPolicies(c *Call, in *iam.ListGroupPoliciesInput) (*iam.ListGroupPoliciesOutput, error) {
	out, err := c.inlineNames(in, in.Marker, in.MaxItems)
	return (*iam.ListGroupPoliciesOutput)(out), err
}

// listRolePolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
func listRolePolicies(c *Call, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	out, err := c.inlineNames(in, in.Marker, in.MaxItems)
	return (*iam.ListRolePoliciesOutput)(out), err
}

// inlineNames returns the answer to all three listings, which are alike.
func (c *Call) inlineNames(in any, marker *string, maxItems *int32) (*iam.ListUserPoliciesOutput, error) {
	s, err := c.owner(in)
	if err != nil {
		return nil, err
	}
	page, next := iamPage(slices.Sorted(maps.Keys(s.policies)), marker, maxItems, func(name string) string { return name })
	return &iam.ListUserPoliciesOutput{PolicyNames: page, IsTruncated: next != nil, Marker: next}, nil
}
