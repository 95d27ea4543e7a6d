package reference

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// Principal is who makes a request.
type Principal struct {
	// ARN is the principal's own: of a user, of a role, of a session
	// (arn:aws:sts::111122223333:assumed-role/ROLE/SESSION), of an account's
	// root; empty for services, and for federated users who have none yet.
	ARN string
	// Issuer is the ARN of the role or user that a session was made from. It may be
	// left empty for a session of a role without a path.
	Issuer string
	// ID is the principal's unique id, if known: AIDA..., or AROA...:SESSION.
	ID string
	// Account is the principal's account, 12 digits. Empty: the ARN's.
	Account string
	// Type is what sort of principal this is.
	Type PrincipalType
	// Service is the service principal's name, such as ec2.amazonaws.com.
	Service string
	// Federated is the identity provider: an OIDC or SAML provider's ARN, or
	// a name such as accounts.google.com.
	Federated string
	// CanonicalUser is the account's canonical user id, as S3 uses it.
	CanonicalUser string
	// Bounded is set for a user or role with a permissions boundary.
	Bounded bool
}

// PrincipalType is a sort of principal, in the words of aws:PrincipalType where it
// has one. Most are told by the other fields; Anonymous can only be said.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
type PrincipalType string

// The types of principals.
const (
	User          PrincipalType = "User"
	Role          PrincipalType = "Role"
	AssumedRole   PrincipalType = "AssumedRole"
	FederatedUser PrincipalType = "FederatedUser"
	Root          PrincipalType = "Account"
	Service       PrincipalType = "Service"
	Federated     PrincipalType = "Federated"
	Anonymous     PrincipalType = "Anonymous"
)

// By says how a Principal element found a principal, from what grants least to what
// grants most inside of the account.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
type By int

// The ways to be found.
const (
	// ByNothing: not found, or there is no Principal element.
	ByNothing By = iota
	// ByAccount: by the account's id or root ARN, or its canonical user id. The
	// account's own policies decide.
	ByAccount
	// ByIssuer: by the role or user that the session was made from. Its boundary and
	// the session's policy limit what is granted.
	ByIssuer
	// ByEveryone: by "*".
	ByEveryone
	// ByPrincipal: by the principal itself.
	ByPrincipal
	// ByException: by not being named in NotPrincipal.
	ByException
)

// String names the way in words.
func (b By) String() string {
	return [...]string{"nothing", "account", "issuer", "everyone", "principal", "exception"}[b]
}

// matchPrincipals gives the way in which an element names p that grants most.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func matchPrincipals(ps *policy.Principals, p Principal) By {
	best := ByNothing
	if ps.Everyone {
		best = ByEveryone
	}
	for _, name := range ps.AWS {
		best = max(best, p.namedBy(name))
	}
	if names(ps.Service, p.Service) || names(ps.Federated, p.Federated) {
		return ByPrincipal
	}
	if names(ps.CanonicalUser, p.CanonicalUser) {
		best = max(best, ByAccount)
	}
	return best
}

// names reports whether a list has a name or stands for all of its sort.
func names(list []string, name string) bool {
	return name != "" && (slices.Contains(list, name) || slices.Contains(list, "*"))
}

// namedBy returns how one entry of an AWS list names p. An entry is a unique id if AWS
// stores the id, or if the principal that it named was deleted.
func (p Principal) namedBy(name string) By {
	id, _, ofSession := strings.Cut(p.ID, ":")
	switch {
	case name == "*":
		return ByEveryone
	case p.Type == Anonymous || name == "":
		return ByNothing
	case name == p.ARN || name == p.ID || name == id && !ofSession:
		return ByPrincipal
	case name == p.issuer() || ofSession && name == id && !arn.IsAccount(id):
		return ByIssuer
	case p.inAccount(name):
		return ByAccount
	default:
		return ByNothing
	}
}

// issuer is the ARN of what a session was made from. A session's own ARN leaves out
// the path of its role, and stands for a role that has none.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func (p Principal) issuer() string {
	if p.Issuer != "" {
		return p.Issuer
	}
	a, _ := arn.Parse(p.ARN)
	name, ok := strings.CutPrefix(a.Resource, "assumed-role/")
	if a.Service != "sts" || !ok {
		return ""
	}
	role, _, _ := strings.Cut(name, "/")
	return "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + role
}

// account is the account that p is in; empty for services and everybody outside.
func (p Principal) account() string {
	if p.Account != "" {
		return p.Account
	}
	own, _ := arn.Parse(p.ARN)
	return own.Account
}

func (p Principal) partition() string {
	own, _ := arn.Parse(p.ARN)
	if own.Partition == "" {
		return "aws"
	}
	return own.Partition
}

// inAccount reports whether name is the id or the root ARN of p's account. Both
// mean everybody in it.
func (p Principal) inAccount(name string) bool {
	account := p.account()
	if account == "" {
		return false
	}
	if name == account {
		return true
	}
	own, _ := arn.Parse(p.ARN)
	root, _ := arn.Parse(name)
	samePartition := own.Partition == "" || own.Partition == root.Partition
	return root.Service == "iam" && root.Resource == "root" && root.Account == account && samePartition
}

// exempts reports whether a Deny with these as its NotPrincipal leaves p alone. AWS
// checks the account, then the role or user, then the session, and each of them must
// be listed. It never leaves alone who has a permissions boundary.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func exempts(ps *policy.Principals, p Principal) bool {
	if p.Bounded {
		return false
	}
	if ps.Everyone || slices.Contains(ps.AWS, "*") || names(ps.Service, p.Service) || names(ps.Federated, p.Federated) {
		return true
	}
	var account, issuer, self bool
	for _, name := range ps.AWS {
		by := p.namedBy(name)
		account = account || by == ByAccount
		issuer = issuer || by == ByIssuer
		self = self || by == ByPrincipal
	}
	if p.isRoot() {
		return account || self
	}
	return account && self && (issuer || !p.isSession())
}

func (p Principal) isRoot() bool { return p.Type == Root || resourceOf(p.ARN) == "root" }

// isSession reports whether p is a session of a role or of a federated user.
func (p Principal) isSession() bool {
	return p.Issuer != "" || strings.HasPrefix(resourceOf(p.ARN), "assumed-role/")
}

func (p Principal) isFederatedUser() bool {
	return p.Type == FederatedUser || strings.HasPrefix(resourceOf(p.ARN), "federated-user/")
}

// isUser reports whether p is an IAM user, or a session that GetSessionToken made of one.
func (p Principal) isUser() bool { return strings.HasPrefix(resourceOf(p.ARN), "user/") }

// resourceOf is the resource of an ARN; empty for a text that is none.
func resourceOf(name string) string {
	a, _ := arn.Parse(name)
	return a.Resource
}
