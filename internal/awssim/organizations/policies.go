package organizations

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// Quotas of policies of one type: attached to one target, and characters. See
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const (
	maxAttached = 5
	maxContent  = 5120
)

const (
	fullAccess    = "p-FullAWSAccess"
	rcpFullAccess = "p-RCPFullAWSAccess"
)

// managedPolicies are the ones that AWS gives, by ID.
func managedPolicies() map[string]*Policy {
	scp := &Policy{
		ID: fullAccess, Name: "FullAWSAccess", Description: "Allows access to every operation",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`, Type: types.PolicyTypeServiceControlPolicy, Managed: true,
	}
	rcp := &Policy{
		ID: rcpFullAccess, Name: "RCPFullAWSAccess", Description: "Allows access to every operation",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`, Type: types.PolicyTypeResourceControlPolicy, Managed: true,
	}
	for _, p := range []*Policy{scp, rcp} {
		p.Tags, p.targets = make(map[string]string), make(map[string]*Node)
	}
	return map[string]*Policy{scp.ID: scp, rcp.ID: rcp}
}

// enable makes a type of policies known to the root.
func (o *Organization) enable(t types.PolicyType) {
	o.enabled[t] = true
	for _, n := range o.nodes {
		o.attachDefault(t, n)
	}
}

// attachDefault attaches what AWS attaches to everything.
func (o *Organization) attachDefault(t types.PolicyType, n *Node) {
	for _, id := range []string{fullAccess, rcpFullAccess} {
		if p := o.policies[id]; p.Type == t {
			p.attach(n)
		}
	}
}

func (p *Policy) attach(n *Node) { p.targets[n.ID], n.attached[p.ID] = n, p }

func (p *Policy) detach(n *Node) {
	delete(p.targets, n.ID)
	delete(n.attached, p.ID)
}

// policiesOf gives what of a type is attached to a node.
func (n *Node) policiesOf(t types.PolicyType) []*Policy { return ofType(n.attached, t) }

func (o *Organization) policyARN(p *Policy) string {
	resource := "policy/" + strings.ToLower(string(p.Type)) + "/" + p.ID
	if p.Managed {
		return "arn:" + o.partition + ":organizations::aws:" + resource
	}
	return o.arn(strings.Replace(resource, "policy/", "policy/"+o.ID+"/", 1))
}

func (o *Organization) summary(p *Policy) types.PolicySummary {
	return types.PolicySummary{
		Id: &p.ID, Arn: aws.String(o.policyARN(p)), Name: aws.String(p.Name), Description: aws.String(p.Description), Type: p.Type, AwsManaged: p.Managed,
	}
}

func (o *Organization) whole(p *Policy) *types.Policy {
	summary := o.summary(p)
	return &types.Policy{Content: aws.String(p.Content), PolicySummary: &summary}
}

func createPolicy(o *Organization, _ *awssim.Call, in *organizations.CreatePolicyInput) (*organizations.CreatePolicyOutput, error) {
	if err := knownType(in.Type); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	p, err := o.newPolicy(in.Type, *in.Name, aws.ToString(in.Description), *in.Content)
	if err != nil {
		return nil, err
	}
	p.Tags = tags
	return &organizations.CreatePolicyOutput{Policy: o.whole(p)}, nil
}

func knownType(t types.PolicyType) error {
	if !slices.Contains(t.Values(), t) {
		return invalidInput(types.InvalidInputExceptionReasonInvalidEnumPolicyType, "You provided an invalid policy type.")
	}
	return nil
}

// newPolicy makes a policy whose name is free and whose content is sound.
func (o *Organization) newPolicy(t types.PolicyType, name, description, content string) (*Policy, error) {
	if err := o.freePolicyName(t, name); err != nil {
		return nil, err
	}
	if err := sound(t, content); err != nil {
		return nil, err
	}
	p := &Policy{
		ID: "p-" + o.mint.text(8), Name: name, Description: description, Content: content, Type: t,
		Tags: make(map[string]string), targets: make(map[string]*Node),
	}
	o.policies[p.ID] = p
	return p, nil
}

func (o *Organization) freePolicyName(t types.PolicyType, name string) error {
	for _, p := range o.policies {
		if p.Type == t && p.Name == name {
			return awssim.Errorf("DuplicatePolicyException", "A policy with the same name already exists.")
		}
	}
	return nil
}

// sound wants content that AWS would take: a policy document for service and
// resource control policies, JSON for the rest.
func sound(t types.PolicyType, content string) error {
	malformed := awssim.Errorf("MalformedPolicyDocumentException", "The provided policy document does not meet the requirements of the specified policy type.")
	if !json.Valid([]byte(content)) {
		return malformed
	}
	kind := policy.ServiceControl
	switch t {
	case types.PolicyTypeServiceControlPolicy:
	case types.PolicyTypeResourceControlPolicy:
		kind = policy.ResourceControl
	default:
		return nil
	}
	if _, err := policy.ParseAs(kind, []byte(content)); err != nil {
		return malformed
	}
	if len(content) > maxContent {
		return violation(types.ConstraintViolationExceptionReasonPolicyContentLimitExceeded, "You exceeded the maximum policy content size of %d characters.", maxContent)
	}
	return nil
}

// needPolicy finds a policy or answers that there is none.
func (o *Organization) needPolicy(id *string) (*Policy, error) {
	p := o.policies[aws.ToString(id)]
	if p == nil {
		return nil, awssim.Errorf("PolicyNotFoundException", "You specified a policy that doesn't exist.")
	}
	return p, nil
}

// ownPolicy finds a policy that may be changed.
func (o *Organization) ownPolicy(id *string) (*Policy, error) {
	p, err := o.needPolicy(id)
	if err == nil && p.Managed {
		err = invalidInput(types.InvalidInputExceptionReasonImmutablePolicy, "You specified a policy that is managed by AWS and can't be modified.")
	}
	return p, err
}

func describePolicy(o *Organization, _ *awssim.Call, in *organizations.DescribePolicyInput) (*organizations.DescribePolicyOutput, error) {
	p, err := o.needPolicy(in.PolicyId)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribePolicyOutput{Policy: o.whole(p)}, nil
}

func updatePolicy(o *Organization, _ *awssim.Call, in *organizations.UpdatePolicyInput) (*organizations.UpdatePolicyOutput, error) {
	p, err := o.ownPolicy(in.PolicyId)
	if err != nil {
		return nil, err
	}
	if in.Name != nil && *in.Name != p.Name {
		if err := o.freePolicyName(p.Type, *in.Name); err != nil {
			return nil, err
		}
	}
	if in.Content != nil {
		if err := sound(p.Type, *in.Content); err != nil {
			return nil, err
		}
		p.Content, p.parsed = *in.Content, nil
	}
	if in.Name != nil {
		p.Name = *in.Name
	}
	if in.Description != nil {
		p.Description = *in.Description
	}
	return &organizations.UpdatePolicyOutput{Policy: o.whole(p)}, nil
}

func deletePolicy(o *Organization, _ *awssim.Call, in *organizations.DeletePolicyInput) (*organizations.DeletePolicyOutput, error) {
	p, err := o.ownPolicy(in.PolicyId)
	switch {
	case err != nil:
		return nil, err
	case len(p.targets) > 0:
		return nil, awssim.Errorf("PolicyInUseException", "You can't delete a policy that is attached to a root, an OU or an account.")
	}
	delete(o.policies, p.ID)
	return &organizations.DeletePolicyOutput{}, nil
}

func listPolicies(o *Organization, _ *awssim.Call, in *organizations.ListPoliciesInput) (*organizations.ListPoliciesOutput, error) {
	if err := knownType(in.Filter); err != nil {
		return nil, err
	}
	found, next, err := page(ofType(o.policies, in.Filter), policyKey, in.MaxResults, in.NextToken)
	return &organizations.ListPoliciesOutput{Policies: awssim.Each(found, o.summary), NextToken: next}, err
}

// policyKey orders listings: AWS's own policies come first.
func policyKey(p *Policy) string {
	if p.Managed {
		return "-" + p.ID
	}
	return p.ID
}

// ofType gives the policies of a type, in the order of listings.
func ofType(all map[string]*Policy, t types.PolicyType) []*Policy {
	found := awssim.Only(awssim.InOrder(all), func(p *Policy) bool { return p.Type == t })
	slices.SortFunc(found, func(a, b *Policy) int { return strings.Compare(policyKey(a), policyKey(b)) })
	return found
}
