package iam

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/snapshot"
)

// assuming are the actions that assume a role.
var assuming = []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}

// trusted adds an edge from each principal that a role's trust policy lets in. A
// statement that denies somebody whole, without conditions, takes their edge away; what
// else is denied is in the edge's body.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func trusted(b *snapshot.Batch, account, role string, trust *policy.Document) {
	edges := map[snapshot.ID][]snapshot.TrustBody{}
	var denials []denial
	for _, s := range trust.Statements {
		actions := slices.DeleteFunc(slices.Clone(assuming), func(a string) bool { return !reference.MatchesAction(s, a) })
		switch {
		case len(actions) == 0:
		case s.Effect == policy.Allow:
			for _, id := range letIn(b, account, role, s) {
				edges[id] = append(edges[id], termsOf(role, s, actions))
			}
		default:
			denials = append(denials, denialOf(role, s, actions))
		}
	}
	to := snapshot.Role.ID(role)
	for _, id := range slices.SortedFunc(maps.Keys(edges), snapshot.ID.Compare) {
		ways, rest := denied(id, edges[id], denials)
		if len(ways) == 0 {
			continue
		}
		body := anyOf(ways)
		body.Deny = rest
		b.Link(id, snapshot.MayAssume, to, body)
	}
}

// termsOf returns the conditions of a statement for those it lets in.
func termsOf(role string, s *policy.Statement, actions []string) snapshot.TrustBody {
	body := snapshot.TrustBody{Actions: actions, Conditions: conditionsOf(s)}
	if s.NotPrincipal != nil {
		body.AllBut = keysOfPrincipals(role, s.NotPrincipal)
	}
	return body
}

func conditionsOf(s *policy.Statement) (conditions []snapshot.TrustCondition) {
	for _, c := range s.Conditions {
		conditions = append(conditions, snapshot.TrustCondition{Operator: c.Operator, Key: c.Key, Values: slices.Clone(c.Values)})
	}
	return conditions
}

// anyOf joins statements about one principal.
func anyOf(ways []snapshot.TrustBody) snapshot.TrustBody {
	ways = slices.CompactFunc(ways, func(a, b snapshot.TrustBody) bool { return reflect.DeepEqual(a, b) })
	first := ways[0]
	first.Or = ways[1:]
	return first
}

// letIn returns the principals of a statement, and adds those that no other cell
// has.
func letIn(b *snapshot.Batch, account, role string, s *policy.Statement) []snapshot.ID {
	ps := s.Principal
	if s.NotPrincipal != nil { // everybody but those
		ps = &policy.Principals{Everyone: true}
	}
	if ps == nil {
		return nil
	}
	ids := idsOf(role, ps)
	for _, id := range ids {
		if id.Kind == snapshot.Service || id.Kind == snapshot.External {
			b.Add(id, "", id.Key, nil) // nothing else tells of them
		}
	}
	for _, name := range ps.Federated {
		ids = append(ids, federated(b, account, name, s.Conditions))
	}
	return ids
}

// idsOf returns principals without those of identity providers.
func idsOf(role string, ps *policy.Principals) (ids []snapshot.ID) {
	if ps.Everyone {
		ids = append(ids, snapshot.External.ID("*"))
	}
	for _, name := range ps.AWS {
		ids = append(ids, awsPrincipal(role, name))
	}
	for _, name := range ps.Service {
		ids = append(ids, snapshot.Service.ID(name))
	}
	return ids
}

// awsPrincipal returns an entry of the AWS list in a role's trust policy. An account
// there is of the role's partition.
func awsPrincipal(role, name string) snapshot.ID {
	if a, ok := arn.Parse(name); ok && a.Service == "iam" {
		switch a.Type() {
		case "user":
			return snapshot.User.ID(name)
		case "role":
			return snapshot.Role.ID(name)
		}
	}
	if arn.IsAccount(name) { // which AWS itself writes as an ARN
		own, ok := arn.Parse(role)
		if !ok {
			own.Partition = "aws"
		}
		name = arn.ARN{Partition: own.Partition, Service: "iam", Account: name, Resource: "root"}.String()
	}
	return snapshot.External.ID(name)
}

// federated adds the principals of an identity provider, by the claims that the
// conditions require.
func federated(b *snapshot.Batch, account, provider string, conditions []policy.Condition) snapshot.ID {
	claims := claimsOf(conditions)
	text := claims.String()
	id := snapshot.FederatedID(provider, text)
	name := cmp.Or(text, "anybody of "+provider[strings.LastIndex(provider, "/")+1:])
	b.Add(id, account, name, claims.body(provider))
	b.Link(providerID(provider), snapshot.Federates, id, nil)
	return id
}

func providerID(name string) snapshot.ID {
	switch {
	case strings.Contains(name, ":saml-provider/"):
		return snapshot.SAMLProvider.ID(name)
	case strings.Contains(name, ":oidc-provider/"):
		return snapshot.OIDCProvider.ID(name)
	}
	return snapshot.External.ID(name)
}
