package awssim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/arn"
)

// simulateHandlers returns IAM's policy simulator.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
func simulateHandlers() map[string]Handler {
	return map[string]Handler{
		"GetContextKeysForCustomPolicy":    readHandler(contextKeysOfTexts),
		"GetContextKeysForPrincipalPolicy": readHandler(contextKeysOfPrincipal),
		"SimulateCustomPolicy":             Op(simulateCustomPolicy),
		"SimulatePrincipalPolicy":          Op(simulatePrincipalPolicy),
	}
}

// unfit is the policy simulator's answer to an input that it cannot use.
func unfit(format string, args ...any) *Error { return Errorf("InvalidInput", format, args...) }

// notEvaluated is the policy simulator's answer to a policy that is well formed and
// cannot be evaluated. AWS does not publish its texts.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html#API_SimulateCustomPolicy_Errors
func notEvaluated(format string, args ...any) *Error {
	return &Error{Code: "PolicyEvaluation", Status: http.StatusInternalServerError, Message: fmt.Sprintf(format, args...)}
}

// simulatePrincipalPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
// The organization's policies are read before the World is held, since who knows them
// may hold what the World waits for.
func simulatePrincipalPolicy(c *Call, in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	member, caller := c.World.membershipOf(c.Account.ID), c.callerMembership(in.CallerArn)
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	of, err := c.policySource(*in.PolicySourceArn)
	if err != nil {
		return nil, err
	}
	of.member, of.caller = &member, caller
	member.conditions(of.keys, "principal")
	page, next, err := c.simulate(of, in)
	if err != nil {
		return nil, err
	}
	return &iam.SimulatePrincipalPolicyOutput{EvaluationResults: page, IsTruncated: next != nil, Marker: next}, nil
}

// simulateCustomPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
func simulateCustomPolicy(c *Call, in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	of := &policySource{caller: c.callerMembership(in.CallerArn)}
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	page, next, err := c.simulate(of, &iam.SimulatePrincipalPolicyInput{
		ActionNames: in.ActionNames, CallerArn: in.CallerArn, ContextEntries: in.ContextEntries, Marker: in.Marker, MaxItems: in.MaxItems,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, PolicyInputList: in.PolicyInputList,
		ResourceArns: in.ResourceArns, ResourceHandlingOption: in.ResourceHandlingOption, ResourceOwner: in.ResourceOwner, ResourcePolicy: in.ResourcePolicy,
	})
	if err != nil {
		return nil, err
	}
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: page, IsTruncated: next != nil, Marker: next}, nil
}

// callerMembership returns the membership of the account of an input's CallerArn. The World
// is not locked.
func (c *Call) callerMembership(name *string) Membership {
	a, _ := arn.Parse(aws.ToString(name))
	if !arn.IsAccount(a.Account) {
		return Membership{}
	}
	return c.World.membershipOf(a.Account)
}

// simulate decides each action on each resource, and returns a page of the results.
func (c *Call) simulate(of *policySource, in *iam.SimulatePrincipalPolicyInput) (page []types.EvaluationResult, next *string, err error) {
	sim, err := c.newSimulation(of, in)
	if err != nil {
		return nil, nil, err
	}
	resources, err := simulatedResources(in)
	if err != nil {
		return nil, nil, err
	}
	type pair struct{ key, action, resource string }
	var all []pair
	for _, action := range in.ActionNames {
		if service, name, ok := strings.Cut(action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(action, "*?") {
			return nil, nil, unfit("Invalid Action Name: %s", action)
		}
		for _, resource := range resources {
			all = append(all, pair{fmt.Sprintf("%08d", len(all)), action, resource})
		}
	}
	if sim.resource != nil {
		for _, resource := range resources {
			if !sim.resource.covers(resource) {
				return nil, nil, unfit("The resource policy is not applicable to the resource %s.", resource)
			}
		}
	}
	some, next := iamPage(all, in.Marker, in.MaxItems, func(p pair) string { return p.key })
	return Each(some, func(p pair) types.EvaluationResult { return sim.result(p.action, p.resource) }), next, nil
}

// simulatedResources returns the ARNs to simulate, which is "*" where there are none.
func simulatedResources(in *iam.SimulatePrincipalPolicyInput) ([]string, error) {
	for _, name := range in.ResourceArns {
		if a, ok := arn.Parse(name); name != "*" && (!ok || a.Service == "") {
			return nil, unfit("ResourceNames are not in a valid ARN format: %s.", name)
		}
	}
	if in.ResourceHandlingOption != nil {
		if err := checkHandling(*in.ResourceHandlingOption, in.ResourceArns); err != nil {
			return nil, err
		}
	}
	if len(in.ResourceArns) == 0 {
		return []string{"*"}, nil
	}
	return in.ResourceArns, nil
}

// checkHandling wants the resources of a scenario of EC2 to be there.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html#API_SimulatePrincipalPolicy_RequestParameters
func checkHandling(option string, resources []string) error {
	wanted := map[string][]string{
		"EC2-VPC-InstanceStore":        {"instance", "image", "security-group", "network-interface"},
		"EC2-VPC-InstanceStore-Subnet": {"instance", "image", "security-group", "network-interface", "subnet"},
		"EC2-VPC-EBS":                  {"instance", "image", "security-group", "network-interface", "volume"},
		"EC2-VPC-EBS-Subnet":           {"instance", "image", "security-group", "network-interface", "subnet", "volume"},
	}[option]
	if wanted == nil {
		return unfit("Invalid Resource Handling Option: %s", option)
	}
	for _, kind := range wanted {
		if !slices.ContainsFunc(resources, func(name string) bool { a, _ := arn.Parse(name); return a.Service == "ec2" && a.Type() == kind }) {
			return unfit("The resource handling option %s needs a resource of type %s.", option, kind)
		}
	}
	return nil
}

// contextKeysOfTexts follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html
func contextKeysOfTexts(_ *Call, in *iam.GetContextKeysForCustomPolicyInput) (*iam.GetContextKeysForCustomPolicyOutput, error) {
	all, err := inputPolicies("PolicyInputList", in.PolicyInputList)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForCustomPolicyOutput{ContextKeyNames: contextKeysIn(all)}, nil
}

// contextKeysOfPrincipal follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
func contextKeysOfPrincipal(c *Call, in *iam.GetContextKeysForPrincipalPolicyInput) (*iam.GetContextKeysForPrincipalPolicyOutput, error) {
	of, err := c.policySource(aws.ToString(in.PolicySourceArn))
	if err != nil {
		return nil, err
	}
	more, err := inputPolicies("PolicyInputList", in.PolicyInputList)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: contextKeysIn(append(of.identity, more...))}, nil
}
