package policy_test

import (
	"testing"

	"github.com/hawser/hawser/internal/policy"
)

// FuzzParse checks that no text makes the parser panic, that parsing what a document
// keeps gives the same document, and that the strict grammars take no more than the
// common one.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":[111122223333,"*"]},"Action":"s3:*","NotResource":["arn:aws:s3:::a/*"],"Condition":{"ForAnyValue:StringLikeIfExists":{"a":[1,true,"x"]}}}]}`))
	f.Add([]byte(`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":["iam:*","*"],"Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}}`))
	f.Add([]byte(`{"Statement":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := policy.Parse(data)
		if err == nil {
			again, err := policy.Parse(doc.Raw())
			if err != nil || len(again.Statements) != len(doc.Statements) {
				t.Fatalf("what was parsed can't be parsed again: %v", err)
			}
		}
		for _, kind := range []policy.Kind{
			policy.Identity, policy.Managed, policy.Session, policy.Trust, policy.ServiceControl, policy.ResourceControl,
			policy.Bucket, policy.Key, policy.Queue, policy.Topic, policy.Secret, policy.Endpoint,
		} {
			if _, strict := policy.ParseAs(kind, data); strict == nil && err != nil {
				t.Errorf("%s takes what is not a policy: %v", kind, err)
			}
		}
	})
}
