package sso_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/acme"
	simtrail "github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/simtest"
	simsso "github.com/hawser/hawser/internal/awssim/sso"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// open is what a person's browser does; redirects are not followed.
func open(t *testing.T, page string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}

// person is a World where ada may sign in and has one role.
func person(t *testing.T) (*simtest.Sim, *ssooidc.Client) {
	t.Helper()
	sim := simtest.Start(t)
	role, err := sim.Account.AddRole("Admin", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	simsso.AddDirectory(sim.World, func(user string) *simsso.Session {
		if user != "ada" {
			return nil
		}
		s := simsso.NewPerson(sim.World, user)
		s.Grant("Admin", role)
		return s
	})
	return sim, ssooidc.New(ssooidc.Options{Region: "us-east-1", BaseEndpoint: &sim.URL})
}

// TestDeviceFlow signs in as `aws sso login` does with --use-device-code, and lets the
// SDK's provider use and renew what is in the cache.
func TestDeviceFlow(t *testing.T) {
	sim, oidc := person(t)
	client, err := oidc.RegisterClient(t.Context(), &ssooidc.RegisterClientInput{
		ClientName: aws.String("test"), ClientType: aws.String("public"), Scopes: []string{"sso:account:access"}, GrantTypes: []string{deviceGrant, "refresh_token"},
	})
	if err != nil {
		t.Fatal(err)
	}
	begin := func() (*ssooidc.StartDeviceAuthorizationOutput, *ssooidc.CreateTokenInput) {
		d, err := oidc.StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{
			ClientId: client.ClientId, ClientSecret: client.ClientSecret, StartUrl: aws.String("https://acme.awsapps.com/start"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return d, &ssooidc.CreateTokenInput{ClientId: client.ClientId, ClientSecret: client.ClientSecret, GrantType: aws.String(deviceGrant), DeviceCode: d.DeviceCode}
	}
	d, in := begin()
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "AuthorizationPendingException", "")
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "SlowDownException", "")
	sim.Clock.Advance(time.Second)
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "AuthorizationPendingException", "")
	if resp := open(t, *d.VerificationUriComplete+"&user=eve"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("eve may approve: %s", resp.Status)
	}
	if resp := open(t, *d.VerificationUriComplete+"&user=ada"); resp.StatusCode != http.StatusOK {
		t.Fatalf("ada may not approve: %s", resp.Status)
	}
	in.Scope = []string{"sso:account:access", "codewhisperer:completions"}
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "InvalidScopeException", "")
	in.Scope = in.Scope[:1]
	token, err := oidc.CreateToken(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "InvalidGrantException", "")

	denied, in := begin()
	open(t, *denied.VerificationUriComplete+"&user=ada&deny=1")
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "AccessDeniedException", "")
	_, in = begin()
	sim.Clock.Advance(11 * time.Minute)
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "ExpiredTokenException", "")

	useCache(t, sim, oidc, client, token)
}

// useCache writes the cache file that the CLI leaves, its token at the end of its
// life, and gets a role's credentials by it; then it signs out.
func useCache(t *testing.T, sim *simtest.Sim, oidc *ssooidc.Client, client *ssooidc.RegisterClientOutput, token *ssooidc.CreateTokenOutput) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cache.json")
	text, err := json.Marshal(map[string]any{
		"startUrl": "https://acme.awsapps.com/start", "region": "us-east-1", "accessToken": token.AccessToken, "refreshToken": token.RefreshToken,
		"expiresAt": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), "clientId": client.ClientId, "clientSecret": client.ClientSecret,
		"registrationExpiresAt": time.Unix(client.ClientSecretExpiresAt, 0).UTC().Format(time.RFC3339),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	portal := sso.New(sso.Options{Region: "us-east-1", BaseEndpoint: &sim.URL})
	tokens := ssocreds.NewSSOTokenProvider(oidc, file)
	cfg := sim.Config()
	cfg.Credentials = ssocreds.New(portal, sim.Account.ID, "Admin", "", func(o *ssocreds.Options) { o.SSOTokenProvider, o.CachedTokenFilepath = tokens, file })
	me, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	if err != nil || *me.Arn != "arn:aws:sts::"+simtest.Account+":assumed-role/Admin/ada" {
		t.Fatalf("I am %v, %v", me, err)
	}
	now, err := tokens.RetrieveBearerToken(t.Context())
	if err != nil || now.Value == *token.AccessToken {
		t.Fatalf("not renewed: %v", err)
	}
	if _, err := portal.Logout(t.Context(), &sso.LogoutInput{AccessToken: &now.Value}); err != nil {
		t.Fatal(err)
	}
	_, err = portal.ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: &now.Value})
	simtest.WantCode(t, err, "UnauthorizedException", "")
}

// TestCodeFlow signs in by an authorization code with PKCE.
func TestCodeFlow(t *testing.T) {
	sim, oidc := person(t)
	client, err := oidc.RegisterClient(t.Context(), &ssooidc.RegisterClientInput{
		ClientName: aws.String("test"), ClientType: aws.String("public"), Scopes: []string{"sso:account:access"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, RedirectUris: []string{"http://127.0.0.1/oauth/callback"},
	})
	if err != nil {
		t.Fatal(err)
	}
	verifier := "a-verifier-of-at-least-43-letters-0123456789-abc"
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {*client.ClientId}, "redirect_uri": {"http://127.0.0.1:51234/oauth/callback"}, "state": {"s1"},
		"code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "scopes": {"sso:account:access"},
	}
	ask := func() string {
		resp := open(t, sim.URL+"/authorize?"+query.Encode())
		back, err := resp.Location()
		if err != nil || back.Host != "127.0.0.1:51234" || back.Query().Get("state") != "s1" {
			t.Fatalf("%s to %v, %v", resp.Status, back, err)
		}
		return back.Query().Get("code")
	}
	if resp := open(t, sim.URL+"/authorize?"+query.Encode()); resp.StatusCode != http.StatusOK {
		t.Errorf("nobody is signed in: %s", resp.Status)
	}
	simsso.SetBrowser(sim.World, "ada")
	in := &ssooidc.CreateTokenInput{
		ClientId: client.ClientId, ClientSecret: client.ClientSecret, GrantType: aws.String("authorization_code"),
		Code: aws.String(ask()), RedirectUri: aws.String("http://127.0.0.1:51234/oauth/callback"), CodeVerifier: aws.String("another"),
	}
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "InvalidGrantException", "")
	in.Code, in.CodeVerifier = aws.String(ask()), &verifier
	token, err := oidc.CreateToken(t.Context(), in)
	if err != nil || token.RefreshToken == nil {
		t.Fatalf("%+v, %v", token, err)
	}
	_, err = oidc.CreateToken(t.Context(), in)
	simtest.WantCode(t, err, "InvalidGrantException", "")
	query.Set("redirect_uri", "https://evil.example.com/oauth/callback")
	if resp := open(t, sim.URL+"/authorize?"+query.Encode()); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("sent elsewhere: %s", resp.Status)
	}
	_, err = oidc.StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{
		ClientId: client.ClientId, ClientSecret: aws.String("wrong"), StartUrl: aws.String("https://acme.awsapps.com/start"),
	})
	simtest.WantCode(t, err, "InvalidClientException", "")
	_, err = oidc.RegisterClient(t.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("confidential")})
	simtest.WantCode(t, err, "InvalidClientMetadataException", "")
}

// TestPersonIsRecorded wants calls with a token to stand in the event history of the
// account that has Identity Center.
func TestPersonIsRecorded(t *testing.T) {
	sim := simtest.Start(t)
	simtrail.SetDelay(sim.World, 0)
	company, err := acme.Build(sim.World)
	if err != nil {
		t.Fatal(err)
	}
	u, err := company.Center.AddUser("ada", "Ada", "L", "ada@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	token := company.Center.SignIn(u, time.Hour).AccessToken
	if _, err := sso.New(sso.Options{Region: "us-east-1", BaseEndpoint: &sim.URL}).ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: &token}); err != nil {
		t.Fatal(err)
	}
	out, err := cloudtrail.NewFromConfig(sim.ConfigFor(company.Operator)).LookupEvents(t.Context(), nil)
	if err != nil || len(out.Events) == 0 || *out.Events[0].EventName != "ListAccounts" {
		t.Fatalf("%+v, %v", out, err)
	}
	var text struct {
		UserIdentity struct {
			Type       string
			OnBehalfOf struct{ UserID string }
		}
		RequestParameters struct{ AccessToken string }
	}
	if err := json.Unmarshal([]byte(*out.Events[0].CloudTrailEvent), &text); err != nil {
		t.Fatal(err)
	}
	if text.UserIdentity.Type != "IdentityCenterUser" || text.UserIdentity.OnBehalfOf.UserID != u.ID || text.RequestParameters.AccessToken != "HIDDEN_DUE_TO_SECURITY_REASONS" {
		t.Errorf("event %+v", text)
	}
}
