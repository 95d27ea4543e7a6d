package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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
	return i.scoped(t, signer, claims, map[string]any{"scope": "openid hawser"})
}

func (i *issuer) scoped(t *testing.T, signer jose.Signer, claims jwt.Claims, more map[string]any) string {
	t.Helper()
	text, err := jwt.Signed(signer).Claims(claims).Claims(more).Serialize()
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
	elsewhere, late, foreign, nobody := good, good, good, good
	nobody.Subject = ""
	elsewhere.Audience = jwt.Audience{"https://other.example.com"}
	late.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour))
	foreign.Issuer = stranger.URL
	bearer, err := verify(t.Context(), i.token(t, i.signer, good))
	if err != nil || bearer.Name != "ada" || bearer.Expires.Before(time.Now()) {
		t.Errorf("%+v, %v", bearer, err)
	}
	for name, token := range map[string]string{
		"of nobody":            i.token(t, i.signer, nobody),
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

// A token is taken over HTTP only where it is good for the scope.
func TestOAuthScopes(t *testing.T) {
	i := newIssuer(t)
	f := newFleet(t, "")
	const resource = "https://hawser.example.com/mcp"
	options, err := httpFlags{issuer: i.URL, resource: resource, scope: "hawser"}.options(t.Context(), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(f.agents.main.Handler(options))
	t.Cleanup(server.Close)
	claims := jwt.Claims{Issuer: i.URL, Subject: "ada", Audience: jwt.Audience{resource}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	for name, tt := range map[string]struct {
		more   map[string]any
		status int
	}{
		"scope":                   {map[string]any{"scope": "openid hawser"}, 200},
		"scp":                     {map[string]any{"scp": []string{"hawser"}}, 200},
		"another scope":           {map[string]any{"scope": "hawser.other"}, 403},
		"no scope":                {map[string]any{}, 403},
		"a scope that is no text": {map[string]any{"scope": 1}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
			req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/mcp", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			req.Header.Set("Authorization", "Bearer "+i.scoped(t, i.signer, claims, tt.more))
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.status {
				text, _ := io.ReadAll(resp.Body)
				t.Errorf("%s %s", resp.Status, text)
			}
		})
	}
}

func FuzzScopes(f *testing.F) {
	f.Add([]byte(`"openid hawser"`))
	f.Add([]byte(`["hawser", "other"]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var claims scopeClaims
		if json.Unmarshal(raw, &claims.Scope) == nil && slices.Contains(claims.Scope, "hawser") && !strings.Contains(string(raw), "awser") && !strings.Contains(string(raw), `\u`) {
			t.Errorf("%q gives %q", raw, claims.Scope)
		}
	})
}
