package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// publicKey is a key of an authorization server as its JWK Set has it.
type publicKey struct {
	ID string
	// Alg is the one algorithm of the key, or "".
	Alg string
	key any
	// unusable says why no token may be verified with the key.
	unusable error
}

// shortestRSA is the length in bits that keys of RS256 and the others of RSA must
// have.
//
// https://datatracker.ietf.org/doc/html/rfc7518#section-3.3
const shortestRSA = 2048

// signatureAlgorithms are the algorithms that tokens may be signed with: those
// whose keys are public.
func signatureAlgorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// jwk is what a JSON Web Key says about its use.
//
// https://datatracker.ietf.org/doc/html/rfc7517#section-4
type jwk struct {
	ID         string    `json:"kid"`
	Use        *string   `json:"use"`
	Operations *[]string `json:"key_ops"`
	Alg        string    `json:"alg"`
	Private    *string   `json:"d"`
}

// jwkMembers are the names of the members that are read.
func jwkMembers() []string {
	return []string{"kty", "kid", "use", "key_ops", "alg", "crv", "x", "y", "n", "e", "d", "k", "x5c"}
}

// parseKey reads one key of a JWK Set.
func parseKey(raw json.RawMessage) publicKey {
	var said jwk
	if err := json.Unmarshal(raw, &said); err != nil {
		return publicKey{ID: said.ID, unusable: errors.New("is not a JSON Web Key")}
	}
	key := publicKey{ID: said.ID, Alg: said.Alg}
	if _, err := exactObject(raw, jwkMembers()); err != nil {
		key.unusable = fmt.Errorf("is not exact: %s", reasonOf(err))
		return key
	}
	if key.unusable = said.forSignatures(); key.unusable != nil {
		return key
	}
	var parsed jose.JSONWebKey
	if err := json.Unmarshal(raw, &parsed); err != nil {
		key.unusable = fmt.Errorf("cannot be read: %w", err)
		return key
	}
	key.key = parsed.Key
	return key
}

// forSignatures tells why a key is not for verifying signatures.
//
// https://datatracker.ietf.org/doc/html/rfc7517#section-4.2
// https://datatracker.ietf.org/doc/html/rfc7517#section-4.3
func (k jwk) forSignatures() error {
	switch {
	case k.Private != nil:
		return errors.New("is a private key, which everybody can read")
	case k.Use != nil && *k.Use != "sig":
		return fmt.Errorf("is not for signatures (use: %q)", *k.Use)
	case k.Operations != nil && !slices.Contains(*k.Operations, "verify"):
		return fmt.Errorf("is not for verifying (key_ops: %q)", *k.Operations)
	}
	return nil
}

// verifies tells why a signature of an algorithm must not be verified with the key.
// An algorithm belongs to one type of key, and with ECDSA to one curve.
//
// https://datatracker.ietf.org/doc/html/rfc7517#section-4.4
// https://datatracker.ietf.org/doc/html/rfc7518#section-3.1
// https://datatracker.ietf.org/doc/html/rfc8725#section-3.1
func (k publicKey) verifies(algorithm string) error {
	if k.unusable != nil {
		return k.unusable
	}
	if k.Alg != "" && k.Alg != algorithm {
		return fmt.Errorf("is for the algorithm %q, and the token has %q", k.Alg, algorithm)
	}
	fits := false
	switch key := k.key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < shortestRSA {
			return fmt.Errorf("is an RSA key of %d bits, and %d are the fewest", bits, shortestRSA)
		}
		fits = strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		fits = algorithm == curveAlgorithm(key)
	case ed25519.PublicKey:
		fits = algorithm == string(jose.EdDSA)
	}
	if !fits {
		return fmt.Errorf("is not of the type that the algorithm %q has", algorithm)
	}
	return nil
}

// curveAlgorithm is the one algorithm of a curve.
//
// https://datatracker.ietf.org/doc/html/rfc7518#section-3.4
func curveAlgorithm(key *ecdsa.PublicKey) string {
	switch key.Curve.Params().BitSize {
	case 256:
		return string(jose.ES256)
	case 384:
		return string(jose.ES384)
	case 521:
		return string(jose.ES512)
	}
	return ""
}
