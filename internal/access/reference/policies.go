package reference

import (
	"strconv"

	"github.com/hawser/hawser/internal/policy"
)

// Policies are all that decide about a request. A list that is nil does not limit;
// an empty level of an organization allows nothing.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types
type Policies struct {
	// Identity are those of the user and its groups, or of the role.
	Identity []Named
	// ResourcePolicy is the resource's own; a role's trust policy and a key's policy, too.
	ResourcePolicy *Named
	// Boundaries are the permissions boundary of the user or role: at most one in
	// AWS. Each of them must allow.
	Boundaries []Named
	// Session are the policies that were passed when the session was made. Together
	// they allow what one of them allows.
	Session []Named
	// ServiceControl are those of the principal's account, level by level from the
	// root of the organization; none for the management account, which they do not
	// limit. ResourceControl are those of the resource's account.
	ServiceControl, ResourceControl []Level
	// Endpoint are those of the VPC endpoints that the request passes.
	Endpoint []Named
}

// Named is a policy with its name.
type Named struct {
	Name     string
	Document *policy.Document
}

// Level is a root, an organizational unit or an account with the policies that are
// attached to it.
type Level struct {
	ID       string
	Policies []Named
}

// Decision is what comes of a request.
type Decision string

// The decisions.
const (
	// Permitted means that the request is allowed.
	Permitted Decision = "Allowed"
	// ExplicitlyDenied means that a statement denies it.
	ExplicitlyDenied Decision = "ExplicitlyDenied"
	// ImplicitlyDenied means that something that must allow it does not.
	ImplicitlyDenied Decision = "ImplicitlyDenied"
)

// Verdict is a decision with what made it.
type Verdict struct {
	Decision Decision
	Proof    Proof
}

// Proof is the rule that decided, the page that says it, and the statements that it
// went by.
type Proof struct {
	Rule string `json:"rule"`
	Page string `json:"page"`
	// Kind is the kind of policy that decided, as in Cited; empty for what AWS decides
	// without policies.
	Kind       string  `json:"kind,omitempty"`
	Statements []Cited `json:"statements"`
}

// Cited is a statement of a policy.
type Cited struct {
	// Kind is the kind of policy, such as KindIdentity.
	Kind string `json:"kind"`
	// Policy is its name, behind the level of the organization where there is one.
	Policy string `json:"policy"`
	// Statement is the Sid, or "#" and the index from 0.
	Statement string        `json:"statement"`
	Effect    policy.Effect `json:"effect"`
	// Principal says how the Principal element found the principal.
	Principal string `json:"principal,omitempty"`
}

// The kinds of policies.
const (
	KindIdentity        = "identity"
	KindResource        = "resource"
	KindBoundary        = "boundary"
	KindSession         = "session"
	KindServiceControl  = "service-control"
	KindResourceControl = "resource-control"
	KindEndpoint        = "endpoint"
)

// layer is one kind of policies that say something about a request.
type layer struct {
	kind string
	// what is the kind in AWS's words.
	what     string
	policies []Named
	page     string
}

// Pages of the rules.
const (
	guide         = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	organizations = "https://docs.aws.amazon.com/organizations/latest/userguide/"

	pageLogic     = guide + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
	pageBasics    = guide + "reference_policies_evaluation-logic_policy-eval-basics.html"
	pageCross     = guide + "reference_policies_evaluation-logic-cross-account.html"
	pageBoundary  = guide + "access_policies_boundaries.html"
	pageSession   = guide + "access_policies.html#policies_session"
	pagePrincipal = guide + "reference_policies_elements_principal.html"
	pageSCP       = organizations + "orgs_manage_policies_scps_evaluation.html"
	pageRCP       = organizations + "orgs_manage_policies_rcps.html"
	pageEndpoint  = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
	pageKey       = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
	pageTrust     = guide + "id_roles_terms-and-concepts.html"
	pageTokens    = guide + "id_credentials_sts-comparison.html"
)

// layers are all that apply to the request.
func (q question) layers() []layer {
	var all []layer
	if q.resourceControlled() {
		for _, level := range q.ResourceControl {
			all = append(all, layer{KindResourceControl, "resource control policy", level.named(), pageRCP})
		}
	}
	if q.serviceControlled() {
		for _, level := range q.ServiceControl {
			all = append(all, layer{KindServiceControl, "service control policy", level.named(), pageSCP})
		}
	}
	all = append(all, layer{KindEndpoint, "VPC endpoint policy", q.Endpoint, pageEndpoint})
	if q.ResourcePolicy != nil && !q.ownerOfBucket() {
		all = append(all, q.resourceLayer())
	}
	if q.local() {
		all = append(all,
			layer{KindIdentity, "identity-based policy", q.Identity, pageBasics},
			layer{KindBoundary, "permissions boundary", q.Boundaries, pageBoundary},
			layer{KindSession, "session policy", q.Session, pageSession},
		)
	}
	return all
}

func (q question) resourceLayer() layer {
	return layer{KindResource, "resource-based policy", []Named{*q.ResourcePolicy}, pagePrincipal}
}

// named gives the level's policies, each behind the level's name.
func (l Level) named() []Named {
	all := make([]Named, len(l.Policies))
	for i, p := range l.Policies {
		all[i] = Named{l.ID + "/" + p.Name, p.Document}
	}
	return all
}

// said are the statements of a layer that match with an effect.
func (l layer) said(r Request, outcome Outcome) []Cited {
	var all []Cited
	for _, p := range l.policies {
		answer := Evaluate(p.Document, r)
		if answer.Outcome != outcome {
			continue
		}
		for _, m := range answer.Matches {
			all = append(all, l.cite(p, m))
		}
	}
	return all
}

// allows reports whether each of the layer's policies allows, and by what.
func (l layer) allows(r Request) (by []Cited, ok bool) {
	for _, p := range l.policies {
		one := layer{l.kind, l.what, []Named{p}, l.page}.said(r, Allowed)
		if len(one) == 0 {
			return nil, false
		}
		by = append(by, one...)
	}
	return by, true
}

func (l layer) cite(p Named, m Match) Cited {
	c := Cited{Kind: l.kind, Policy: p.Name, Statement: m.Statement.Sid, Effect: m.Statement.Effect}
	if c.Statement == "" {
		c.Statement = "#" + strconv.Itoa(m.Statement.Index)
	}
	if m.By != ByNothing {
		c.Principal = m.By.String()
	}
	return c
}
