package awssim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// Issuer is an OpenID Connect provider whose tokens AssumeRoleWithWebIdentity
// takes: that of an EKS cluster, say.
type Issuer struct {
	URL string // "https://oidc.eks.us-east-1.amazonaws.com/id/ABC"

	mu   sync.Mutex
	keys map[jose.SignatureAlgorithm]jose.JSONWebKey
}

// signatures are the algorithms that tokens are signed by. AWS takes others of RSA and
// ECDSA as well, for which an issuer here has no keys.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func signatures() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.ES256}
}

// AddIssuer makes an issuer, or gives the one of that URL.
func (w *World) AddIssuer(url string) *Issuer {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.issuers[url]
	if i == nil {
		i = &Issuer{URL: url, keys: make(map[jose.SignatureAlgorithm]jose.JSONWebKey)}
		w.issuers[url] = i
	}
	return i
}

// host returns the URL without its scheme, as ARNs and condition keys have it.
func (i *Issuer) host() string { return strings.TrimPrefix(i.URL, "https://") }

// Token signs claims, such as sub, aud and exp, as a JSON Web Token, by ES256. The
// issuer's URL is added.
func (i *Issuer) Token(claims map[string]any) (string, error) { return i.token(jose.ES256, claims) }

func (i *Issuer) token(alg jose.SignatureAlgorithm, claims map[string]any) (string, error) {
	all := map[string]any{"iss": i.URL}
	maps.Copy(all, claims)
	body, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("awssim: claims: %w", err)
	}
	key, err := i.key(alg)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, new(jose.SignerOptions).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("awssim: signing a token: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("awssim: signing a token: %w", err)
	}
	return signed.CompactSerialize()
}

// key is the issuer's private key for an algorithm. It is made when it is first used,
// because that takes long for RSA.
func (i *Issuer) key(alg jose.SignatureAlgorithm) (jose.JSONWebKey, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if key, ok := i.keys[alg]; ok {
		return key, nil
	}
	key := jose.JSONWebKey{Algorithm: string(alg), Use: "sig"}
	var err error
	switch alg {
	case jose.RS256:
		key.Key, err = rsa.GenerateKey(rand.Reader, 2048)
	case jose.ES256:
		key.Key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return key, fmt.Errorf("awssim: tokens are not signed by %q", alg)
	}
	if err != nil {
		return key, fmt.Errorf("awssim: issuer key: %w", err)
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return key, fmt.Errorf("awssim: issuer key: %w", err)
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	i.keys[alg] = key
	return key, nil
}

// publicKeys are the keys that verify the issuer's tokens.
func (i *Issuer) publicKeys() (jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	for _, alg := range signatures() {
		key, err := i.key(alg)
		if err != nil {
			return set, err
		}
		set.Keys = append(set.Keys, key.Public())
	}
	return set, nil
}

// parseToken reads a token's claims, unchecked.
func parseToken(token string) (claims webClaims, signed *jose.JSONWebSignature, err error) {
	if signed, err = jose.ParseSignedCompact(token, signatures()); err != nil {
		return claims, nil, err
	}
	if err := json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &claims); err != nil {
		return claims, nil, errors.New("the claims are not a JSON object")
	}
	return claims, signed, nil
}

// signed reports whether the issuer signed a token.
func (i *Issuer) signed(token *jose.JSONWebSignature) bool {
	key, err := i.key(jose.SignatureAlgorithm(token.Signatures[0].Protected.Algorithm))
	if err != nil {
		return false
	}
	_, err = token.Verify(key.Public())
	return err == nil
}
