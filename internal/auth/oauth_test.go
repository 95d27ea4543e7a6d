package auth_test

import (
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
