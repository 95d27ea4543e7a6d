package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/auth/authtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

const resource = "https://hawser.example.com/mcp"

// payload are the claims of a token that is accepted.
func payload(i *authtest.Issuer, more string) string {
	return fmt.Sprintf(`{"iss":%q,"sub":"ada","exp":%d,"aud":%q%s}`, i.URL, time.Now().Add(time.Hour).Unix(), resource, more)
}

// described is the JWK of a public key with other members.
func described(t *testing.T, key crypto.Signer, more map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "k"})
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatal(err)
	}
	maps.Copy(members, more)
	return members
}

// A token is verified only by a key that says that it is for that.
func TestOAuthKeysAreForVerifying(t *testing.T) {
	rsaKey := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	long, short := rsaKey(2048), rsaKey(1024)
	type members = map[string]any
	for name, tt := range map[string]struct {
		alg    jose.SignatureAlgorithm
		key    crypto.Signer
		says   members
		reason string // "" where the token is accepted
	}{
		"plain":                  {jose.RS256, long, nil, ""},
		"PS256":                  {jose.PS256, long, nil, ""},
		"ECDSA":                  {jose.ES256, ec, nil, ""},
		"Ed25519":                {jose.EdDSA, ed, nil, ""},
		"for signatures":         {jose.RS256, long, members{"use": "sig", "alg": "RS256"}, ""},
		"for verifying":          {jose.ES256, ec, members{"use": "sig", "key_ops": []string{"verify"}}, ""},
		"with a member of yours": {jose.ES256, ec, members{"issuer": "x"}, ""},
		"for encryption":         {jose.RS256, long, members{"use": "enc"}, `(use: "enc")`},
		"for another use":        {jose.RS256, long, members{"use": "tls"}, `(use: "tls")`},
		"for no use":             {jose.RS256, long, members{"use": ""}, `(use: "")`},
		"for use SIG":            {jose.RS256, long, members{"use": "SIG"}, `(use: "SIG")`},
		"for wrapping":           {jose.RS256, long, members{"key_ops": []string{"encrypt", "wrapKey"}}, `not for verifying`},
		"for signing":            {jose.ES256, ec, members{"key_ops": []string{"sign"}}, `not for verifying`},
		"for nothing":            {jose.ES256, ec, members{"key_ops": []string{}}, `not for verifying`},
		"use and operations":     {jose.ES256, ec, members{"use": "enc", "key_ops": []string{"verify"}}, `(use: "enc")`},
		"another algorithm":      {jose.RS256, long, members{"alg": "PS256"}, `for the algorithm "PS256"`},
		"an algorithm of RSA":    {jose.ES256, ec, members{"alg": "RS256"}, `for the algorithm "RS256"`},
		"encryption's algorithm": {jose.RS256, long, members{"alg": "RSA-OAEP"}, `for the algorithm "RSA-OAEP"`},
		"a short key":            {jose.RS256, short, nil, `RSA key of 1024 bits`},
		"a short key, PS256":     {jose.PS256, short, members{"use": "sig", "alg": "PS256"}, `RSA key of 1024 bits`},
		"a private key":          {jose.ES256, ec, members{"d": "AQ"}, `private key`},
		"another ID":             {jose.ES256, ec, members{"kid": "other"}, `has no key k`},
		"USE":                    {jose.ES256, ec, members{"USE": "sig"}, `only in case`},
		"use of another type":    {jose.ES256, ec, members{"use": 1}, `not a JSON Web Key`},
		"symmetric":              {jose.ES256, ec, members{"kty": "oct", "k": "AAAA"}, `not of the type`},
		"an unknown curve":       {jose.ES256, ec, members{"crv": "secp256k1"}, `cannot be read`},
	} {
		i := authtest.NewIssuer(t)
		i.Keys = map[string]any{"keys": []any{map[string]any{"kty": "unknown"}, "no key", described(t, tt.key, tt.says)}}
		verify, err := auth.OAuth(t.Context(), i.URL, resource)
		if err != nil {
			t.Fatal(err)
		}
		key := jose.SigningKey{Algorithm: tt.alg, Key: jose.JSONWebKey{Key: tt.key, KeyID: "k"}}
		_, err = verify(t.Context(), authtest.Signed(t, key, nil, payload(i, `,"scope":"hawser"`)))
		if tt.reason == "" && err != nil || tt.reason != "" && (err == nil || !strings.Contains(err.Error(), tt.reason)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An algorithm of ECDSA has one curve: a key of P-256 verifies no token of ES384.
func TestOAuthCurvesBelongToAlgorithms(t *testing.T) {
	i := authtest.NewIssuer(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.Keys = map[string]any{"keys": []any{described(t, key, nil)}}
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"ES384","kid":"k"}`)) + "." + encode([]byte(payload(i, `,"scope":"hawser"`)))
	sum := sha512.Sum384([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	token := text + "." + encode(append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...))
	if _, err := verify(t.Context(), token); err == nil || !strings.Contains(err.Error(), "not of the type") {
		t.Error(err)
	}
}

// Keys are fetched again when a token needs one that is new. If that fails, tokens
// cannot be checked.
func TestOAuthKeysAreFetchedAgain(t *testing.T) {
	i := authtest.NewIssuer(t)
	now := time.Now()
	verify, err := auth.OAuthAt(t.Context(), i.URL, resource, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	token := i.Raw(t, "at+jwt", payload(i, `,"scope":"hawser"`))
	withdrawn := fault.Refused
	good := i.Keys
	for n, step := range []struct {
		after    time.Duration
		keys     any // nil: the server is gone
		want     error
		requests int64 // since the beginning
	}{
		{0, map[string]any{"keys": []any{}}, withdrawn, 1},
		{auth.KeysPause - 1, good, withdrawn, 1},
		{1, "no keys", fault.Internal, 2},
		{auth.KeysPause - 1, good, fault.Internal, 2},
		{1, good, nil, 3},
		{auth.KeysAge - 1, map[string]any{"keys": []any{}}, nil, 3},
		{1, map[string]any{"keys": []any{}}, withdrawn, 4},
		{auth.KeysPause, good, nil, 5},
		{auth.KeysAge - 1, nil, nil, 5},
		{1, nil, fault.Internal, 5},
	} {
		now = now.Add(step.after)
		i.Keys = step.keys
		if step.keys == nil {
			i.Close()
		}
		if _, err := verify(t.Context(), token); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", n, err, step.want)
		}
		if got := i.KeyRequests.Load(); got != step.requests {
			t.Errorf("step %d: %d requests for keys, want %d", n, got, step.requests)
		}
	}
}

// The claims of a token are those of one kind of token.
func TestOAuthTokensAreOfOneKind(t *testing.T) {
	i := authtest.NewIssuer(t)
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	const scope, logout = `,"scope":"hawser"`, `,"events":{"http://schemas.openid.net/event/backchannel-logout":{}}`
	for more, good := range map[string]bool{
		scope:                     true,
		`,"scp":["hawser"]`:       true,
		``:                        true,
		scope + `,"sid":"s"`:      true,
		scope + `,"nonce":"n"`:    true,
		scope + `,"auth_time":1`:  true,
		logout:                    false,
		logout + `,"sid":"s"`:     false,
		logout + scope:            false,
		`,"sid":"s"`:              false,
		`,"sid":"s","scope":""`:   false,
		`,"sid":"s","scp":null`:   false,
		`,"nonce":"n"`:            false,
		`,"nonce":null`:           false,
		`,"nonce":"n","scope":[]`: false,
		`,"at_hash":"h"`:          false,
		scope + `,"at_hash":"h"`:  false,
		scope + `,"c_hash":"h"`:   false,
		scope + `,"s_hash":"h"`:   false,
		scope + `,"Events":{}`:    false,
		scope + `,"SID":"s"`:      false,
	} {
		for _, typ := range []string{"at+jwt", "JWT", ""} {
			if _, err := verify(t.Context(), i.Raw(t, typ, payload(i, more))); (err == nil) != good {
				t.Errorf("%q, type %q: %v", more, typ, err)
			}
		}
	}
}

// Why a token is refused is recorded, and not told to the client.
func TestWhyATokenIsRefusedIsRecorded(t *testing.T) {
	i := authtest.NewIssuer(t)
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	recorded := ""
	refusals := auth.NewRefusals("mcp", func(_ context.Context, _ tool.Request, why error) error {
		recorded = why.Error()
		return nil
	}, nil)
	r := httptest.NewRequest(http.MethodPost, "/mcp", nil)
	token := i.Raw(t, "at+jwt", payload(i, `,"at_hash":"h"`))
	r.Header.Set("Authorization", "Bearer "+token)
	_, err = auth.Bearers{Verify: verify}.Check(r)
	if auth.StatusOf(err) != http.StatusUnauthorized || strings.Contains(err.Error(), "at_hash") {
		t.Errorf("the client is told %v", err)
	}
	refusals.Note(r, err)
	if !strings.Contains(recorded, "the token is not valid: the token has the claim at_hash of an ID token") || strings.Contains(recorded, token[:20]) {
		t.Errorf("recorded: %s", recorded)
	}
}

// FuzzKeySet reads key sets as a server gives them. What is accepted verifies no
// token that is not signed.
func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"sig"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQ","e":"AQ"},{"kty":"oct","k":""},1,null,[]]}`))
	f.Fuzz(func(t *testing.T, set []byte) {
		unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + ".AAAA"
		if auth.KeySetVerifies(set, unsigned) {
			t.Errorf("%q verifies a token that is not signed", set)
		}
	})
}
