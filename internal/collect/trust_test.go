package collect_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/snapshot"
)

// Of each principal that a trust policy names the snapshot has what every
// statement wants of it: conditions of one are not taken for another's.
func TestTrustOfSeveralStatements(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	const ada = "arn:aws:iam::" + member1 + ":user/people/ada"
	role := must(c.World.Account(member1).AddRole("Many", `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "NotPrincipal": {"AWS": "`+ada+`"}, "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
		{"Effect": "Allow", "Principal": {"AWS": "`+ada+`"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "a"}}},
		{"Effect": "Allow", "Principal": {"AWS": "`+ada+`"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "a"}}},
		{"Effect": "Allow", "Principal": {"AWS": "`+ada+`"}, "Action": "sts:*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]}`))
	c.whole()
	links := must(c.store.Links(t.Context(), snapshot.Role.ID(role.ARN), false, 0))
	one := []string{"sts:AssumeRole"}
	when := func(operator, key, value string) []snapshot.TrustCondition {
		return []snapshot.TrustCondition{{Operator: operator, Key: key, Values: []string{value}}}
	}
	want := snapshot.TrustBody{
		Actions: one, Conditions: when("StringEquals", "sts:ExternalId", "a"),
		Or: []snapshot.TrustBody{
			{Actions: []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}, Conditions: when("IpAddress", "aws:SourceIp", "10.0.0.0/8")},
		},
	}
	everybody := snapshot.TrustBody{Actions: one, Conditions: when("Bool", "aws:MultiFactorAuthPresent", "true"), AllBut: []string{ada}}
	for _, l := range links {
		if l.From.Key == "*" {
			var got snapshot.TrustBody
			if err := json.Unmarshal(l.Body, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(everybody, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		}
		if l.From.Key != ada {
			continue
		}
		var got snapshot.TrustBody
		if err := json.Unmarshal(l.Body, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		return
	}
	t.Errorf("ada may not assume the role: %+v", links)
}
