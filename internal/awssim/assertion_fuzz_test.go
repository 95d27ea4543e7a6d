package awssim

import (
	"encoding/base64"
	"testing"
)

// FuzzAssertion reads responses that nobody signed, of which none is taken.
func FuzzAssertion(f *testing.F) {
	f.Add([]byte(`<Response><Assertion ID="a"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></Assertion></Response>`))
	f.Add([]byte(`<Assertion/>`))
	w, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	provider := w.AddAccount("111122223333", "test").AddSAMLProvider("corp")
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := w.readAssertion(provider, base64.StdEncoding.EncodeToString(text)); err == nil {
			t.Errorf("taken: %+v", a)
		}
	})
}
