package reference

import (
	"maps"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// ParsePrincipal reads a principal as a request names it: an ARN, an account's id for
// its root user, a service's or an identity provider's name; nothing, "*" or
// "anonymous" for who did not sign. Web tells that names are of web identities, which
// may look like services.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func ParsePrincipal(name string, web bool) Principal {
	a, isARN := arn.Parse(name)
	switch {
	case name == "" || name == "*" || strings.EqualFold(name, "anonymous"):
		return Principal{Type: Anonymous}
	case arn.IsAccount(name):
		return Principal{ARN: "arn:aws:iam::" + name + ":root", Type: Root}
	case isARN && (strings.HasPrefix(a.Resource, "oidc-provider/") || strings.HasPrefix(a.Resource, "saml-provider/")), !isARN && web:
		return Principal{Federated: name, Type: Federated}
	case !isARN:
		return Principal{Service: name, Type: Service}
	}
	return Principal{ARN: name, Type: typeOf(a)}
}

func typeOf(a arn.ARN) PrincipalType {
	kind, _, _ := strings.Cut(a.Resource, "/")
	switch kind {
	case "root":
		return Root
	case "user":
		return User
	case "federated-user":
		return FederatedUser
	default: // a session of a role, and a role that stands for its sessions
		return AssumedRole
	}
}

// complete gives the request with what follows from it: the principal's type, its role
// with the path, its id, and the keys that AWS always adds. Keys that the context has
// already are not changed.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (r Request) complete(bounded bool) Request {
	p := r.Principal
	p.Bounded = p.Bounded || bounded
	if p.Type == "" {
		p = withType(p)
	}
	if p.ID == "" {
		p.ID = r.Context.first("aws:userid")
	}
	if p.Issuer == "" {
		p.Issuer = issuerIn(r.Context, p)
	}
	r.Principal = p
	r.Context = r.withKeys()
	return r
}

func withType(p Principal) Principal {
	switch a, ok := arn.Parse(p.ARN); {
	case ok:
		p.Type = typeOf(a)
	case p.Service != "":
		p.Type = Service
	case p.Federated != "":
		p.Type = Federated
	default:
		p.Type = Anonymous
	}
	return p
}

// issuerIn takes the role with its path, or the user of a federated user, from
// aws:PrincipalArn, where that is about the same principal.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func issuerIn(ctx Context, p Principal) string {
	name := ctx.first("aws:PrincipalArn")
	own, _ := arn.Parse(p.ARN)
	given, ok := arn.Parse(name)
	if !ok || given.Service != "iam" || given.Account != own.Account || own.Service != "sts" {
		return ""
	}
	if p.isFederatedUser() {
		return name
	}
	pathless, _ := arn.Parse(p.issuer())
	if strings.HasPrefix(given.Resource, "role/") && given.Name() == pathless.Name() {
		return name
	}
	return ""
}

// withKeys gives the context with the keys that follow from principal and resource.
func (r Request) withKeys() Context {
	ctx := maps.Clone(r.Context)
	if ctx == nil {
		ctx = Context{}
	}
	add := func(key, value string) {
		if value != "" && len(ctx.Values(key)) == 0 {
			ctx[key] = []string{value}
		}
	}
	add("aws:ResourceAccount", question{Request: r}.resourceAccount())
	p := r.Principal
	a, _ := arn.Parse(p.ARN)
	switch p.Type {
	case Anonymous:
		add("aws:PrincipalType", "Anonymous")
		add("aws:userid", "anonymous")
		return ctx
	case Federated:
		return ctx
	case Service:
		add("aws:PrincipalIsAWSService", "true")
		add("aws:PrincipalServiceName", p.Service)
		return ctx
	case Root:
		add("aws:userid", p.account())
	case User:
		add("aws:username", a.Name())
	case FederatedUser:
		add("aws:userid", p.account()+":"+a.Name())
	}
	add("aws:PrincipalArn", principalARN(p))
	add("aws:PrincipalAccount", p.account())
	add("aws:PrincipalType", string(p.Type))
	add("aws:userid", p.ID)
	add("aws:PrincipalIsAWSService", "false")
	add("aws:ViaAWSService", "false")
	return ctx
}

// principalARN is the value of aws:PrincipalArn: the role of a session, else the
// principal itself.
func principalARN(p Principal) string {
	if p.Type == AssumedRole && p.issuer() != "" {
		return p.issuer()
	}
	return p.ARN
}
