package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// issuer is an authorization server: its discovery, its keys, and tokens.
type issuer struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	signer jose.Signer
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key, signer: signer}
	mux := http.NewServeMux()
	answer := func(path string, v func() any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v()) })
	}
	answer("/.well-known/openid-configuration", func() any {
		return map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}}
	})
	answer("/keys", func() any {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}}
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) token(t *testing.T, signer jose.Signer, claims jwt.Claims) string {
	t.Helper()
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Tokens are taken that the issuer signed, for this server, and that have not
// ended; no others.
func TestOAuthTokens(t *testing.T) {
	i, stranger := newIssuer(t), newIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := oauthVerifier(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	good := jwt.Claims{Issuer: i.URL, Subject: "ada", Audience: jwt.Audience{resource}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	elsewhere, late, foreign := good, good, good
	elsewhere.Audience = jwt.Audience{"https://other.example.com"}
	late.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour))
	foreign.Issuer = stranger.URL
	bearer, err := verify(t.Context(), i.token(t, i.signer, good))
	if err != nil || bearer.Name != "ada" || bearer.Expires.Before(time.Now()) {
		t.Errorf("%+v, %v", bearer, err)
	}
	for name, token := range map[string]string{
		"for another server":   i.token(t, i.signer, elsewhere),
		"ended":                i.token(t, i.signer, late),
		"of another issuer":    i.token(t, i.signer, foreign),
		"signed by a stranger": i.token(t, stranger.signer, good),
		"no token":             "abc",
	} {
		if _, err := verify(t.Context(), token); err == nil {
			t.Errorf("a token %s is taken", name)
		}
	}
	if _, err := oauthVerifier(t.Context(), "http://127.0.0.1:1", resource); err == nil {
		t.Error("an issuer that is not there is taken")
	}
}
