package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

// reply is what the tiny AWS says to one action.
type reply func(w http.ResponseWriter, r *http.Request, form url.Values)

// tinyAWS is a server that answers by action: the query protocol's Action, the
// JSON protocols' target, or "METHOD path".
type tinyAWS struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]reply
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
	s := &tinyAWS{answers: map[string]reply{"GetCallerIdentity": identity("arn:aws:iam::111122223333:user/ada")}}
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
	answered := s.answers[action]
	s.mu.Unlock()
	if answered == nil {
		http.Error(w, "no answer for "+action, http.StatusNotImplemented)
		return
	}
	answered(w, r, r.Form)
}

// on sets the answer to an action.
func (s *tinyAWS) on(action string, a reply) {
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

func identity(arn string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		account := strings.Split(arn, ":")[4]
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><UserId>AIDA</UserId>`+
			`<Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, arn, account)
	}
}

// assumed answers AssumeRole with credentials named after the role, which end
// after life.
func assumed(life time.Duration) reply {
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
func queryError(status int, code, message string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>`+
			`<RequestId>req-1</RequestId></ErrorResponse>`, code, message)
	}
}

// keys are settings with literal keys towards a server.
func keys(s *tinyAWS) awsapi.Settings {
	return awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIAEXAMPLE"), SecretAccessKey: settings.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: s.URL,
	}
}

// retrieve gets a connection's credentials.
func retrieve(t *testing.T, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	t.Helper()
	return retrieveIn(t.Context(), settings, opts...)
}

// retrieveIn is retrieve in a context.
func retrieveIn(ctx context.Context, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	s, err := awsapitest.PoolOf(settings, opts...).Session(ctx, awsapi.Target{})
	if err != nil {
		return aws.Credentials{}, err
	}
	creds, err := s.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return creds, awserr.Fault(err)
	}
	return creds, nil
}
