package awssim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Issuer is an OpenID Connect provider whose tokens AssumeRoleWithWebIdentity
// takes: that of an EKS cluster, say. It signs with ES256.
type Issuer struct {
	URL string // "https://oidc.eks.us-east-1.amazonaws.com/id/ABC"
	key *ecdsa.PrivateKey
}

// AddIssuer makes an issuer, or gives the one of that URL.
func (w *World) AddIssuer(url string) (*Issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("awssim: issuer key: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := w.issuers[url]; i != nil {
		return i, nil
	}
	i := &Issuer{URL: url, key: key}
	w.issuers[url] = i
	return i, nil
}

// host returns the URL without its scheme, as ARNs and condition keys have it.
func (i *Issuer) host() string { return strings.TrimPrefix(i.URL, "https://") }

// Token signs claims, such as sub, aud and exp, as a JSON Web Token. The
// issuer's URL is added.
func (i *Issuer) Token(claims map[string]any) (string, error) {
	all := map[string]any{"iss": i.URL}
	for k, v := range claims {
		all[k] = v
	}
	body, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("awssim: claims: %w", err)
	}
	text := jwtPart([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." + jwtPart(body)
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, digest[:])
	if err != nil {
		return "", fmt.Errorf("awssim: signing a token: %w", err)
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return text + "." + jwtPart(sig), nil
}

func jwtPart(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// parseToken reads a token's claims, unchecked, and its parts.
func parseToken(token string) (claims webClaims, signed string, signature []byte, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims, "", nil, errors.New("the token has not three parts")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return claims, "", nil, errors.New("the claims are not base64url")
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		return claims, "", nil, errors.New("the claims are no JSON object")
	}
	signature, err = base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return claims, "", nil, errors.New("the signature has not the form of ES256")
	}
	return claims, parts[0] + "." + parts[1], signature, nil
}

// signed reports whether the issuer signed the text.
func (i *Issuer) signed(text string, sig []byte) bool {
	digest := sha256.Sum256([]byte(text))
	return ecdsa.Verify(&i.key.PublicKey, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
}
