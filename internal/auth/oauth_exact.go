package auth

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// exactToken refuses a JSON Web Token that readers may understand differently, or
// that says it is no access token. The verifier decodes tokens by encoding/json,
// which takes "AUD" for "aud" and the last of two members.
func exactToken(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fault.New(fault.Refused, "the token is no signed JSON Web Token")
	}
	header, err := exactMembers(parts[0], []string{"alg", "typ", "cty", "kid", "crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64"})
	if err != nil {
		return err
	}
	if err := accessToken(header["typ"]); err != nil {
		return err
	}
	_, err = exactMembers(parts[1], []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "scp", "client_id", "azp", "nonce", "at_hash"})
	return err
}

// exactMembers are the members of a part of a token. None may stand twice, or
// differ from a known name by case alone.
func exactMembers(part string, known []string) (map[string]json.RawMessage, error) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, fault.Wrap(err, fault.Refused, "the token is not base64url")
	}
	if err := tool.CheckObject(raw); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fault.Wrap(err, fault.Refused, "the token is no JSON object")
	}
	for name := range members {
		other := func(k string) bool { return k != name && strings.EqualFold(k, name) }
		if slices.ContainsFunc(known, other) {
			return nil, fault.New(fault.Refused, "the token has %q, which differs from a known name by case alone", name)
		}
	}
	return members, nil
}

// accessToken refuses a type of tokens that is not that of access tokens. Many
// authorization servers give JWT, or none.
//
// https://datatracker.ietf.org/doc/html/rfc9068#section-2.1
func accessToken(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return fault.Wrap(err, fault.Refused, "the token's type is no text")
	}
	switch strings.TrimPrefix(strings.ToLower(name), "application/") {
	case "at+jwt", "jwt":
		return nil
	}
	return fault.New(fault.Refused, "the token is of type %q, not an access token", name)
}
