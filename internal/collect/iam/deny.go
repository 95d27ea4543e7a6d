package iam

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/snapshot"
)

// denial is a statement of a trust policy that denies.
type denial struct {
	snapshot.TrustDenial
	principals []snapshot.ID
	federated  []string
	exempts    bool // everybody but the principals is denied
}

func denialOf(role string, s *policy.Statement, actions []string) denial {
	d := denial{TrustDenial: snapshot.TrustDenial{Actions: actions, Conditions: conditionsOf(s)}}
	ps := s.Principal
	if s.NotPrincipal != nil {
		ps, d.exempts = s.NotPrincipal, true
	}
	if ps == nil {
		return d
	}
	d.principals, d.federated = idsOf(role, ps), ps.Federated
	if d.exempts {
		d.AllBut = keysOfPrincipals(role, ps)
	} else {
		d.Principals = keysOfPrincipals(role, ps)
	}
	return d
}

// keysOfPrincipals names principals in an edge's body.
func keysOfPrincipals(role string, ps *policy.Principals) (keys []string) {
	for _, id := range idsOf(role, ps) {
		keys = append(keys, id.Key)
	}
	return append(keys, ps.Federated...)
}

// extent is how much of a principal a denial is about.
type extent int

const (
	nobody extent = iota
	some          // some of those that the principal stands for
	whole
)

// of returns how much of a principal a denial is about. An account and * stand for many.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (d denial) of(id snapshot.ID) extent {
	reach := nobody
	for _, p := range d.principals {
		switch {
		case p == id, p.Key == "*", p.Key == rootOf(id.Key):
			reach = whole
		case id.Key == "*", id.Key == rootOf(p.Key):
			reach = max(reach, some)
		}
	}
	if slices.Contains(d.federated, federatedBy(id)) {
		reach = whole
	} else if id.Key == "*" && len(d.federated) > 0 {
		reach = max(reach, some)
	}
	if d.exempts {
		return whole - reach
	}
	return reach
}

// rootOf returns the principal that stands for the account of a user or role; empty for
// others.
func rootOf(key string) string {
	a, ok := arn.Parse(key)
	if !ok || a.Service != "iam" || a.Resource == "root" {
		return ""
	}
	return arn.ARN{Partition: a.Partition, Service: "iam", Account: a.Account, Resource: "root"}.String()
}

// federatedBy returns the provider of a federated principal; empty for others.
func federatedBy(id snapshot.ID) string {
	if id.Kind != snapshot.Federated {
		return ""
	}
	provider, _, _ := strings.Cut(id.Key, "#")
	return provider
}

// denied takes from the ways of a principal what is denied whole and without conditions.
// It returns what is left, and the other denials of it.
func denied(id snapshot.ID, ways []snapshot.TrustBody, denials []denial) (left []snapshot.TrustBody, rest []snapshot.TrustDenial) {
	for _, d := range denials {
		reach := d.of(id)
		if reach == nobody {
			continue
		}
		if reach == whole && len(d.Conditions) == 0 {
			for i := range ways {
				ways[i].Actions = slices.DeleteFunc(slices.Clone(ways[i].Actions), func(a string) bool { return slices.Contains(d.Actions, a) })
			}
			continue
		}
		told := d.TrustDenial
		if reach == whole {
			told.Principals, told.AllBut = nil, nil
		}
		rest = append(rest, told)
	}
	for _, way := range ways {
		if len(way.Actions) > 0 {
			left = append(left, way)
		}
	}
	return left, rest
}
