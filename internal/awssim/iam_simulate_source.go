package awssim

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

// What AWS gives as SourcePolicyType. Its model has other values, which it does not
// send; see the example responses of
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html#API_SimulatePrincipalPolicy_Examples
const (
	iamPolicy      types.PolicySourceType = "IAM Policy"
	resourcePolicy types.PolicySourceType = "Resource Policy"
)

// simulated is a policy that takes part in a simulation.
type simulated struct {
	id       string
	kind     types.PolicySourceType
	document *policy.Document
}

// policySource is a user, group or role whose policies are simulated.
type policySource struct {
	principal reference.Principal // empty for a group
	keys      reference.Context   // what AWS fills in of the principal
	identity  []simulated
	boundary  *simulated
	member    *Membership // of the account; nil where no account is simulated
	caller    Membership  // of the account of CallerArn
}

// policySource finds a user, group or role by ARN. The World is locked.
func (c *Call) policySource(name string) (*policySource, error) {
	a, _ := arn.Parse(name)
	if a.Service != "iam" || a.Resource == "root" {
		return nil, unfit("Invalid Entity Arn: %s does not clearly define entity type and name.", name)
	}
	switch a.Type() {
	case "user":
		if u := c.Account.users[a.Name()]; u != nil && u.ARN == name {
			return u.simulated(), nil
		}
	case "group":
		if g := c.Account.groups[a.Name()]; g != nil && g.ARN == name {
			return &policySource{identity: g.simulated("group", g.Name), keys: reference.Context{}}, nil
		}
	case "role":
		if r := c.Account.roles[a.Name()]; r != nil && r.ARN == name {
			return r.simulatedRole(), nil
		}
	default:
		return nil, unfit("Invalid Entity Arn: %s does not clearly define entity type and name.", name)
	}
	return nil, noSuchEntity("The %s with name %s cannot be found.", a.Type(), a.Name())
}

// simulated returns the user with its own policies and those of its groups.
func (u *User) simulated() *policySource {
	s := &policySource{
		principal: u.principal().evaluated(), keys: reference.Context{},
		identity: u.holder.simulated("user", u.Name), boundary: u.bounding(),
	}
	u.principal().conditions(s.keys)
	for _, g := range u.groups {
		s.identity = append(s.identity, g.simulated("group", g.Name)...)
	}
	return s
}

func (r *Role) simulatedRole() *policySource {
	s := &policySource{
		principal: reference.Principal{ARN: r.ARN, Account: r.account.ID, Type: reference.AssumedRole, Issuer: r.ARN},
		identity:  r.simulated("role", r.Name), boundary: r.bounding(),
		keys: reference.Context{"aws:principalarn": {r.ARN}, "aws:principalaccount": {r.account.ID}, "aws:principaltype": {string(reference.AssumedRole)}},
	}
	principalTags(s.keys, r.Tags)
	return s
}

// simulated returns the holder's policies: inline ones by their names, then managed
// ones. An inline policy is known with the kind and the name of its holder.
func (h *holder) simulated(kind, holder string) []simulated {
	var all []simulated
	for _, name := range slices.Sorted(maps.Keys(h.policies)) {
		all = append(all, simulated{fmt.Sprintf("%s_%s_%s", kind, holder, name), iamPolicy, h.policies[name]})
	}
	for _, m := range h.attached {
		all = append(all, simulated{m.Name, iamPolicy, m.Default.Document})
	}
	return all
}

func (h *holder) bounding() *simulated {
	if h.boundary == nil {
		return nil
	}
	return &simulated{h.boundary.Name, iamPolicy, h.boundary.Default.Document}
}

// inputPolicies reads the policies that an input has as texts.
func inputPolicies(list string, texts []string) ([]simulated, error) {
	all := make([]simulated, len(texts))
	for i, text := range texts {
		doc, err := policy.ParseAs(policy.Identity, []byte(text))
		if err != nil {
			return nil, unfit("%s", fault.From(err).Message)
		}
		all[i] = simulated{fmt.Sprintf("%s.%d", list, i+1), iamPolicy, doc}
	}
	return all, nil
}

// inputResourcePolicy reads the resource's policy of an input; nil for none. One
// without principals grants nothing to anybody.
func inputResourcePolicy(text *string) (*simulated, error) {
	if text == nil {
		return nil, nil
	}
	doc, err := policy.Parse([]byte(*text))
	if err != nil {
		return nil, unfit("Syntax errors in policy.")
	}
	for _, s := range doc.Statements {
		if s.Principal == nil && s.NotPrincipal == nil {
			return nil, notEvaluated("The resource policy has a statement without a principal.")
		}
	}
	return &simulated{"ResourcePolicy", resourcePolicy, doc}, nil
}

// covers reports whether a statement of the resource's policy is about a resource.
func (s *simulated) covers(resource string) bool {
	bare := &policy.Document{Version: s.document.Version}
	for _, st := range s.document.Statements {
		bare.Statements = append(bare.Statements, &policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: st.Resource, NotResource: st.NotResource})
	}
	return resource == "*" || reference.Evaluate(bare, reference.Request{Action: "any:Action", Resource: resource}).Outcome == reference.Allowed
}
