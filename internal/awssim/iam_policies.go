package awssim

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim/awsmanaged"
)

// policyHandlers returns the operations on managed policies.
func policyHandlers() map[string]Handler {
	return map[string]Handler{
		"CreatePolicy":            writeHandler(createPolicy),
		"CreatePolicyVersion":     writeHandler(createPolicyVersion),
		"DeletePolicy":            doing[iam.DeletePolicyOutput](deletePolicy),
		"DeletePolicyVersion":     doing[iam.DeletePolicyVersionOutput](deletePolicyVersion),
		"GetPolicy":               writeHandler(getPolicy), // AWS's own come into being, as in the others here
		"GetPolicyVersion":        writeHandler(getPolicyVersion),
		"ListPolicyVersions":      writeHandler(listPolicyVersions),
		"ListEntitiesForPolicy":   writeHandler(listEntitiesForPolicy),
		"ListPolicies":            readHandler(listPolicies),
		"ListPolicyTags":          writeHandler(listPolicyTags),
		"SetDefaultPolicyVersion": doing[iam.SetDefaultPolicyVersionOutput](setDefaultPolicyVersion),
		"TagPolicy":               doingAny[iam.TagPolicyOutput, iam.TagPolicyInput](tag),
		"UntagPolicy":             doingAny[iam.UntagPolicyOutput, iam.UntagPolicyInput](untag),
	}
}

// usage counts what a managed policy is attached to, and what it bounds.
type usage struct{ attached, bounds int32 }

// uses counts the use of each managed policy. The World is locked.
func (a *Account) uses() map[*ManagedPolicy]usage {
	uses := map[*ManagedPolicy]usage{}
	count := func(h *holder) {
		for _, m := range h.attached {
			u := uses[m]
			u.attached++
			uses[m] = u
		}
		if h.boundary != nil {
			u := uses[h.boundary]
			u.bounds++
			uses[h.boundary] = u
		}
	}
	for _, u := range a.users {
		count(&u.holder)
	}
	for _, g := range a.groups {
		count(&g.holder)
	}
	for _, r := range a.roles {
		count(&r.holder)
	}
	return uses
}

// brief returns the policy as listings show it: without description and tags.
func (m *ManagedPolicy) brief(u usage) types.Policy {
	return types.Policy{
		Arn: aws.String(m.ARN), PolicyName: aws.String(m.Name), PolicyId: aws.String(m.ID), Path: aws.String(m.Path),
		DefaultVersionId: aws.String(m.Default.id()), AttachmentCount: aws.Int32(u.attached), PermissionsBoundaryUsageCount: aws.Int32(u.bounds),
		IsAttachable: true, CreateDate: iamTime(m.Created), UpdateDate: iamTime(m.Updated),
	}
}

// whole returns the policy with all there is but its document.
func (m *ManagedPolicy) whole(u usage) *types.Policy {
	out := m.brief(u)
	out.Tags = iamTags(m.Tags)
	if m.Description != "" {
		out.Description = aws.String(m.Description)
	}
	return &out
}

// policyForm is a policy's name with its path.
var policyForm = regexp.MustCompile(`^([\w+=,.@-]+/)*[\w+=,.@-]+$`)

// knownPolicy finds a managed policy by ARN, nil where the account has none of
// it. The World is locked, as below.
func (c *Call) knownPolicy(text string) (*ManagedPolicy, error) {
	if m := c.Account.managed[text]; m != nil {
		return m, nil
	}
	a, _ := arn.Parse(text)
	switch {
	case a.Service != "iam" || a.Partition != c.Account.Partition || a.Type() != "policy" || !policyForm.MatchString(a.ID()):
		return nil, Errorf("InvalidInput", "ARN %s is not valid.", text)
	case a.Account == "aws":
		return c.Account.awsManaged(a.ID())
	case a.Account != c.Account.ID:
		return nil, Errorf("InvalidInput", "Policy is outside your own account.")
	}
	return nil, nil
}

// attachable finds a managed policy that principals of the account may have.
func (c *Call) attachable(arn string) (*ManagedPolicy, error) {
	m, err := c.knownPolicy(arn)
	if m == nil && err == nil {
		err = noSuchEntity("Policy %s does not exist or is not attachable.", arn)
	}
	return m, err
}

// policy finds a managed policy to look at.
func (c *Call) policy(arn *string) (*ManagedPolicy, error) {
	m, err := c.knownPolicy(*arn)
	if m == nil && err == nil {
		err = noSuchEntity("Policy %s was not found.", *arn)
	}
	return m, err
}

// ownPolicy finds a managed policy that the account may change.
func (c *Call) ownPolicy(arn *string) (*ManagedPolicy, error) {
	m, err := c.policy(arn)
	if err == nil && !m.local() {
		err = c.reservedPolicy(m.ARN)
	}
	return m, err
}

// reservedPolicy answers a change of a policy that is AWS's own.
func (c *Call) reservedPolicy(arn string) error {
	return &Error{Code: "AccessDenied", Message: "User: " + c.Principal.ARN + " is not authorized to perform: iam:" + c.Operation + " on resource: policy " + arn, Status: 403}
}

// createPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func createPolicy(c *Call, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	doc, err := managedDocument(*in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	path, own := either(in.Path, "/"), 0
	for _, m := range c.Account.managed {
		switch {
		case m.local() && strings.EqualFold(m.Name, *in.PolicyName):
			return nil, Errorf("EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", *in.PolicyName)
		case m.local():
			own++
		}
	}
	if err := within("PoliciesPerAccount", own+1, maxPolicies); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	m := c.Account.newPolicy(path, *in.PolicyName)
	m.Description, m.Tags = aws.ToString(in.Description), tags
	m.addVersion(doc, m.Created, true)
	made := m.whole(usage{})
	made.Description = nil // AWS tells it when it is asked again
	return &iam.CreatePolicyOutput{Policy: made}, nil
}

// getPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
func getPolicy(c *Call, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	m, err := c.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyOutput{Policy: m.whole(c.Account.uses()[m])}, nil
}

// listPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
func listPolicies(c *Call, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	if in.Scope != types.PolicyScopeTypeLocal && !in.OnlyAttached {
		for _, name := range awsmanaged.Names() {
			if _, err := c.Account.awsManaged(name); err != nil {
				return nil, err
			}
		}
	}
	uses := c.Account.uses()
	all := Only(InOrder(c.Account.managed), func(m *ManagedPolicy) bool {
		switch {
		case in.Scope == types.PolicyScopeTypeLocal && !m.local(), in.Scope == types.PolicyScopeTypeAws && m.local():
			return false
		case in.PolicyUsageFilter == types.PolicyUsageTypePermissionsBoundary:
			return uses[m].bounds > 0
		}
		return !in.OnlyAttached || uses[m].attached > 0
	})
	page, next := iamPage(under(all, in.PathPrefix, policyPath), in.Marker, in.MaxItems, policyKey)
	return &iam.ListPoliciesOutput{
		Policies: Each(page, func(m *ManagedPolicy) types.Policy { return m.brief(uses[m]) }), IsTruncated: next != nil, Marker: next,
	}, nil
}

// deletePolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
func deletePolicy(c *Call, in *iam.DeletePolicyInput) error {
	m, err := c.ownPolicy(in.PolicyArn)
	switch {
	case err != nil:
		return err
	case c.Account.uses()[m] != usage{}:
		return Errorf("DeleteConflict", "Cannot delete a policy attached to entities.")
	case len(m.Versions) > 1:
		return Errorf("DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
	}
	delete(c.Account.managed, m.ARN)
	return nil
}
