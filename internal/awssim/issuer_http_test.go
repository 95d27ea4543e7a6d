package awssim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// request sends a request to a path of the simulator, and returns status and body.
func request(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestIssuerOverHTTP gets tokens as those do who have no Go, and assumes a role by them.
func TestIssuerOverHTTP(t *testing.T) {
	sim := simtest.Start(t)
	const host = "oidc.eks.us-east-1.amazonaws.com/id/ABC"
	provider, err := iam.NewFromConfig(sim.Config()).CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://" + host), ClientIDList: []string{"sts.amazonaws.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	role := mustRole(t, sim.Account, "irsa", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
		"Principal":{"Federated":"`+*provider.OpenIDConnectProviderArn+`"},"Condition":{"StringEquals":{"`+host+`:sub":"system:serviceaccount:default:app"}}}]}`)
	base := sim.URL + "/_sim/oidc/" + host
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	for _, tt := range []struct{ query, alg, subject, code string }{
		{"", "RS256", "system:serviceaccount:default:app", ""},
		{"?alg=RS256", "RS256", "system:serviceaccount:default:app", ""},
		{"?alg=ES256", "ES256", "system:serviceaccount:default:app", ""},
		{"", "RS256", "system:serviceaccount:default:eve", "AccessDenied"},
	} {
		t.Run(tt.query+tt.subject, func(t *testing.T) {
			status, token := request(t, http.MethodPost, base+"/token"+tt.query, `{"sub":"`+tt.subject+`","aud":"sts.amazonaws.com","big":9007199254740993}`)
			if status != http.StatusOK {
				t.Fatal(status, token)
			}
			claims := verified(t, base, token, tt.alg)
			if claims["iss"] != "https://"+host || claims["sub"] != tt.subject || claims["big"] != json.Number("9007199254740993") {
				t.Errorf("claims %v", claims)
			}
			_, err := sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role.ARN, RoleSessionName: aws.String("pod"), WebIdentityToken: &token})
			switch {
			case tt.code != "":
				simtest.WantCode(t, err, tt.code, "")
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// verified finds the issuer's keys by its discovery document, and returns the claims of a
// token that they verify.
func verified(t *testing.T, base, token, alg string) map[string]any {
	t.Helper()
	var discovery struct {
		Keys string   `json:"jwks_uri"`
		Algs []string `json:"id_token_signing_alg_values_supported"`
	}
	var keys jose.JSONWebKeySet
	_, text := request(t, http.MethodGet, base+"/.well-known/openid-configuration", "")
	if err := json.Unmarshal([]byte(text), &discovery); err != nil || len(discovery.Algs) != 2 {
		t.Fatal(text, err)
	}
	_, text = request(t, http.MethodGet, discovery.Keys, "")
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(text, err)
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		t.Fatal(err)
	}
	found := keys.Key(parsed.Headers[0].KeyID)
	if len(found) != 1 || !found[0].IsPublic() || found[0].Algorithm != alg {
		t.Fatalf("the keys of %q are %v", parsed.Headers[0].KeyID, found)
	}
	var plain json.RawMessage
	var times jwt.Claims
	if err := parsed.Claims(found[0], &plain, &times); err != nil {
		t.Fatal(err)
	}
	if err := times.Validate(jwt.Expected{Time: time.Now()}); err != nil || times.ID == "" {
		t.Errorf("%+v: %v", times, err)
	}
	claims, decoder := map[string]any{}, json.NewDecoder(strings.NewReader(string(plain)))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestTokensOfOthersAreRefused has tokens that no issuer signed as they are.
func TestTokensOfOthersAreRefused(t *testing.T) {
	sim := simtest.Start(t)
	provider := sim.Account.AddOIDCProvider(sim.AddIssuer("https://tokens.example.com"), "sts.amazonaws.com")
	role := mustRole(t, sim.Account, "r", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"`+provider+`"}}]}`)
	const claims = `"sub":"app","aud":"sts.amazonaws.com"`
	base := sim.URL + "/_sim/oidc/"
	_, good := request(t, http.MethodPost, base+"tokens.example.com/token", `{`+claims+`}`)
	_, foreign := request(t, http.MethodPost, base+"other.example.com/token", `{`+claims+`,"iss":"https://tokens.example.com"}`)
	_, endless := request(t, http.MethodPost, base+"tokens.example.com/token", `{`+claims+`,"exp":null}`)
	parts := strings.Split(good, ".")
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	for name, tt := range map[string]struct{ token, text string }{
		"signed by another issuer": {foreign, "verification key"},
		"without an end":           {endless, "Missing a required claim: exp"},
		"not signed":               {"eyJhbGciOiJub25lIn0." + parts[1] + ".", "not a valid JWT"},
		"signed by a shared key":   {"eyJhbGciOiJIUzI1NiJ9." + parts[1] + "." + parts[2], "not a valid JWT"},
		"of another algorithm":     {"eyJhbGciOiJFUzI1NiJ9." + parts[1] + "." + parts[2], "verification key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role.ARN, RoleSessionName: aws.String("pod"), WebIdentityToken: &tt.token})
			simtest.WantCode(t, err, "InvalidIdentityToken", tt.text)
		})
	}
}

func TestIssuerRefusals(t *testing.T) {
	sim := simtest.Start(t)
	base := sim.URL + "/_sim/oidc/"
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
	}{
		"another algorithm": {"POST", "tokens.example.com/token?alg=HS256", `{}`, 400},
		"no claims":         {"POST", "tokens.example.com/token", "", 400},
		"a list of claims":  {"POST", "tokens.example.com/token", `["sub"]`, 400},
		"claims twice":      {"POST", "tokens.example.com/token", `{"sub":"a","sub":"b"}`, 400},
		"null":              {"POST", "tokens.example.com/token", `null`, 400},
		"a token by GET":    {"GET", "tokens.example.com/token", "", 404},
		"no issuer":         {"POST", "token", `{}`, 404},
		"another path":      {"GET", "tokens.example.com/keys", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			if status, text := request(t, tt.method, base+tt.path, tt.body); status != tt.status {
				t.Errorf("status %d, want %d: %s", status, tt.status, text)
			}
		})
	}
}
