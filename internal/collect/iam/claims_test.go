package iam

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/snapshot"
)

// Claims are what a trust policy requires of a claim's text: all conditions on a key
// together. Other conditions are no claims.
func TestClaims(t *testing.T) {
	for name, tt := range map[string]struct{ conditions, text, body string }{
		"presence beside a pattern": {
			`{"Null": {"x:sub": "false"}, "StringLike": {"x:sub": "repo:harbour/site:*"}, "StringEquals": {"x:aud": "sts.amazonaws.com"}}`,
			`x:aud=sts.amazonaws.com x:sub=repo:harbour/site:*`, `{"provider":"x","claims":{"x:aud":["sts.amazonaws.com"],"x:sub":["repo:harbour/site:*"]}}`,
		},
		"alternatives": {`{"StringEquals": {"x:sub": ["b", "a", "b"]}}`, `x:sub=a|b`, `{"provider":"x","claims":{"x:sub":["a","b"]}}`},
		"of two operators the values that both allow": {
			`{"StringLike": {"x:sub": "repo:a/*"}, "StringEquals": {"x:sub": ["repo:a/b", "repo:c/d"]}}`, `x:sub=repo:a/b`, `{"provider":"x","claims":{"x:sub":["repo:a/b"]}}`,
		},
		"without a value that another operator refuses": {
			`{"StringEquals": {"x:sub": ["a", "b"]}, "StringNotEquals": {"x:sub": "b"}}`, `x:sub=a`, `{"provider":"x","claims":{"x:sub":["a"]}}`,
		},
		"two patterns": {
			`{"StringLike": {"x:sub": "repo:a/*"}, "ForAnyValue:StringLike": {"x:sub": "*:main"}}`, `x:sub=*:main x:sub=repo:a/*`,
			`{"provider":"x","claims":{"x:sub":["*:main"]},"also":[{"key":"x:sub","values":["repo:a/*"]}]}`,
		},
		"two that nobody meets": {
			`{"StringLike": {"x:sub": "a"}, "StringEquals": {"x:sub": "b"}}`, `x:sub=a x:sub=b`,
			`{"provider":"x","claims":{"x:sub":["a"]},"also":[{"key":"x:sub","values":["b"]}]}`,
		},
		"in any case":             {`{"stringequalsignorecase": {"x:sub": "Ada"}}`, `x:sub=Ada (any case)`, `{"provider":"x","also":[{"key":"x:sub","values":["Ada"],"any_case":true}]}`},
		"an asterisk that is one": {`{"StringEquals": {"x:sub": "repo:a/*"}}`, `x:sub=repo:a/${*}`, `{"provider":"x","claims":{"x:sub":["repo:a/${*}"]}}`},
		"a value with spaces":     {`{"StringEquals": {"x:sub": "a x:aud=b"}}`, `x:sub="a x:aud=b"`, `{"provider":"x","claims":{"x:sub":["a x:aud=b"]}}`},
		"numbers, dates, booleans, negations and what may be absent": {
			`{"NumericLessThan": {"x:n": 3}, "DateLessThan": {"x:d": "2030-01-01T00:00:00Z"}, "Bool": {"x:b": true}, "StringNotEquals": {"x:s": "a"},
				"StringEqualsIfExists": {"x:i": "a"}, "ForAllValues:StringEquals": {"x:f": "a"}, "Null": {"x:l": "false"}, "StringEquals": {"sts:ExternalId": "1"}}`,
			``, `{"provider":"x"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "x"},
				"Action": "sts:AssumeRoleWithWebIdentity", "Condition": ` + tt.conditions + `}}`))
			if err != nil {
				t.Fatal(err)
			}
			got := claimsOf(doc.Statements[0].Conditions)
			body, err := json.Marshal(got.body("x"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tt.text, tt.body}, []string{got.String(), string(body)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An account in a trust policy is of the role's partition.
func TestPartitionOfAnAccount(t *testing.T) {
	for role, want := range map[string]string{
		"arn:aws:iam::111122223333:role/a":        "arn:aws:iam::444455556666:root",
		"arn:aws-us-gov:iam::111122223333:role/a": "arn:aws-us-gov:iam::444455556666:root",
		"arn:aws-cn:iam::111122223333:role/a":     "arn:aws-cn:iam::444455556666:root",
	} {
		if got := awsPrincipal(role, "444455556666"); got != snapshot.External.ID(want) {
			t.Errorf("%s: %s", role, got)
		}
	}
}
