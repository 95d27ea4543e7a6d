package auth_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/auth/authtest"
)

// Tokens are taken that the issuer signed, for this server, and that have not
// ended; no others.
func TestOAuthTokens(t *testing.T) {
	i, stranger := authtest.NewIssuer(t), authtest.NewIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	good := jwt.Claims{Issuer: i.URL, Subject: "ada", Audience: jwt.Audience{resource}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	elsewhere, late, foreign, nobody := good, good, good, good
	nobody.Subject = ""
	elsewhere.Audience = jwt.Audience{"https://other.example.com"}
	late.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour))
	foreign.Issuer = stranger.URL
	bearer, err := verify(t.Context(), i.Token(t, i.Signer, good))
	if err != nil || bearer.Name != "ada" || bearer.Expires.Before(time.Now()) {
		t.Errorf("%+v, %v", bearer, err)
	}
	for name, token := range map[string]string{
		"of nobody":            i.Token(t, i.Signer, nobody),
		"for another server":   i.Token(t, i.Signer, elsewhere),
		"ended":                i.Token(t, i.Signer, late),
		"of another issuer":    i.Token(t, i.Signer, foreign),
		"signed by a stranger": i.Token(t, stranger.Signer, good),
		"no token":             "abc",
	} {
		if _, err := verify(t.Context(), token); err == nil {
			t.Errorf("a token %s is taken", name)
		}
	}
	if _, err := auth.OAuth(t.Context(), "http://127.0.0.1:1", resource); err == nil {
		t.Error("an issuer that is not there is taken")
	}
}

// TestOAuthTokensAreExact: claims are told apart by case, none stands twice, and a
// token that says that it is something else is no access token.
func TestOAuthTokensAreExact(t *testing.T) {
	i := authtest.NewIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	exp := time.Now().Add(time.Hour).Unix()
	claims := func(aud, more string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":"ada","exp":%d,"aud":%q,"scope":"hawser"%s}`, i.URL, exp, aud, more)
	}
	good := claims(resource, "")
	for _, typ := range []string{"", "JWT", "at+jwt", "application/at+JWT"} {
		if _, err := verify(t.Context(), i.Raw(t, typ, good)); err != nil {
			t.Errorf("type %q: %v", typ, err)
		}
	}
	if _, err := verify(t.Context(), i.Raw(t, "JWT", claims(resource, `,"Department":"x","resource_access":{"a":{"roles":["b"]}}`))); err != nil {
		t.Errorf("with claims of its own: %v", err)
	}
	for name, token := range map[string]string{
		"a logout token":         i.Raw(t, "logout+jwt", good),
		"a type that is unknown": i.Raw(t, "dpop+jwt", good),
		"AUD":                    i.Raw(t, "at+jwt", claims("x", fmt.Sprintf(`,"AUD":%q`, resource))),
		"aud twice":              i.Raw(t, "at+jwt", claims("x", fmt.Sprintf(`,"aud":%q`, resource))),
		"ISS":                    i.Raw(t, "at+jwt", claims(resource, fmt.Sprintf(`,"ISS":%q`, i.URL))),
		"SUB":                    i.Raw(t, "at+jwt", claims(resource, `,"SUB":"eve"`)),
		"sub with a long s":      i.Raw(t, "at+jwt", claims(resource, `,"ſub":"eve"`)),
		"Exp":                    i.Raw(t, "at+jwt", claims(resource, fmt.Sprintf(`,"Exp":%d`, exp))),
		"Scope":                  i.Raw(t, "at+jwt", claims(resource, `,"Scope":"admin"`)),
		"no UTF-8":               i.Raw(t, "at+jwt", claims(resource, ",\"a\":\"\xff\"")),
	} {
		if _, err := verify(t.Context(), token); err == nil {
			t.Errorf("%s: the token is taken", name)
		}
	}
}
