package organizations

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// needTarget finds what a policy may be attached to, or answers that there is
// nothing of that ID.
func (o *Organization) needTarget(id *string) (*Node, error) {
	n := o.nodes[aws.ToString(id)]
	if n == nil {
		return nil, awssim.Errorf("TargetNotFoundException", "You specified a target that doesn't exist.")
	}
	return n, nil
}

// both finds a policy whose type is enabled and a target.
func (o *Organization) both(policy, target *string) (*Policy, *Node, error) {
	p, err := o.needPolicy(policy)
	if err != nil {
		return nil, nil, err
	}
	n, err := o.needTarget(target)
	if err != nil {
		return nil, nil, err
	}
	if !o.enabled[p.Type] {
		return nil, nil, awssim.Errorf("PolicyTypeNotEnabledException", "You can't use policies of type %s: the type is not enabled in the root.", p.Type)
	}
	return p, n, nil
}

func attachPolicy(o *Organization, _ *awssim.Call, in *organizations.AttachPolicyInput) (*organizations.AttachPolicyOutput, error) {
	p, n, err := o.both(in.PolicyId, in.TargetId)
	switch {
	case err != nil:
		return nil, err
	case n.attached[p.ID] != nil:
		return nil, awssim.Errorf("DuplicatePolicyAttachmentException", "A policy with the specified name and type already exists on the target.")
	case len(n.policiesOf(p.Type)) >= maxAttached:
		return nil, violation(types.ConstraintViolationExceptionReasonMaxPolicyTypeAttachmentLimitExceeded,
			"You have attached the maximum number of %s policies to the target.", p.Type)
	}
	p.attach(n)
	return &organizations.AttachPolicyOutput{}, nil
}

func detachPolicy(o *Organization, _ *awssim.Call, in *organizations.DetachPolicyInput) (*organizations.DetachPolicyOutput, error) {
	p, n, err := o.both(in.PolicyId, in.TargetId)
	switch {
	case err != nil:
		return nil, err
	case n.attached[p.ID] == nil:
		return nil, awssim.Errorf("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
	case p.ID == rcpFullAccess:
		return nil, invalidInput(types.InvalidInputExceptionReasonNonDetachablePolicy, "You can't detach this policy.")
	case p.Type == types.PolicyTypeServiceControlPolicy && len(n.policiesOf(p.Type)) == 1:
		return nil, violation(types.ConstraintViolationExceptionReasonMinPolicyTypeAttachmentLimitExceeded,
			"You can't detach the last policy of type %s from the target.", p.Type)
	}
	p.detach(n)
	return &organizations.DetachPolicyOutput{}, nil
}

func listPoliciesForTarget(o *Organization, _ *awssim.Call, in *organizations.ListPoliciesForTargetInput) (*organizations.ListPoliciesForTargetOutput, error) {
	if err := knownType(in.Filter); err != nil {
		return nil, err
	}
	n, err := o.needTarget(in.TargetId)
	if err != nil {
		return nil, err
	}
	found, next, err := page(n.policiesOf(in.Filter), policyKey, in.MaxResults, in.NextToken)
	return &organizations.ListPoliciesForTargetOutput{Policies: awssim.Each(found, o.summary), NextToken: next}, err
}

func listTargetsForPolicy(o *Organization, _ *awssim.Call, in *organizations.ListTargetsForPolicyInput) (*organizations.ListTargetsForPolicyOutput, error) {
	p, err := o.needPolicy(in.PolicyId)
	if err != nil {
		return nil, err
	}
	targets, next, err := page(awssim.InOrder(p.targets), nodeID, in.MaxResults, in.NextToken)
	return &organizations.ListTargetsForPolicyOutput{NextToken: next, Targets: awssim.Each(targets, func(n *Node) types.PolicyTargetSummary {
		return types.PolicyTargetSummary{TargetId: &n.ID, Arn: aws.String(n.arn()), Name: aws.String(n.Name), Type: n.Kind}
	})}, err
}

// needRoot finds the root or answers that there is none of that ID.
func (o *Organization) needRoot(id *string) error {
	if aws.ToString(id) != o.Root.ID {
		return awssim.Errorf("RootNotFoundException", "You specified a root that doesn't exist.")
	}
	return nil
}

func enablePolicyType(o *Organization, _ *awssim.Call, in *organizations.EnablePolicyTypeInput) (*organizations.EnablePolicyTypeOutput, error) {
	if err := o.needRoot(in.RootId); err != nil {
		return nil, err
	}
	switch err := knownType(in.PolicyType); {
	case err != nil:
		return nil, err
	case o.features != types.OrganizationFeatureSetAll:
		return nil, awssim.Errorf("PolicyTypeNotAvailableForOrganizationException", "You can't use the specified policy type with the feature set currently enabled for this organization.")
	case o.enabled[in.PolicyType]:
		return nil, awssim.Errorf("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
	}
	o.enable(in.PolicyType)
	root := o.Root.asRoot()
	return &organizations.EnablePolicyTypeOutput{Root: &root}, nil
}

// disablePolicyType detaches every policy of the type.
func disablePolicyType(o *Organization, _ *awssim.Call, in *organizations.DisablePolicyTypeInput) (*organizations.DisablePolicyTypeOutput, error) {
	if err := o.needRoot(in.RootId); err != nil {
		return nil, err
	}
	if !o.enabled[in.PolicyType] {
		return nil, awssim.Errorf("PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types.")
	}
	delete(o.enabled, in.PolicyType)
	for _, n := range o.nodes {
		for _, p := range n.policiesOf(in.PolicyType) {
			p.detach(n)
		}
	}
	root := o.Root.asRoot()
	return &organizations.DisablePolicyTypeOutput{Root: &root}, nil
}
