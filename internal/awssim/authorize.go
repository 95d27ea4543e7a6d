package awssim

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/wire"
	"github.com/hawser/hawser/internal/policy"
)

// authorize lets the call pass if the caller's policies, and those of what it
// acts upon, allow what it needs. Without policies only the root user may do
// anything.
func (c *Call) authorize(in any) error {
	if c.Principal == nil || c.Service.Model == "sts" && c.Operation == "GetCallerIdentity" {
		return nil
	}
	for _, need := range c.needs(in) {
		if err := c.Permit(need); err != nil {
			return err
		}
	}
	return nil
}

// Permit answers access denied where the policies do not allow a need. It is for
// what an operation needs besides what its service's Needs say.
func (c *Call) Permit(need Need) error {
	if c.World.ownerClosed(need) {
		return c.denied(need, "because the account of the resource is closed")
	}
	v := c.decide(need)
	switch {
	case v.Decision == reference.Permitted:
		return nil
	case v.Proof.Kind == "":
		return c.reserved(need)
	}
	return c.denied(need, why(v, need.Action))
}

// decide asks all policies about a need, those of the organizations of the caller and
// of the resource as well.
func (c *Call) decide(need Need) reference.Verdict {
	owner := cmp.Or(need.Owner, c.Account.ID)
	caller := c.World.membershipOf(c.Account.ID)
	resource := caller
	if owner != c.Account.ID {
		resource = c.World.membershipOf(owner)
	}
	ctx := c.conditions(need.Context)
	caller.conditions(ctx, "principal")
	resource.conditions(ctx, "resource")
	grantor := need.grantor(ctx, owner)
	all := c.Principal.documents().policies(need.Policy)
	all.ServiceControl, all.ResourceControl = caller.ServiceControl, resource.ResourceControl
	return reference.Decide(reference.Request{
		Principal: c.Principal.evaluated(), Action: need.Action, Resource: need.Resource, ResourceAccount: grantor, Context: ctx,
	}, all)
}

// grantor is the account that must allow a need to a caller of another account. What is
// in the account of the owner stays so for the conditions.
func (n Need) grantor(ctx reference.Context, owner string) string {
	if n.Grantor == "" {
		return owner
	}
	ctx["aws:ResourceAccount"] = []string{owner}
	return n.Grantor
}

func (c *Call) needs(in any) []Need {
	var needs []Need
	if c.Service.Needs != nil {
		needs = c.Service.Needs(c, in)
	}
	if needs == nil {
		needs = []Need{{Action: c.Service.Prefix + ":" + c.Operation}}
	}
	return c.withTagging(needs, in)
}

// withTagging adds to the needs of a call that gives tags to what it makes the permission
// to tag it.
func (c *Call) withTagging(needs []Need, in any) []Need {
	if c.Service.TagAction == nil || len(needs) == 0 {
		return needs
	}
	action, given := c.Service.TagAction(c.Operation), reference.Context{}
	if action == "" {
		return needs
	}
	requestTags(given, in)
	if len(given) == 0 {
		return needs
	}
	tag := needs[0]
	tag.Action = c.Service.Prefix + ":" + action
	return append(needs, tag)
}

// documents are the policies that decide for a principal: nil for none.
type documents struct {
	identity          []*policy.Document
	boundary, session *policy.Document
}

// policies returns them to the evaluator, with the policy of the resource.
func (own documents) policies(resource *policy.Document) reference.Policies {
	var p reference.Policies
	for _, d := range own.identity {
		p.Identity = append(p.Identity, reference.Named{Document: d})
	}
	if own.boundary != nil {
		p.Boundaries = []reference.Named{{Document: own.boundary}}
	}
	if own.session != nil {
		p.Session = []reference.Named{{Document: own.session}}
	}
	if resource != nil {
		p.ResourcePolicy = &reference.Named{Document: resource}
	}
	return p
}

// why says in AWS's words what refused a request. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func why(v reference.Verdict, action string) string {
	kind := map[string]string{
		reference.KindIdentity: "identity-based policy", reference.KindResource: "resource-based policy",
		reference.KindBoundary: "permissions boundary", reference.KindSession: "session policy",
		reference.KindServiceControl: "service control policy", reference.KindResourceControl: "resource control policy",
		reference.KindEndpoint: "VPC endpoint policy",
	}[v.Proof.Kind]
	switch {
	case v.Decision == reference.ExplicitlyDenied && kind == "identity-based policy":
		return "with an explicit deny in an " + kind
	case v.Decision == reference.ExplicitlyDenied:
		return "with an explicit deny in a " + kind
	default:
		return "because no " + kind + " allows the " + action + " action"
	}
}

// denied returns the service's answer to a call that is not allowed. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func (c *Call) denied(need Need, why string) *Error {
	resource := need.Resource
	switch {
	case resource == "" && c.protocol == wire.EC2:
		resource = c.Account.ARN("ec2", c.Region, "*")
	case resource == "":
		resource = "*"
	}
	if c.protocol == wire.RESTXML {
		resource = strconv.Quote(resource)
	}
	text := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", c.Principal.ARN, need.Action, resource, why)
	if c.protocol == wire.EC2 {
		text = "You are not authorized to perform this operation. " + text + ". Encoded authorization failure message: " + c.encodeFailure(need, why)
	}
	return c.Service.refuse(c.protocol, accessDenied, text)
}

// failure is what sts:DecodeAuthorizationMessage tells of a refused call.
type failure struct {
	Allowed      bool           `json:"allowed"`
	ExplicitDeny bool           `json:"explicitDeny"`
	Context      failureContext `json:"context"`
}

type failureContext struct {
	Principal map[string]string `json:"principal"`
	Action    string            `json:"action"`
	Resource  string            `json:"resource"`
}

const failurePrefix = "sim-"

func (c *Call) encodeFailure(need Need, why string) string {
	text, _ := json.Marshal(failure{ // strings and booleans always marshal
		ExplicitDeny: strings.Contains(why, "explicit deny"),
		Context: failureContext{
			Principal: map[string]string{"id": c.Principal.ID, "arn": c.Principal.ARN},
			Action:    need.Action, Resource: need.Resource,
		},
	})
	return failurePrefix + base64.RawURLEncoding.EncodeToString(text)
}

// evaluated returns the principal as the evaluator takes it.
func (p *Principal) evaluated() reference.Principal {
	out := reference.Principal{ARN: p.ARN, ID: p.ID, Account: p.Account.ID, Type: p.Type}
	if p.Role != nil {
		out.Issuer = p.Role.ARN
	}
	if p.Type == reference.FederatedUser && p.User != nil {
		_, out.Issuer, _ = p.User.Identity()
	}
	return out
}
