package awssim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// simulation is what all results of a call have in common.
type simulation struct {
	caller   reference.Principal
	identity []simulated
	boundary *simulated
	resource *simulated // nil: the resource's account lets the caller's account decide
	owner    string     // of resources whose ARNs do not tell it
	context  reference.Context
	member   *Membership
}

// newSimulation reads what an input wants to be simulated. The World is locked.
func (c *Call) newSimulation(of *policySource, in *iam.SimulatePrincipalPolicyInput) (*simulation, error) {
	more, err := inputPolicies("PolicyInputList", in.PolicyInputList)
	if err != nil {
		return nil, err
	}
	sim := &simulation{caller: of.principal, identity: append(of.identity, more...), boundary: of.boundary, member: of.member}
	if sim.context, err = contextOf(in.ContextEntries); err != nil {
		return nil, err
	}
	bounds, err := inputPolicies("PermissionsBoundaryPolicyInputList", in.PermissionsBoundaryPolicyInputList)
	switch {
	case err != nil:
		return nil, err
	case len(bounds) > 1:
		return nil, unfit("Only one permissions boundary can be specified.")
	case len(bounds) == 1:
		sim.boundary = &bounds[0]
	}
	if sim.resource, err = inputResourcePolicy(in.ResourcePolicy); err != nil {
		return nil, err
	}
	keys := of.keys
	if in.CallerArn != nil {
		if sim.caller, keys, err = c.simulatedCaller(*in.CallerArn); err != nil {
			return nil, err
		}
		of.caller.conditions(keys, "principal")
	} else if sim.resource != nil && sim.caller.Type != reference.User {
		return nil, unfit("CallerArn must be specified with a resource policy.")
	}
	if sim.caller.Account == "" {
		sim.caller.Account, sim.caller.Type = c.Account.ID, reference.User
	}
	for key, values := range keys {
		if sim.context.Values(key) == nil {
			sim.context[key] = values
		}
	}
	sim.owner, err = ownerOf(in.ResourceOwner, sim.caller.Account)
	return sim, err
}

// simulatedCaller returns the user that an input names as the caller, who need not
// exist.
func (c *Call) simulatedCaller(name string) (reference.Principal, reference.Context, error) {
	a, _ := arn.Parse(name)
	if a.Service != "iam" || a.Type() != "user" || !arn.IsAccount(a.Account) {
		return reference.Principal{}, nil, unfit("Invalid Entity Arn: %s does not clearly define entity type and name.", name)
	}
	if u := c.Account.users[a.Name()]; u != nil && u.ARN == name {
		s := u.simulated()
		return s.principal, s.keys, nil
	}
	caller := reference.Principal{ARN: name, Account: a.Account, Type: reference.User}
	return caller, reference.Context{
		"aws:principalarn": {name}, "aws:principalaccount": {a.Account}, "aws:principaltype": {string(reference.User)}, "aws:username": {a.Name()},
	}, nil
}

// ownerOf reads ResourceOwner, which is the ARN of an account's root.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html#API_SimulateCustomPolicy_RequestParameters
func ownerOf(given *string, otherwise string) (string, error) {
	if given == nil {
		return otherwise, nil
	}
	a, _ := arn.Parse(*given)
	if a.Service == "iam" && a.Resource == "root" && arn.IsAccount(a.Account) {
		return a.Account, nil
	}
	return "", unfit("'%s' is not a valid as a Resource Owner.", *given)
}

// request is what is asked of the evaluator. A resource without a policy is treated as
// one of the caller's account: AWS does not look for the policies of resources.
func (s *simulation) request(action, resource string) reference.Request {
	a, _ := arn.Parse(resource)
	owner := s.owner
	if arn.IsAccount(a.Account) {
		owner = a.Account
	}
	ctx := reference.Context{"aws:resourceaccount": {owner}}
	for key, values := range s.context {
		ctx[key] = values
	}
	if s.resource == nil {
		owner = s.caller.Account
	}
	return reference.Request{Principal: s.caller, Action: action, Resource: resource, ResourceAccount: owner, Context: ctx}
}

// policies gives the policies to the evaluator, named by their place in their list.
func (s *simulation) policies() reference.Policies {
	var p reference.Policies
	for i, one := range s.identity {
		p.Identity = append(p.Identity, reference.Named{Name: strconv.Itoa(i), Document: one.document})
	}
	if s.boundary != nil {
		p.Boundaries = []reference.Named{{Document: s.boundary.document}}
	}
	if s.member != nil {
		p.ServiceControl = s.member.ServiceControl
	}
	p.ResourcePolicy = &reference.Named{Document: s.delegation()}
	if s.resource != nil {
		p.ResourcePolicy.Document = s.resource.document
	}
	return p
}

// delegation returns the policy of a resource that leaves all to the caller's account,
// as the policies of keys and roles must for identity policies to count.
func (s *simulation) delegation() *policy.Document {
	all := []string{"*"}
	return &policy.Document{Statements: []*policy.Statement{
		{Effect: policy.Allow, Principal: &policy.Principals{AWS: []string{s.caller.Account}}, Action: all, Resource: all},
	}}
}

// result decides one action on one resource.
func (s *simulation) result(action, resource string) types.EvaluationResult {
	r := s.request(action, resource)
	verdict := reference.Decide(r, s.policies())
	out := types.EvaluationResult{
		EvalActionName: &action, EvalResourceName: &resource, EvalDecision: decisionOf(verdict.Decision),
		MatchedStatements: s.matched(verdict), MissingContextValues: s.missing(r), PermissionsBoundaryDecisionDetail: s.boundaryDetail(r), OrganizationsDecisionDetail: s.organizationDetail(r),
	}
	if resource == "*" {
		return out
	}
	missing := out.MissingContextValues
	out.MissingContextValues = []string{}
	out.EvalDecisionDetails = s.details(r)
	out.ResourceSpecificResults = []types.ResourceSpecificResult{{
		EvalResourceName: &resource, EvalResourceDecision: out.EvalDecision, EvalDecisionDetails: out.EvalDecisionDetails,
		MatchedStatements: out.MatchedStatements, MissingContextValues: missing, PermissionsBoundaryDecisionDetail: out.PermissionsBoundaryDecisionDetail,
	}}
	return out
}

func decisionOf(d reference.Decision) types.PolicyEvaluationDecisionType {
	switch d {
	case reference.Permitted:
		return types.PolicyEvaluationDecisionTypeAllowed
	case reference.ExplicitlyDenied:
		return types.PolicyEvaluationDecisionTypeExplicitDeny
	}
	return types.PolicyEvaluationDecisionTypeImplicitDeny
}

// matched returns the statements that a verdict went by, with their places.
func (s *simulation) matched(v reference.Verdict) []types.Statement {
	out := []types.Statement{}
	for _, by := range v.Proof.Statements {
		var from *simulated
		switch by.Kind {
		case reference.KindIdentity:
			i, _ := strconv.Atoi(by.Policy) // as policies named it
			from = &s.identity[i]
		case reference.KindBoundary:
			from = s.boundary
		case reference.KindResource:
			from = s.resource
		}
		if from == nil { // the delegation
			continue
		}
		if st := from.statement(by.Statement); st != nil {
			start, end := from.document.Span(st)
			out = append(out, types.Statement{
				SourcePolicyId: aws.String(from.id), SourcePolicyType: from.kind, StartPosition: positionOf(start), EndPosition: positionOf(end),
			})
		}
	}
	return out
}

func positionOf(p policy.Position) *types.Position {
	return &types.Position{Line: int32(p.Line), Column: int32(p.Column)}
}

// statement finds a statement as the evaluator cites it: by Sid, or by "#" and its
// index.
func (s *simulated) statement(cited string) *policy.Statement {
	for _, st := range s.document.Statements {
		if cited == cmp.Or(st.Sid, "#"+strconv.Itoa(st.Index)) {
			return st
		}
	}
	return nil
}

// missing returns the context keys that decide about the request and have no value:
// those of the statements that are about its action and its resource.
func (s *simulation) missing(r reference.Request) []string {
	keys := []string{}
	for _, from := range s.all() {
		for _, st := range from.document.Statements {
			if !from.concerns(st, r) {
				continue
			}
			for _, key := range keysOf(from.document, st) {
				known := len(r.Context.Values(key)) > 0 || slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
				if !known {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// all returns every policy of the simulation.
func (s *simulation) all() []simulated {
	all := slices.Clone(s.identity)
	for _, more := range []*simulated{s.boundary, s.resource} {
		if more != nil {
			all = append(all, *more)
		}
	}
	return all
}

// concerns reports whether a statement would apply if its conditions held and its
// variables had the values that the resource has.
func (s *simulated) concerns(st *policy.Statement, r reference.Request) bool {
	bare := *st
	bare.Conditions, bare.Principal, bare.NotPrincipal = nil, nil, nil
	if s.document.HasVariables() && slices.ContainsFunc(slices.Concat(st.Resource, st.NotResource), func(text string) bool { return len(variablesIn(text)) > 0 }) {
		bare.Resource, bare.NotResource = nil, nil
	}
	one := &policy.Document{Version: s.document.Version, Statements: []*policy.Statement{&bare}}
	return reference.Evaluate(one, r).Outcome != reference.NotMatched
}

// boundaryDetail reports whether the permissions boundary allows the request; nil where
// there is none.
func (s *simulation) boundaryDetail(r reference.Request) *types.PermissionsBoundaryDecisionDetail {
	if s.boundary == nil {
		return nil
	}
	own := simulation{caller: s.caller, identity: []simulated{*s.boundary}}
	r.ResourceAccount = s.caller.Account
	return &types.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: reference.Decide(r, own.policies()).Decision == reference.Permitted}
}

// organizationDetail reports whether the service control policies of the account allow the
// request; nil for an account without an organization.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_OrganizationsDecisionDetail.html
func (s *simulation) organizationDetail(r reference.Request) *types.OrganizationsDecisionDetail {
	if s.member == nil || s.member.Organization == "" {
		return nil
	}
	all := []string{"*"}
	everything := &policy.Document{Statements: []*policy.Statement{{Effect: policy.Allow, Action: all, Resource: all}}}
	own := simulation{caller: s.caller, identity: []simulated{{document: everything}}, member: s.member}
	r.ResourceAccount = s.caller.Account
	return &types.OrganizationsDecisionDetail{AllowedByOrganizations: reference.Decide(r, own.policies()).Decision == reference.Permitted}
}

// details tells what the identity policies and the resource's policy say for
// themselves of a request into another account. It is empty within one account.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
func (s *simulation) details(r reference.Request) map[string]types.PolicyEvaluationDecisionType {
	out := map[string]types.PolicyEvaluationDecisionType{}
	if r.ResourceAccount == s.caller.Account {
		return out
	}
	theirs := types.PolicyEvaluationDecisionTypeImplicitDeny
	switch reference.Evaluate(s.resource.document, r).Outcome {
	case reference.Allowed:
		theirs = types.PolicyEvaluationDecisionTypeAllowed
	case reference.Denied:
		theirs = types.PolicyEvaluationDecisionTypeExplicitDeny
	}
	out[string(resourcePolicy)] = theirs
	own := simulation{caller: s.caller, identity: s.identity, boundary: s.boundary}
	r.ResourceAccount = s.caller.Account
	out[string(iamPolicy)] = decisionOf(reference.Decide(r, own.policies()).Decision)
	return out
}
