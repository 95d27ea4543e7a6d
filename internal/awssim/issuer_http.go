package awssim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/strictjson"
)

// issuersPath begins the paths of issuers. The URL of an issuer follows, without https://.
const issuersPath = "/_sim/oidc/"

// What there is at an issuer's path.
const (
	discoveryPath = "/.well-known/openid-configuration"
	keysPath      = "/.well-known/jwks"
	tokenPath     = "/token"
)

// tokenLife is how long a token is valid that names no end.
const tokenLife = time.Hour

// serveIssuer answers for every issuer whose URL an IAM OpenID Connect provider may have:
// with its discovery document, its public keys, and tokens with the claims that a request
// asks for.
//
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
func (w *World) serveIssuer(rw http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, issuersPath)
	for _, what := range []struct {
		method, path string
		serve        func(*Issuer, http.ResponseWriter, *http.Request)
	}{
		{http.MethodGet, discoveryPath, (*Issuer).serveDiscovery}, {http.MethodGet, keysPath, (*Issuer).serveKeys}, {http.MethodPost, tokenPath, w.serveToken},
	} {
		host, ok := strings.CutSuffix(path, what.path)
		if u, err := url.Parse("https://" + host); !ok || r.Method != what.method || err != nil || u.Host == "" || u.RawQuery != "" {
			continue
		}
		what.serve(w.AddIssuer("https://"+host), rw, r)
		return
	}
	http.Error(rw, "no such path: "+r.Method+" "+r.URL.Path, http.StatusNotFound)
}

func (i *Issuer) serveDiscovery(rw http.ResponseWriter, r *http.Request) {
	writeJSON(rw, map[string]any{
		"issuer": i.URL, "jwks_uri": "http://" + r.Host + issuersPath + i.host() + keysPath,
		"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": signatures(), "scopes_supported": []string{"openid"},
		"claims_supported": []string{"iss", "sub", "aud", "exp", "iat", "nbf", "jti"},
	})
}

func (i *Issuer) serveKeys(rw http.ResponseWriter, _ *http.Request) {
	keys, err := i.publicKeys()
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(rw, keys)
}

// serveToken answers with a token. Its claims are those of the body, a JSON object, and
// where the body has none of a name, the usual ones; a claim that is null is left out.
func (w *World) serveToken(i *Issuer, rw http.ResponseWriter, r *http.Request) {
	alg := jose.RS256
	if asked := r.URL.Query().Get("alg"); asked != "" {
		alg = jose.SignatureAlgorithm(asked)
	}
	if !slices.Contains(signatures(), alg) {
		http.Error(rw, "alg is RS256 or ES256", http.StatusBadRequest)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	var asked map[string]json.RawMessage
	if err := strictjson.Decode(text, &asked); err != nil || asked == nil {
		http.Error(rw, "the body must be a JSON object of claims, such as sub and aud", http.StatusBadRequest)
		return
	}
	now := w.Clock.Now()
	claims := map[string]any{"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(tokenLife).Unix(), "jti": uuid.NewString()}
	for name, value := range asked {
		claims[name] = value
		if string(value) == "null" {
			delete(claims, name)
		}
	}
	token, err := i.token(alg, claims)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/jwt")
	_, _ = io.WriteString(rw, token)
}
