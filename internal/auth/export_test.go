package auth

import "github.com/go-jose/go-jose/v4"

// KeySetVerifies tells whether a key of a JWK Set verifies a token.
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
