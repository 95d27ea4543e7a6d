package auth

import (
	"context"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// KeysPause is the least time between two requests for keys, and KeysAge how long they
// are used.
const (
	KeysPause = keysPause
	KeysAge   = keysAge
)

// OAuthAt is OAuth with a clock for the age of the keys.
func OAuthAt(ctx context.Context, issuer, resource string, clock func() time.Time) (Verifier, error) {
	return oauth(ctx, issuer, resource, clock)
}

// KeySetVerifies reports whether a key of a JWK Set verifies a token.
func KeySetVerifies(set []byte, token string) bool {
	keys, err := parseKeySet(set)
	if err != nil {
		return false
	}
	parsed, err := jose.ParseSigned(token, signatureAlgorithms())
	if err != nil {
		return false
	}
	_, err = verifyBy(keys, parsed)
	return err == nil
}
