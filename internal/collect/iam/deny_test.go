package iam

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/snapshot"
)

// Whoever a trust policy denies has no edge, and what it denies in part or on conditions
// is in the edge.
func TestDeniedTrusts(t *testing.T) {
	const role, zoe, yan = "arn:aws:iam::111122223333:role/r", "arn:aws:iam::111122223333:user/zoe", "arn:aws:iam::111122223333:user/yan"
	const allowZoe = `{"Effect": "Allow", "Principal": {"AWS": "` + zoe + `"}, "Action": "sts:AssumeRole"}`
	for name, tt := range map[string]struct {
		statements string
		want       map[string]string // the denials of each edge
	}{
		"nothing":                 {allowZoe, map[string]string{zoe: "null"}},
		"everything to everybody": {allowZoe + `, {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}`, nil},
		"the principal":           {allowZoe + `, {"Effect": "Deny", "Principal": {"AWS": "` + zoe + `"}, "Action": "sts:AssumeRole"}`, nil},
		"its account":             {allowZoe + `, {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}`, nil},
		"somebody else":           {allowZoe + `, {"Effect": "Deny", "Principal": {"AWS": "` + yan + `"}, "Action": "sts:AssumeRole"}`, map[string]string{zoe: "null"}},
		"another action":          {allowZoe + `, {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}`, map[string]string{zoe: "null"}},
		"all but the principal":   {allowZoe + `, {"Effect": "Deny", "NotPrincipal": {"AWS": "` + zoe + `"}, "Action": "sts:AssumeRole"}`, map[string]string{zoe: "null"}},
		"all but somebody else":   {allowZoe + `, {"Effect": "Deny", "NotPrincipal": {"AWS": "` + yan + `"}, "Action": "sts:AssumeRole"}`, nil},
		"on a condition": {
			allowZoe + `, {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}`,
			map[string]string{zoe: `[{"actions":["sts:AssumeRole"],"conditions":[{"operator":"Bool","key":"aws:MultiFactorAuthPresent","values":["false"]}]}]`},
		},
		"one of an account": {
			`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}, {"Effect": "Deny", "Principal": {"AWS": "` + zoe + `"}, "Action": "sts:AssumeRole"}`,
			map[string]string{"arn:aws:iam::111122223333:root": `[{"actions":["sts:AssumeRole"],"principals":["` + zoe + `"]}]`},
		},
		"a provider": {
			`{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/p"}, "Action": "sts:AssumeRoleWithSAML"}, ` +
				`{"Effect": "Deny", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/p"}, "Action": "sts:*"}`, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + tt.statements + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			b := &snapshot.Batch{}
			trusted(b, "111122223333", role, doc)
			got := map[string]string{}
			for _, e := range b.Edges {
				if e.Relation != snapshot.MayAssume {
					continue
				}
				var body snapshot.TrustBody
				if err := json.Unmarshal(e.Body, &body); err != nil {
					t.Fatal(err)
				}
				denials, err := json.Marshal(body.Deny)
				if err != nil {
					t.Fatal(err)
				}
				got[e.From.Key] = string(denials)
			}
			if len(got)+len(tt.want) > 0 {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}
