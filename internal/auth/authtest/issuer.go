// Package authtest is an authorization server for tests.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Issuer is an authorization server: its discovery, its keys, and tokens.
type Issuer struct {
	*httptest.Server
	Signer jose.Signer
	// Keys is the JWK Set that the server gives.
	Keys any
	// KeyRequests counts the requests for it.
	KeyRequests atomic.Int64
	key         *ecdsa.PrivateKey
}

// NewIssuer starts an authorization server that runs until the end of the test.
func NewIssuer(t *testing.T) *Issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{Signer: signer, key: key}
	mux := http.NewServeMux()
	answer := func(path string, v func() any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v()) })
	}
	answer("/.well-known/openid-configuration", func() any {
		return map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"}}
	})
	i.Keys = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}}
	answer("/keys", func() any { i.KeyRequests.Add(1); return i.Keys })
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// Token returns a token with some claims and the scope hawser.
func (i *Issuer) Token(t *testing.T, signer jose.Signer, claims jwt.Claims) string {
	t.Helper()
	return i.Scoped(t, signer, claims, map[string]any{"scope": "openid hawser"})
}

// Scoped returns a token with some claims and more.
func (i *Issuer) Scoped(t *testing.T, signer jose.Signer, claims jwt.Claims, more map[string]any) string {
	t.Helper()
	text, err := jwt.Signed(signer).Claims(claims).Claims(more).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Raw returns a token with the given payload. Typ is its type, or "".
func (i *Issuer) Raw(t *testing.T, typ, payload string) string {
	t.Helper()
	if typ == "" {
		return i.Headed(t, nil, payload)
	}
	return i.Headed(t, map[jose.HeaderKey]any{jose.HeaderType: typ}, payload)
}

// Headed returns a token with the given header and payload.
func (i *Issuer) Headed(t *testing.T, header map[jose.HeaderKey]any, payload string) string {
	t.Helper()
	return Signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "1"}}, header, payload)
}

// Signed returns a token that is signed with any key.
func Signed(t *testing.T, key jose.SigningKey, header map[jose.HeaderKey]any, payload string) string {
	t.Helper()
	signer, err := jose.NewSigner(key, &jose.SignerOptions{ExtraHeaders: header})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
