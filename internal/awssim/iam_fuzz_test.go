package awssim

import (
	"testing"

	"github.com/hawser/hawser/internal/policy"
)

// FuzzDocuments wants documents that IAM's checks let through to be policies of
// their kind, and none to break the checks.
func FuzzDocuments(f *testing.F) {
	for _, text := range []string{
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
		`{"Statement":{"Sid":"a","Effect":"Deny","NotAction":["iam:*"],"NotResource":["arn:aws:s3:::b/*"]}}`,
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/a"]},"Action":"sts:AssumeRole"}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":[]}]}`, `{`, ``,
	} {
		f.Add(text)
	}
	w, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	w.AddAccount("111122223333", "a").AddUser("a")
	f.Fuzz(func(t *testing.T, text string) {
		identity, refused := identityPolicy(text)
		trust, untrusted := w.trustPolicy(text)
		if refused == nil && untrusted == nil && len(identity.Statements) > 0 {
			t.Errorf("%q is for identities and for trust", text)
		}
		for _, doc := range []*policy.Document{identity, trust} {
			if doc != nil && policySize(doc) > len(text) {
				t.Errorf("%q counts as longer than it is", text)
			}
		}
	})
}

// FuzzMetadata wants a provider to keep what it says of itself only where that
// can be read.
func FuzzMetadata(f *testing.F) {
	f.Add(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"></EntityDescriptor>`)
	f.Add(`<EntityDescriptor entityID=""/>`)
	f.Add(`<a><b></a>`)
	f.Fuzz(func(t *testing.T, text string) {
		var p SAMLProvider
		if err := p.describe(text); (err == nil) != (p.metadata != "") {
			t.Errorf("%q: %v, and %q is kept", text, err, p.metadata)
		}
	})
}
