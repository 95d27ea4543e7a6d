package iam

import (
	"encoding/json"
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
// policy that can't be parsed adds none; the role's body has it unchanged.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func trusted(b *snapshot.Batch, account, role string, trust json.RawMessage) error {
	if trust == nil {
		return nil
	}
	doc, err := policy.Parse(trust)
	if err != nil {
		return nil //nolint:nilerr // said above
	}
	edges := map[snapshot.ID][]snapshot.TrustBody{}
	for _, s := range doc.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		actions := slices.DeleteFunc(slices.Clone(assuming), func(a string) bool { return !reference.MatchesAction(s, a) })
		if len(actions) == 0 {
			continue
		}
		for _, id := range letIn(b, account, s) {
			edges[id] = append(edges[id], termsOf(s, actions))
		}
	}
	to := snapshot.Role.ID(role)
	for _, id := range slices.SortedFunc(maps.Keys(edges), snapshot.ID.Compare) {
		b.Link(id, snapshot.MayAssume, to, anyOf(edges[id]))
	}
	return nil
}

// termsOf returns the conditions of a statement for those it lets in.
func termsOf(s *policy.Statement, actions []string) snapshot.TrustBody {
	body := snapshot.TrustBody{Actions: actions, Except: s.NotPrincipal != nil}
	for _, c := range s.Conditions {
		body.Conditions = append(body.Conditions, snapshot.TrustCondition{Operator: c.Operator, Key: c.Key, Values: slices.Clone(c.Values)})
	}
	return body
}

// anyOf joins statements about one principal. Statements that let it in come
// before those that let in everybody else.
func anyOf(ways []snapshot.TrustBody) snapshot.TrustBody {
	slices.SortStableFunc(ways, func(a, b snapshot.TrustBody) int {
		switch {
		case a.Except == b.Except:
			return 0
		case b.Except:
			return -1
		}
		return 1
	})
	ways = slices.CompactFunc(ways, func(a, b snapshot.TrustBody) bool { return reflect.DeepEqual(a, b) })
	first := ways[0]
	first.Or = ways[1:]
	return first
}

// letIn returns the principals of a statement, and adds those that no other cell
// has.
func letIn(b *snapshot.Batch, account string, s *policy.Statement) []snapshot.ID {
	var ids []snapshot.ID
	ps := s.Principal
	if ps == nil {
		ps = s.NotPrincipal
	}
	if ps == nil {
		return nil
	}
	if ps.Everyone {
		ids = append(ids, snapshot.External.ID("*"))
	}
	for _, name := range ps.AWS {
		ids = append(ids, awsPrincipal(name))
	}
	for _, name := range ps.Service {
		ids = append(ids, snapshot.Service.ID(name))
	}
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

// awsPrincipal returns an entry of a Principal's AWS list.
func awsPrincipal(name string) snapshot.ID {
	if a, ok := arn.Parse(name); ok && a.Service == "iam" {
		switch a.Type() {
		case "user":
			return snapshot.User.ID(name)
		case "role":
			return snapshot.Role.ID(name)
		}
	}
	if arn.IsAccount(name) {
		name = "arn:aws:iam::" + name + ":root" // as AWS itself writes it
	}
	return snapshot.External.ID(name)
}

// federated adds the principals of an identity provider, by the claims that the
// conditions require.
func federated(b *snapshot.Batch, account, provider string, conditions []policy.Condition) snapshot.ID {
	claims := map[string][]string{}
	for _, c := range conditions {
		key := strings.ToLower(c.Key)
		if strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "sts:") || c.Negated() {
			continue
		}
		claims[key] = append(claims[key], c.Values...)
		slices.Sort(claims[key])
	}
	id := snapshot.FederatedID(provider, claimText(claims))
	name := claimText(claims)
	if name == "" {
		name = "anybody of " + provider[strings.LastIndex(provider, "/")+1:]
	}
	b.Add(id, account, name, snapshot.FederatedBody{Provider: provider, Claims: claims})
	b.Link(providerID(provider), snapshot.Federates, id, nil)
	return id
}

// claimText writes claims in one line.
func claimText(claims map[string][]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		parts = append(parts, key+"="+strings.Join(claims[key], "|"))
	}
	return strings.Join(parts, " ")
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
