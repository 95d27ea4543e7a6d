package credentials_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// profiles writes ~/.aws/config.
func profiles(t *testing.T, text string) { t.Helper(); write(t, "config", text) }

// signedWith asks who we are through a session and gives the access key that
// the last such call was signed with.
func signedWith(t *testing.T, server *awsapitest.Server, settings awsapi.Settings) string {
	t.Helper()
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := awsapi.Client(s, sts.NewFromConfig).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	calls := server.Made("GetCallerIdentity")
	return calls[len(calls)-1].Signer()
}

// jsonCredentials is what metadata servers and credential processes give.
func jsonCredentials(key string) string {
	return fmt.Sprintf(`{"Version": 1, "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": %q, "SecretAccessKey": "s", "Token": "t",
		"SessionToken": "t", "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": %q}`, key, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

// onInstance makes the server an EC2 metadata service that insists on IMDSv2.
func onInstance(t *testing.T, server *awsapitest.Server) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.URL)
	guarded := func(body string) awsapitest.Reply {
		return func(w http.ResponseWriter, r *http.Request, _ url.Values) {
			if r.Header.Get("X-Aws-Ec2-Metadata-Token") != "imds-token" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, body)
		}
	}
	server.On("PUT /latest/api/token", func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
		fmt.Fprint(w, "imds-token")
	})
	server.On("GET /latest/meta-data/iam/security-credentials/", guarded("Role"))
	server.On("GET /latest/meta-data/iam/security-credentials/Role", guarded(jsonCredentials("ASIAINSTANCE")))
}

func inContainer(t *testing.T, server *awsapitest.Server) {
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.URL+"/v1/credentials")
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", write(t, "eks-token", "pod-token"))
	server.On("GET /v1/credentials", func(w http.ResponseWriter, r *http.Request, _ url.Values) {
		if r.Header.Get("Authorization") != "pod-token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, jsonCredentials("ASIACONTAINER"))
	})
}

func withWebIdentity(t *testing.T, server *awsapitest.Server) {
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", write(t, "oidc-token", "jwt"))
	t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web")
	server.On("AssumeRoleWithWebIdentity", func(w http.ResponseWriter, _ *http.Request, form url.Values) {
		if form.Get("WebIdentityToken") != "jwt" {
			awsapitest.QueryError(400, "InvalidIdentityToken", "no")(w, nil, nil)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>`+
			`<AccessKeyId>ASIAWEB</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`+
			`<Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
}

// withSSO signs a profile in: the token file that `aws sso login` leaves, and
// the portal that takes it.
func withSSO(t *testing.T, server *awsapitest.Server) {
	sum := sha1.Sum([]byte("corp"))
	write(t, ".aws/sso/cache/"+hex.EncodeToString(sum[:])+".json", fmt.Sprintf(
		`{"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "sso-token", "expiresAt": %q}`,
		time.Now().Add(time.Hour).UTC().Format(time.RFC3339)))
	profiles(t, "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\n"+
		"[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n")
	server.On("GET /federation/credentials", func(w http.ResponseWriter, r *http.Request, _ url.Values) {
		if r.Header.Get("X-Amz-Sso_bearer_token") != "sso-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": %d}}`,
			time.Now().Add(time.Hour).UnixMilli())
	})
}

// TestEverySourceSignsCalls is the list of sources, each over the wire.
func TestEverySourceSignsCalls(t *testing.T) {
	tests := map[string]struct {
		prepare  func(t *testing.T, server *awsapitest.Server)
		settings awsapi.Settings
		want     string
	}{
		"environment": {func(t *testing.T, _ *awsapitest.Server) {
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
		}, awsapi.Settings{}, "AKIAENV"},
		"Lambda's environment": {func(t *testing.T, _ *awsapitest.Server) {
			t.Setenv("AWS_ACCESS_KEY_ID", "ASIALAMBDA")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
			t.Setenv("AWS_SESSION_TOKEN", "t")
			t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
		}, awsapi.Settings{}, "ASIALAMBDA"},
		"instance":              {onInstance, awsapi.Settings{}, "ASIAINSTANCE"},
		"instance, pinned":      {onInstance, awsapi.Settings{Source: settings.Instance}, "ASIAINSTANCE"},
		"container":             {inContainer, awsapi.Settings{}, "ASIACONTAINER"},
		"container, pinned":     {inContainer, awsapi.Settings{Source: settings.Container}, "ASIACONTAINER"},
		"web identity":          {withWebIdentity, awsapi.Settings{}, "ASIAWEB"},
		"web identity, pinned":  {withWebIdentity, awsapi.Settings{Source: settings.WebIdentity}, "ASIAWEB"},
		"SSO session":           {withSSO, awsapi.Settings{Profile: "sso"}, "ASIASSO"},
		"SSO, under a role":     {withSSO, awsapi.Settings{Profile: "sso", Role: settings.Role{RoleARN: "arn:aws:iam::444455556666:role/top"}}, "ASIATOP"},
		"instance, under roles": {onInstance, awsapi.Settings{Roles: []settings.Role{{RoleARN: "arn:aws:iam::111122223333:role/one"}, {RoleARN: "arn:aws:iam::444455556666:role/two"}}}, "ASIATWO"},
		"profile with keys": {func(t *testing.T, _ *awsapitest.Server) {
			profiles(t, "[profile keys]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n")
		}, awsapi.Settings{Profile: "keys"}, "AKIAPROFILE"},
		"AWS_PROFILE": {func(t *testing.T, _ *awsapitest.Server) {
			profiles(t, "[profile keys]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n")
			t.Setenv("AWS_PROFILE", "keys")
		}, awsapi.Settings{}, "AKIAPROFILE"},
		"profile with a role chain": {func(t *testing.T, _ *awsapitest.Server) {
			profiles(t, "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n"+
				"[profile mid]\nsource_profile = base\nrole_arn = arn:aws:iam::111122223333:role/mid\n"+
				"[profile end]\nsource_profile = mid\nrole_arn = arn:aws:iam::444455556666:role/end\nexternal_id = x\n")
		}, awsapi.Settings{Profile: "end"}, "ASIAEND"},
		"profile with credential_process": {func(t *testing.T, _ *awsapitest.Server) {
			script := write(t, "process.sh", "#!/bin/sh\ncat <<'END'\n"+jsonCredentials("ASIAPROCESS")+"\nEND\n")
			profiles(t, "[profile proc]\ncredential_process = /bin/sh "+script+"\n")
		}, awsapi.Settings{Profile: "proc"}, "ASIAPROCESS"},
		"profile with credential_source": {func(t *testing.T, server *awsapitest.Server) {
			inContainer(t, server)
			profiles(t, "[profile c]\ncredential_source = EcsContainer\nrole_arn = arn:aws:iam::111122223333:role/fromc\n")
		}, awsapi.Settings{Profile: "c"}, "ASIAFROMC"},
		"keys as references": {func(t *testing.T, _ *awsapitest.Server) {
			t.Setenv("MY_KEY", "AKIAREF")
			write(t, "secret", "s\n")
		}, awsapi.Settings{AccessKeyID: settings.NewSecret("env:MY_KEY"), SecretAccessKey: settings.NewSecret("exec:echo s")}, "AKIAREF"},
		"keys from Secrets Manager": {func(t *testing.T, server *awsapitest.Server) {
			onInstance(t, server)
			server.On("GetSecretValue", awsapitest.Text(`{"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:k", "SecretString": "{\"id\": \"AKIASM\", \"key\": \"s\"}"}`))
		}, awsapi.Settings{
			AccessKeyID:     settings.NewSecret("awssecret:arn:aws:secretsmanager:eu-west-1:111122223333:secret:k#id"),
			SecretAccessKey: settings.NewSecret("awssecret:arn:aws:secretsmanager:eu-west-1:111122223333:secret:k#key"),
		}, "AKIASM"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			server.On("AssumeRole", awsapitest.Assumed(time.Hour))
			tt.prepare(t, server)
			tt.settings.Endpoint, tt.settings.Region = server.URL, "us-east-1"
			if got := signedWith(t, server, tt.settings); got != tt.want {
				t.Errorf("signed with %s, want %s", got, tt.want)
			}
		})
	}
}

// TestEnvironmentEndpointReachesEveryPath lets only AWS_ENDPOINT_URL name the
// server: role chains, SSO and web identity must all go there.
func TestEnvironmentEndpointReachesEveryPath(t *testing.T) {
	tests := map[string]struct {
		prepare  func(t *testing.T, server *awsapitest.Server)
		settings awsapi.Settings
		want     string
	}{
		"our role chain": {onInstance, awsapi.Settings{Role: settings.Role{RoleARN: "arn:aws:iam::111122223333:role/one"}}, "ASIAONE"},
		"SSO":            {withSSO, awsapi.Settings{Profile: "sso"}, "ASIASSO"},
		"web identity":   {withWebIdentity, awsapi.Settings{}, "ASIAWEB"},
		"a profile's role": {func(t *testing.T, _ *awsapitest.Server) {
			profiles(t, "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n"+
				"[profile end]\nsource_profile = base\nrole_arn = arn:aws:iam::444455556666:role/end\n")
		}, awsapi.Settings{Profile: "end"}, "ASIAEND"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			server.On("AssumeRole", awsapitest.Assumed(time.Hour))
			tt.prepare(t, server)
			t.Setenv("AWS_ENDPOINT_URL", server.URL)
			tt.settings.Region = "us-east-1"
			if got := signedWith(t, server, tt.settings); got != tt.want {
				t.Errorf("signed with %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEnvironmentWinsUnlessTheSourceIsPinned(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
	free, pinned := awsapitest.Keys(server), awsapitest.Keys(server)
	pinned.Source = settings.Keys
	pool := awsapi.NewPool(map[string]awsapi.Settings{"free": free, "pinned": pinned}, awsapitest.Quick())
	for name, want := range map[string]struct{ key, region string }{
		"free": {"AKIAENV", "eu-west-1"}, "pinned": {"AKIAEXAMPLE", "us-east-1"},
	} {
		s, err := pool.Session(t.Context(), awsapi.Target{Connection: name})
		if err != nil {
			t.Fatal(err)
		}
		creds, err := s.Config().Credentials.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if creds.AccessKeyID != want.key || s.Region != want.region {
			t.Errorf("%s: %s in %s, want %+v", name, creds.AccessKeyID, s.Region, want)
		}
	}
	if info, err := pool.Describe("free"); err != nil || len(info.Overrides) != 2 || info.Source != settings.Environment {
		t.Errorf("%+v, %v", info, err)
	}
	if info, err := pool.Describe("pinned"); err != nil || len(info.Overrides) != 0 || info.Region != "us-east-1" {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestRoleOptionsReachSTS(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	conn := awsapitest.Keys(server)
	conn.Role = settings.Role{
		RoleARN: "arn:aws:iam::111122223333:role/one", ExternalID: "ext", SessionName: "ops", SourceIdentity: "ada",
		Duration: settings.Duration(30 * time.Minute), SessionTags: map[string]string{"b": "2", "a": "1"}, TransitiveTags: []string{"a"},
		Policy: `{"Version":"2012-10-17","Statement":[]}`,
	}
	signedWith(t, server, conn)
	form := server.Made("AssumeRole")[0].Form
	for field, want := range map[string]string{
		"ExternalId": "ext", "RoleSessionName": "ops", "SourceIdentity": "ada", "DurationSeconds": "1800",
		"Tags.member.1.Key": "a", "Tags.member.2.Value": "2", "TransitiveTagKeys.member.1": "a", "Policy": `{"Version":"2012-10-17","Statement":[]}`,
	} {
		if got := form.Get(field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
}

func TestNoCredentialsListsWhatWasTried(t *testing.T) {
	tests := map[string]struct {
		prepare  func(t *testing.T)
		settings awsapi.Settings
		kind     fault.Kind
		cause    []string
	}{
		"ambient": {func(*testing.T) {}, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_ACCESS_KEY_ID is not set", "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
			"profile default: it is not in the shared AWS files", "container: neither", "EC2 instance: AWS_EC2_METADATA_DISABLED is set",
		}},
		"half of the environment": {func(t *testing.T) { t.Setenv("AWS_ACCESS_KEY_ID", "AKIA") }, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_SECRET_ACCESS_KEY is not set",
		}},
		"a missing profile": {func(*testing.T) {}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"it is in none of"}},
		"an empty profile": {func(t *testing.T) { profiles(t, "[profile p]\nregion = us-east-1\n") }, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{
			"profile p: it holds no credentials",
		}},
		"a process that fails": {func(t *testing.T) {
			profiles(t, "[profile p]\ncredential_process = /bin/false\n")
		}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"exit status 1"}},
		"nobody signed in": {func(t *testing.T) {
			profiles(t, "[profile p]\nsso_session = c\nsso_account_id = 111122223333\nsso_role_name = Ops\n"+
				"[sso-session c]\nsso_region = us-east-1\nsso_start_url = https://c.awsapps.com/start\n")
		}, awsapi.Settings{Profile: "p"}, fault.ExpiredCredentials, nil},
		"a missing reference": {func(*testing.T) {}, awsapi.Settings{
			AccessKeyID: settings.NewSecret("env:HAWSER_ABSENT"), SecretAccessKey: settings.NewSecret("x"),
		}, fault.NoCredentials, nil},
		"no container": {func(*testing.T) {}, awsapi.Settings{Source: settings.Container}, fault.NoCredentials, []string{"container: neither"}},
		"no token":     {func(*testing.T) {}, awsapi.Settings{Source: settings.WebIdentity}, fault.NoCredentials, []string{"web identity: AWS_WEB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			tt.prepare(t)
			tt.settings.Region = "us-east-1"
			_, err := awsapitest.Retrieve(t, tt.settings)
			got := fault.From(err)
			if got == nil || got.Kind != tt.kind || got.Fix == "" {
				t.Fatalf("got %+v", got)
			}
			for _, part := range tt.cause {
				if !strings.Contains(got.Cause, part) {
					t.Errorf("cause %q does not say %q", got.Cause, part)
				}
			}
		})
	}
}

// write puts a file into the test's home and gives its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(os.Getenv("HOME"), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
