package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi"
)

// answer is what the tiny AWS says to one action.
type answer func(w http.ResponseWriter, r *http.Request, form url.Values)

// tinyAWS is a server that answers by action: the query protocol's Action, the
// JSON protocols' target, or "METHOD path".
type tinyAWS struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]answer
	calls   []call
}

type call struct {
	action string
	form   url.Values
	header http.Header
	host   string
}

func newTinyAWS(t *testing.T) *tinyAWS {
	t.Helper()
	s := &tinyAWS{answers: map[string]answer{"GetCallerIdentity": identity("arn:aws:iam::111122223333:user/ada")}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *tinyAWS) serve(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	action := r.Form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		action = target[strings.LastIndex(target, ".")+1:]
	}
	if action == "" {
		action = r.Method + " " + r.URL.Path
	}
	s.mu.Lock()
	s.calls = append(s.calls, call{action, r.Form, r.Header.Clone(), r.Host})
	reply := s.answers[action]
	s.mu.Unlock()
	if reply == nil {
		http.Error(w, "no answer for "+action, http.StatusNotImplemented)
		return
	}
	reply(w, r, r.Form)
}

// on sets the answer to an action.
func (s *tinyAWS) on(action string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[action] = a
}

// made lists the calls of an action.
func (s *tinyAWS) made(action string) []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []call
	for _, c := range s.calls {
		if c.action == action {
			out = append(out, c)
		}
	}
	return out
}

// signer is the access key that a call was signed with.
func (c call) signer() string {
	_, after, _ := strings.Cut(c.header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(after, "/")
	return key
}

func identity(arn string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		account := strings.Split(arn, ":")[4]
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><UserId>AIDA</UserId>`+
			`<Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, arn, account)
	}
}

// assumed answers AssumeRole with credentials named after the role, which end
// after life.
func assumed(life time.Duration) answer {
	return func(w http.ResponseWriter, _ *http.Request, form url.Values) {
		arn := form.Get("RoleArn")
		name := arn[strings.LastIndex(arn, "/")+1:]
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%s</AccessKeyId>`+
			`<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>%s</Expiration></Credentials>`+
			`<AssumedRoleUser><Arn>%s/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>`+
			`</AssumeRoleResult></AssumeRoleResponse>`,
			strings.ToUpper(name), time.Now().Add(life).UTC().Format(time.RFC3339Nano), arn)
	}
}

// queryError answers with an error of the query protocol.
func queryError(status int, code, message string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>`+
			`<RequestId>req-1</RequestId></ErrorResponse>`, code, message)
	}
}

// clean takes everything of the machine's own AWS set-up out of the test's
// sight.
func clean(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION",
		"AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "AWS_ROLE_ARN",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CREDENTIAL_EXPIRATION", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	} {
		t.Setenv(name, "") // so that it is restored
		os.Unsetenv(name)
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("AWS_CONFIG_FILE", home+"/config")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", home+"/credentials")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// quick is a backoff that tests can wait for.
func quick() awsapi.Option {
	return awsapi.WithBackoff(awsapi.Backoff{Attempts: 4, Transient: 3, Base: time.Millisecond, Cap: 4 * time.Millisecond})
}

// keys are settings with literal keys towards a server.
func keys(s *tinyAWS) awsapi.Settings {
	return awsapi.Settings{
		AccessKeyID: awsapi.NewSecret("AKIAEXAMPLE"), SecretAccessKey: awsapi.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: s.URL,
	}
}

func poolOf(s awsapi.Settings, opts ...awsapi.Option) *awsapi.Pool {
	return awsapi.NewPool(map[string]awsapi.Settings{"main": s}, append([]awsapi.Option{quick()}, opts...)...)
}

// retrieve gets a connection's credentials.
func retrieve(t *testing.T, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	t.Helper()
	return retrieveIn(t.Context(), settings, opts...)
}

// retrieveIn is retrieve in a context.
func retrieveIn(ctx context.Context, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	s, err := poolOf(settings, opts...).Session(ctx, awsapi.Target{})
	if err != nil {
		return aws.Credentials{}, err
	}
	creds, err := s.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return creds, awsapi.Fault(err)
	}
	return creds, nil
}
