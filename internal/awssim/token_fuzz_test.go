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
	issuer := w.AddIssuer("https://oidc.example")
	good, err := issuer.Token(map[string]any{"sub": "pod", "aud": []string{"sts.amazonaws.com"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "a.b.c", "e30.e30.", "..", "e30.eyJhdWQiOlsxXX0.AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, signed, err := parseToken(token)
		if err == nil && issuer.signed(signed) && claims.Issuer != issuer.URL {
			t.Errorf("%q gives %+v", token, claims)
		}
	})
}
