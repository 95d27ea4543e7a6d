package awsapitest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

// Reply is what a server answers to one action.
type Reply func(w http.ResponseWriter, r *http.Request, form url.Values)

// Server is a server that answers by action: the query protocol's Action, the
// JSON protocols' target, or "METHOD path".
type Server struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]Reply
	calls   []Call
}

// Call is a call that a server got.
type Call struct {
	Action string
	Form   url.Values
	Header http.Header
	Host   string
}

// NewServer starts a server that knows who calls, for as long as the test runs.
func NewServer(t *testing.T) *Server {
	t.Helper()
	s := &Server{answers: map[string]Reply{"GetCallerIdentity": Identity("arn:aws:iam::111122223333:user/ada")}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.Serve))
	t.Cleanup(s.Close)
	return s
}

// Serve answers a request.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_ = r.ParseForm()
	action := r.Form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		action = target[strings.LastIndex(target, ".")+1:]
	}
	if action == "" {
		action = r.Method + " " + r.URL.Path
	}
	s.mu.Lock()
	s.calls = append(s.calls, Call{action, r.Form, r.Header.Clone(), r.Host})
	answered := s.answers[action]
	s.mu.Unlock()
	if answered == nil {
		http.Error(w, "no answer for "+action, http.StatusNotImplemented)
		return
	}
	answered(w, r, r.Form)
}

// On sets the answer to an action.
func (s *Server) On(action string, a Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[action] = a
}

// Made lists the calls of an action.
func (s *Server) Made(action string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if c.Action == action {
			out = append(out, c)
		}
	}
	return out
}

// Signer returns the access key that a call was signed with.
func (c Call) Signer() string {
	_, after, _ := strings.Cut(c.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(after, "/")
	return key
}

// Identity answers GetCallerIdentity.
func Identity(arn string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		account := strings.Split(arn, ":")[4]
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><UserId>AIDA</UserId>`+
			`<Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, arn, account)
	}
}

// Assumed answers AssumeRole with credentials named after the role, which end
// after life.
func Assumed(life time.Duration) Reply {
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

// QueryError answers with an error of the query protocol.
func QueryError(status int, code, message string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>`+
			`<RequestId>req-1</RequestId></ErrorResponse>`, code, message)
	}
}

// Keys are settings with literal keys towards a server.
func Keys(s *Server) awsapi.Settings {
	return awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIAEXAMPLE"), SecretAccessKey: settings.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: s.URL,
	}
}

// Retrieve gets a connection's credentials.
func Retrieve(t *testing.T, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	t.Helper()
	return RetrieveIn(t.Context(), settings, opts...)
}

// RetrieveIn is Retrieve in a context.
func RetrieveIn(ctx context.Context, settings awsapi.Settings, opts ...awsapi.Option) (aws.Credentials, error) {
	s, err := PoolOf(settings, opts...).Session(ctx, awsapi.Target{})
	if err != nil {
		return aws.Credentials{}, err
	}
	creds, err := s.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return creds, awserr.Fault(err)
	}
	return creds, nil
}

// Page answers every request alike.
func Page(t *testing.T, status int, contentType, body string) (server *httptest.Server, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server, asked
}
