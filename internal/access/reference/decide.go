package reference

import (
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// question is a request with the policies that decide about it.
type question struct {
	Request
	Policies
}

// Decide answers a whole request, step by step as AWS's enforcement code does: an
// explicit deny anywhere ends it; then what limits must allow it, the organization's
// policies and the endpoint's; then somebody must grant it.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func Decide(r Request, p Policies) Verdict {
	q := question{r.complete(len(p.Boundaries) > 0), p}
	if rule := q.alwaysPasses(); rule != nil {
		return rule.verdict(Permitted, nil)
	}
	if v, ok := q.explicitDeny(); ok {
		return v
	}
	if rule := q.neverPasses(); rule != nil {
		return rule.verdict(ImplicitlyDenied, nil)
	}
	limits, v, ok := q.organizationAllows()
	if !ok {
		return v
	}
	v = q.granted()
	v.Proof.Statements = append(v.Proof.Statements, limits...)
	return v
}

// rule is what decides, in words, and the page that says it.
type rule struct{ text, page string }

func (r *rule) verdict(d Decision, by []Cited) Verdict {
	if by == nil {
		by = []Cited{}
	}
	return Verdict{d, Proof{Rule: r.text, Page: r.page, Statements: by}}
}

func decided(d Decision, kind string, by []Cited, page, format string, args ...any) Verdict {
	v := (&rule{fmt.Sprintf(format, args...), page}).verdict(d, by)
	v.Proof.Kind = kind
	return v
}

// explicitDeny looks for a Deny in everything that applies. One overrides any Allow.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
func (q question) explicitDeny() (Verdict, bool) {
	for _, l := range q.layers() {
		if by := l.said(q.Request, Denied); len(by) > 0 {
			return decided(ExplicitlyDenied, l.kind, by, pageLogic, "an explicit deny in a %s overrides any allow", l.what), true
		}
	}
	return Verdict{}, false
}

// granted asks who must grant the request: the resource's policy and the principal's
// account, or one of them.
func (q question) granted() Verdict {
	how, by := q.resourceGrants()
	switch {
	case !q.local():
		return q.grantedToOutsider(how, by)
	case q.crossAccount():
		return q.grantedAcross(how, by)
	case q.mustAllowItself() && how == grantNone:
		return decided(ImplicitlyDenied, KindResource, nil, q.selfPage(), "the %s must allow the principal, or its account, by itself, and does not", q.selfName())
	case how == grantDirect:
		return decided(Permitted, KindResource, by, pageLogic,
			"the resource-based policy grants it directly to the principal of the same account, whatever identity policies, boundary and session policy leave out")
	case how == grantIssuer:
		return q.withinLimits(KindResource, by, pageLogic, "the resource-based policy grants it to the role or user that the session is of")
	default:
		return q.grantedByIdentity(by)
	}
}

// grantedToOutsider is for who has no identity policies: services, those who come
// with a token of an identity provider, and anonymous callers.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (q question) grantedToOutsider(how grant, by []Cited) Verdict {
	if how == grantNone {
		return decided(ImplicitlyDenied, KindResource, nil, pagePrincipal, "only a resource-based policy can allow a %s principal, and none does", q.Principal.Type)
	}
	return decided(Permitted, KindResource, by, pagePrincipal, "the resource-based policy allows the %s principal", q.Principal.Type)
}

// grantedAcross needs both accounts: the resource's policy, and the policies of the
// principal in its own account.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (q question) grantedAcross(how grant, by []Cited) Verdict {
	if how == grantNone {
		return decided(ImplicitlyDenied, KindResource, nil, pageCross, "no resource-based policy of account %s allows the principal of account %s", q.resourceAccount(), q.Principal.account())
	}
	v := q.grantedByIdentity(by)
	v.Proof.Page = pageCross
	if v.Decision == Permitted {
		v.Proof.Rule = "the resource-based policy and the principal's own account both allow it"
	}
	return v
}

// grantedByIdentity wants an Allow of an identity policy, within what limits them.
// The root user needs none in its own account, but a session of AssumeRoot has a task
// policy.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func (q question) grantedByIdentity(by []Cited) Verdict {
	if q.Principal.isRoot() {
		return q.withinLimits("", by, pageLogic, "the root user may do everything in its account that the organization, and a session's task policy, let it")
	}
	own := layer{KindIdentity, "identity-based policy", q.Identity, pageBasics}.said(q.Request, Allowed)
	if len(own) == 0 {
		return decided(ImplicitlyDenied, KindIdentity, nil, pageBasics, "no identity-based policy allows it")
	}
	return q.withinLimits(KindIdentity, append(by, own...), pageBasics, "an identity-based policy allows it")
}

// withinLimits wants an Allow of the boundary and of the session policy, too.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
func (q question) withinLimits(kind string, by []Cited, page, why string) Verdict {
	bounds, ok := layer{KindBoundary, "", q.Boundaries, ""}.allows(q.Request)
	if !ok {
		return decided(ImplicitlyDenied, KindBoundary, nil, pageBoundary, "the permissions boundary does not allow it")
	}
	session := layer{KindSession, "", q.Session, ""}.said(q.Request, Allowed)
	switch {
	case q.Session != nil && len(session) == 0:
		return decided(ImplicitlyDenied, KindSession, nil, pageSession, "the session policy does not allow it")
	case q.Session == nil && q.Principal.isFederatedUser():
		return decided(ImplicitlyDenied, KindSession, nil, guide+"id_credentials_temp_control-access_getfederationtoken.html",
			"a federated user's session without a session policy has no permissions but those that a resource-based policy gives the session itself")
	}
	return decided(Permitted, kind, append(append(by, bounds...), session...), page, "%s", why)
}

// grant is how much a resource's policy gives.
type grant int

const (
	grantNone grant = iota
	// grantAccount lets the principal's account decide.
	grantAccount
	// grantIssuer is to the role or user that the session is of: implicit denies of
	// boundary and session policy limit it.
	grantIssuer
	// grantDirect is to the principal itself.
	grantDirect
)

// resourceGrants tells what the resource's policy gives, and by which statements.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func (q question) resourceGrants() (grant, []Cited) {
	if q.ResourcePolicy == nil {
		return grantNone, nil
	}
	best := grantNone
	var by []Cited
	answer := Evaluate(q.ResourcePolicy.Document, q.Request)
	if answer.Outcome != Allowed {
		return grantNone, nil
	}
	for _, m := range answer.Matches {
		best = max(best, q.grantOf(m.By))
		by = append(by, q.resourceLayer().cite(*q.ResourcePolicy, m))
	}
	return best, by
}

// grantOf is what a way to name the principal gives. A statement without a Principal,
// which AWS does not take, gives nothing.
func (q question) grantOf(by By) grant {
	switch {
	case by == ByNothing:
		return grantNone
	case by == ByAccount:
		return grantAccount
	case by == ByIssuer, by == ByPrincipal && strings.HasPrefix(resourceOf(q.Principal.ARN), "role/"):
		return grantIssuer
	default:
		return grantDirect
	}
}

// local reports whether the principal is of an account, and so has policies of its own.
func (q question) local() bool {
	switch q.Principal.Type {
	case Service, Federated, Anonymous:
		return false
	default:
		return true
	}
}

// resourceAccount is the account that the resource is in. What is AWS's own, such as
// a managed policy, counts as the caller's.
func (q question) resourceAccount() string {
	a, _ := arn.Parse(q.Resource)
	for _, account := range []string{q.ResourceAccount, a.Account} {
		if arn.IsAccount(account) {
			return account
		}
	}
	return q.Principal.account()
}

func (q question) crossAccount() bool { return q.resourceAccount() != q.Principal.account() }

// mustAllowItself reports whether the resource's policy must allow, as it is with keys
// and with roles that are to be assumed.
//
// See https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func (q question) mustAllowItself() bool { return q.ofKey() || q.assumesRole() }

// ofKey reports whether the resource is a key. Aliases and keys' listings have no policy.
func (q question) ofKey() bool {
	a, _ := arn.Parse(q.Resource)
	return a.Service == "kms" && strings.HasPrefix(a.Resource, "key/")
}

// assumesRole reports whether the request is about taking on a role.
func (q question) assumesRole() bool {
	a, _ := arn.Parse(q.Resource)
	return q.isService("sts") && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/")
}

func (q question) selfName() string {
	if q.ofKey() {
		return "key policy"
	}
	return "role's trust policy"
}

func (q question) selfPage() string {
	if q.ofKey() {
		return pageKey
	}
	return pageTrust
}

// isService reports whether the action is of a service, by its prefix.
func (q question) isService(prefix string) bool {
	service, _, _ := strings.Cut(q.Action, ":")
	return strings.EqualFold(service, prefix)
}
