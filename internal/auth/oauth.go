package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// OAuth is the Verifier of JSON Web Tokens of an authorization server that are
// meant for the resource and name a subject. See
// https://datatracker.ietf.org/doc/html/rfc9068
func OAuth(ctx context.Context, issuer, resource string) (Verifier, error) {
	return oauth(ctx, issuer, resource, time.Now)
}

// oauth is OAuth with a clock for the age of the keys.
func oauth(ctx context.Context, issuer, resource string, clock func() time.Time) (Verifier, error) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fault.Wrap(err, fault.Endpoint, "the authorization server %s cannot be asked for its keys", issuer).
			WithCause("%v", err).At("oauth-issuer").WithFix("check the URL, and that this machine reaches it")
	}
	var server metadata
	if err := provider.Claims(&server); err != nil {
		return nil, fault.Wrap(err, fault.Endpoint, "the metadata of the authorization server %s cannot be read", issuer).At("oauth-issuer").
			WithFix("check the address, and that this machine reaches it: ISSUER/.well-known/oauth-authorization-server")
	}
	config, keys := &oidc.Config{ClientID: resource, SupportedSigningAlgs: server.asymmetric()}, newKeySet(server.Keys, clock)
	return func(ctx context.Context, token string) (Bearer, error) {
		if err := exactToken(token); err != nil {
			return Bearer{}, err
		}
		signature := &signature{keys: keys}
		t, err := oidc.NewVerifier(issuer, signature, config).Verify(ctx, token)
		if err != nil {
			return Bearer{}, cmp.Or(signature.err, err)
		}
		if t.Subject == "" || text.Visible(t.Subject) != t.Subject {
			return Bearer{}, fault.New(fault.Refused, "the token has no subject that can be read")
		}
		var claims scopeClaims
		if err := t.Claims(&claims); err != nil {
			return Bearer{}, err
		}
		scopes := slices.Concat(claims.Scope, claims.Scp)
		return Bearer{ID: t.Issuer + " " + t.Subject, Name: t.Subject, For: t.Subject, Expires: t.Expiry, Scopes: scopes}, nil
	}, nil
}

// metadata is what is used here of an authorization server's metadata.
//
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
type metadata struct {
	Keys       string   `json:"jwks_uri"`
	Algorithms []string `json:"id_token_signing_alg_values_supported"`
}

// asymmetric are the server's algorithms whose keys are public. If it names none,
// RS256 is used, which every server must support.
func (m metadata) asymmetric() []string {
	known := signatureAlgorithms()
	used := slices.DeleteFunc(m.Algorithms, func(name string) bool { return !slices.Contains(known, jose.SignatureAlgorithm(name)) })
	if len(used) == 0 {
		return []string{string(jose.RS256)}
	}
	return used
}

// scopeClaims are the claims with the scopes of a token: scope by RFC 9068, and
// scp with some authorization servers.
type scopeClaims struct {
	Scope scopes `json:"scope"`
	Scp   scopes `json:"scp"`
}

// scopes are a text separated by spaces, or a list.
type scopes []string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scopes) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*s = strings.Fields(text)
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(s))
}
