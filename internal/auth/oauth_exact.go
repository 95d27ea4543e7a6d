package auth

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// exactToken refuses a JSON Web Token that readers may understand differently, or
// that is not an access token by its type. The verifier decodes tokens with
// encoding/json, which reads "AUD" as "aud" and uses the last of two members with
// one name.
func exactToken(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fault.New(fault.Refused, "the token is not a signed JSON Web Token")
	}
	header, err := exactMembers(parts[0], []string{"alg", "typ", "cty", "kid", "crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip"})
	if err != nil {
		return err
	}
	if err := accessToken(header["typ"]); err != nil {
		return err
	}
	if err := plainHeader(header); err != nil {
		return err
	}
	claims, err := exactMembers(parts[1], []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "scp", "client_id", "azp", "nonce", "at_hash", "c_hash", "s_hash", "sid", "events", "cnf"})
	if err != nil {
		return err
	}
	if err := ofOneKind(claims); err != nil {
		return err
	}
	return plainClaims(claims, time.Now())
}

// exactMembers returns the members of a part of a token.
func exactMembers(part string, known []string) (map[string]json.RawMessage, error) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, fault.Wrap(err, fault.Refused, "the token is not base64url")
	}
	return exactObject(raw, known)
}

// exactObject returns the members of a JSON object. A member must not occur twice,
// or differ from a known name only by case.
func exactObject(raw json.RawMessage, known []string) (map[string]json.RawMessage, error) {
	if err := strictjson.Check(raw); err != nil {
		return nil, fault.Wrap(err, fault.Refused, "it is not exact JSON: %v", err)
	}
	members, err := strictjson.Members(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Refused, "it is not a JSON object")
	}
	for name := range members {
		other := func(k string) bool { return k != name && strings.EqualFold(k, name) }
		if slices.ContainsFunc(known, other) {
			return nil, fault.New(fault.Refused, "it has %q, which differs from a known name only in case", name)
		}
	}
	return members, nil
}

// accessToken refuses a token whose type is not that of access tokens. Many
// authorization servers set the type JWT, or none.
func accessToken(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return fault.Wrap(err, fault.Refused, "the token's type is not a string")
	}
	switch strings.TrimPrefix(strings.ToLower(name), "application/") {
	case "at+jwt", "jwt":
		return nil
	}
	return fault.New(fault.Refused, "the token is of type %q, not an access token", name)
}

// ofOneKind refuses a token whose claims are those of another kind, whatever its
// type says. A logout token has events, or a session and no scopes. The hashes of an
// ID token are of what was issued with it. A nonce is in ID tokens, and with some
// authorization servers also in access tokens, which have scopes.
//
// https://datatracker.ietf.org/doc/html/rfc8725#section-3.12
// https://datatracker.ietf.org/doc/html/rfc9068#section-5
// https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken
// https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken
func ofOneKind(claims map[string]json.RawMessage) error {
	kinds := []struct {
		kind, claim string
		always      bool
	}{
		{"a logout token or another security event", "events", true},
		{"an ID token", "at_hash", true},
		{"an ID token", "c_hash", true},
		{"an ID token", "s_hash", true},
		{"an ID token", "nonce", false},
		{"a logout token or an ID token", "sid", false},
	}
	scoped := hasScopes(claims["scope"]) || hasScopes(claims["scp"])
	for _, k := range kinds {
		if _, ok := claims[k.claim]; ok && (k.always || !scoped) {
			return fault.New(fault.Refused, "the token has the claim %s of %s, and is not an access token", k.claim, k.kind)
		}
	}
	return nil
}

func hasScopes(raw json.RawMessage) bool {
	var named scopes
	return raw != nil && json.Unmarshal(raw, &named) == nil && len(named) > 0
}

// plainHeader refuses headers that must be understood and are not supported here:
// critical extensions, compression, a nested token.
func plainHeader(header map[string]json.RawMessage) error {
	for _, name := range []string{"crit", "zip"} {
		if header[name] != nil {
			return fault.New(fault.Refused, "the token's header has %s, which is not understood here", name)
		}
	}
	raw, ok := header["cty"]
	if !ok {
		return nil
	}
	var content string
	if err := json.Unmarshal(raw, &content); err != nil {
		return fault.Wrap(err, fault.Refused, "the token's content type is not a string")
	}
	if strings.HasSuffix(strings.ToLower(content), "jwt") {
		return fault.New(fault.Refused, "the token holds another token")
	}
	return nil
}

// clockLeeway is how far the clock of an authorization server may be ahead. The
// verifier allows the same for nbf.
const clockLeeway = 5 * time.Minute

// maxDate is the last second that RFC 3339 can express.
const maxDate = 253402300799

// plainClaims refuses a token whose times are not numbers, that was issued in the
// future, or that is bound to a key. Nothing here checks that the bearer has the
// key, so a stolen token could be used.
//
// https://datatracker.ietf.org/doc/html/rfc7519#section-2
// https://datatracker.ietf.org/doc/html/rfc7800#section-3.1
func plainClaims(claims map[string]json.RawMessage, now time.Time) error {
	if claims["cnf"] != nil {
		return fault.New(fault.Refused, "the token is bound to a key, and the proof of the key is not checked here")
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		raw, ok := claims[name]
		if !ok {
			continue
		}
		seconds, err := strconv.ParseFloat(string(raw), 64) // a text or null is not a number
		if err != nil || seconds < 0 || seconds > maxDate {
			return fault.New(fault.Refused, "the token's %s is not a time in seconds", name)
		}
		if name == "iat" && seconds > float64(now.Add(clockLeeway).Unix()) {
			return fault.New(fault.Refused, "the token was issued in the future")
		}
	}
	return nil
}
