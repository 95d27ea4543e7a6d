package policy

import (
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// Principal is who makes a request.
type Principal struct {
	// ARN is the principal's own: of a user, of a role, of a session
	// (arn:aws:sts::111122223333:assumed-role/ROLE/SESSION), of an account's
	// root; empty for services, and for federated users who have none yet.
	ARN string
	// Issuer is the ARN of the role or user that a session was made from. It
	// may be left empty for a role's session, whose ARN names the role.
	Issuer string
	// ID is the principal's unique id (AIDA..., AROA...), if known.
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
}

// PrincipalType is a sort of principal. Most are told by the other fields;
// Anonymous can only be said.
type PrincipalType string

// The types of principals.
const (
	User          PrincipalType = "User"
	Role          PrincipalType = "Role"
	AssumedRole   PrincipalType = "AssumedRole"
	FederatedUser PrincipalType = "FederatedUser"
	Root          PrincipalType = "Root"
	Service       PrincipalType = "Service"
	Federated     PrincipalType = "Federated"
	Anonymous     PrincipalType = "Anonymous"
)

// By says how a Principal element found a principal, from the widest to the
// most exact. It matters to whoever adds up policies: a resource's policy that
// names the account only lets that account's own policies decide, one that
// names the session grants even where a boundary is silent.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
type By int

// The ways to be found.
const (
	// ByNothing: not found, or there is no Principal element.
	ByNothing By = iota
	// ByEveryone: by "*".
	ByEveryone
	// ByAccount: by the account's id or root ARN, or its canonical user id.
	ByAccount
	// ByIssuer: by the role or user that the session was made from.
	ByIssuer
	// ByPrincipal: by the principal itself.
	ByPrincipal
	// ByException: by not being named in NotPrincipal.
	ByException
)

// String names the way in words.
func (b By) String() string {
	return [...]string{"nothing", "everyone", "account", "issuer", "principal", "exception"}[b]
}

// Principals is a Principal or NotPrincipal element.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type Principals struct {
	// Everyone is set by "Principal": "*". It is the same as a "*" in AWS.
	Everyone bool
	// The lists are as in the document.
	AWS, Service, Federated, CanonicalUser []string
}

// match gives the most exact way in which ps names p.
func (ps *Principals) match(p Principal) By {
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
	if p.CanonicalUser != "" && names(ps.CanonicalUser, p.CanonicalUser) {
		best = max(best, ByAccount)
	}
	return best
}

// names reports whether a list has a name or stands for all of its sort.
func names(list []string, name string) bool {
	if name == "" {
		return false
	}
	for _, n := range list {
		if n == name || n == "*" {
			return true
		}
	}
	return false
}

// namedBy tells how one entry of an AWS list names p.
func (p Principal) namedBy(name string) By {
	switch {
	case name == "*":
		return ByEveryone
	case p.Type == Anonymous || name == "":
		return ByNothing
	case name == p.ARN || name == p.ID:
		return ByPrincipal
	case name == p.Issuer || sessionOf(p.ARN, name):
		return ByIssuer
	case p.inAccount(name):
		return ByAccount
	default:
		return ByNothing
	}
}

// inAccount reports whether name is the id or the root ARN of p's account.
func (p Principal) inAccount(name string) bool {
	own, _ := arn.Parse(p.ARN)
	account := p.Account
	if account == "" {
		account = own.Account
	}
	if account == "" {
		return false
	}
	if name == account {
		return true
	}
	root, _ := arn.Parse(name)
	samePartition := own.Partition == "" || own.Partition == root.Partition
	return root.Service == "iam" && root.Resource == "root" && root.Account == account && samePartition
}

// sessionOf reports whether session is the ARN of a session of the role whose
// ARN is role. A session's ARN leaves out the role's path, and role names are
// unique in an account whatever their path.
func sessionOf(session, role string) bool {
	s, _ := arn.Parse(session)
	r, _ := arn.Parse(role)
	if s.Service != "sts" || r.Service != "iam" || s.Account != r.Account || s.Partition != r.Partition {
		return false
	}
	name, ok := strings.CutPrefix(s.Resource, "assumed-role/")
	path, isRole := strings.CutPrefix(r.Resource, "role/")
	name, _, _ = strings.Cut(name, "/")
	return ok && isRole && name != "" && name == path[strings.LastIndexByte(path, '/')+1:]
}

// exempts reports whether a Deny with these as its NotPrincipal leaves p
// alone. AWS checks the account, then the role or user, then the session, and
// each of them must be listed.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (ps *Principals) exempts(p Principal) bool {
	if by := ps.match(p); by == ByNothing {
		return false
	} else if by == ByEveryone || names(ps.Service, p.Service) || names(ps.Federated, p.Federated) {
		return true
	}
	var account, issuer, self bool
	for _, name := range ps.AWS {
		by := p.namedBy(name)
		account = account || by == ByAccount
		issuer = issuer || by == ByIssuer
		self = self || by == ByPrincipal
	}
	if p.Type == Root || resourceOf(p.ARN) == "root" {
		return account || self
	}
	return account && self && (issuer || !p.isSession())
}

func (p Principal) isSession() bool {
	return p.Issuer != "" || strings.HasPrefix(resourceOf(p.ARN), "assumed-role/")
}

// resourceOf is the resource of an ARN; empty for a text that is none.
func resourceOf(name string) string {
	a, _ := arn.Parse(name)
	return a.Resource
}
