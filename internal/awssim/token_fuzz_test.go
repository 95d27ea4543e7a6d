package awssim

import (
	"testing"
)

func FuzzWebToken(f *testing.F) {
	w, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(w.Close)
	issuer, err := w.AddIssuer("https://oidc.example")
	if err != nil {
		f.Fatal(err)
	}
	good, err := issuer.Token(map[string]any{"sub": "pod", "aud": []string{"sts.amazonaws.com"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "a.b.c", "e30.e30.", "..", "e30.eyJhdWQiOlsxXX0.AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, signed, signature, err := parseToken(token)
		if err != nil {
			return
		}
		if len(signature) != 64 || len(signed) >= len(token) {
			t.Errorf("%q gives %+v, %q and %x", token, claims, signed, signature)
		}
	})
}
