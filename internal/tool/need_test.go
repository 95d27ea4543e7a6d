package tool_test

import (
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/tool"
)

func TestAConditionInWords(t *testing.T) {
	for want, c := range map[string]tool.Condition{
		"":                        {},
		"version_id is given":     {Given: []string{"version_id"}},
		"version_id is not given": {Absent: []string{"version_id"}},
		"from and to are in S3":   {InS3: []string{"from", "to"}},
		"kind is not cluster":     {Not: map[string]string{"kind": "cluster"}},
		"to is in S3 and a person is asked and versioning is suspended": {InS3: []string{"to"}, Asked: true, Besides: "versioning is suspended"},
	} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if c.IsZero() != (want == "") {
			t.Errorf("%q: zero is %t", want, c.IsZero())
		}
	}
}

func TestANeedAsJSON(t *testing.T) {
	for want, n := range map[string]tool.Need{
		`{"action":"s3:ListBucket","resource":"*"}`:                                                  {Action: "s3:ListBucket", Resource: "*"},
		`{"action":"s3:GetObject","resource":"*","when":"key is given","without":"it is not shown"}`: {Action: "s3:GetObject", Resource: "*", When: tool.Condition{Given: []string{"key"}}, Without: "it is not shown"},
	} {
		if got, err := json.Marshal(n); err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}
