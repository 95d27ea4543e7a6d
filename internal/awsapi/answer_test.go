package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
)

// clients makes a client of every service that is called.
func clients(cfg aws.Config) map[string]any {
	return map[string]any{
		cloudwatch.ServiceID: cloudwatch.NewFromConfig(cfg), cloudwatchlogs.ServiceID: cloudwatchlogs.NewFromConfig(cfg),
		ec2.ServiceID: ec2.NewFromConfig(cfg), iam.ServiceID: iam.NewFromConfig(cfg),
		identitystore.ServiceID: identitystore.NewFromConfig(cfg), lambda.ServiceID: lambda.NewFromConfig(cfg),
		organizations.ServiceID: organizations.NewFromConfig(cfg), rds.ServiceID: rds.NewFromConfig(cfg),
		rdsdata.ServiceID: rdsdata.NewFromConfig(cfg), s3.ServiceID: s3.NewFromConfig(cfg),
		secretsmanager.ServiceID: secretsmanager.NewFromConfig(cfg), signin.ServiceID: signin.NewFromConfig(cfg),
		sso.ServiceID: sso.NewFromConfig(cfg), ssoadmin.ServiceID: ssoadmin.NewFromConfig(cfg),
		ssooidc.ServiceID: ssooidc.NewFromConfig(cfg), sts.ServiceID: sts.NewFromConfig(cfg),
	}
}

// operation calls one operation with every field of its input filled.
func operation(t *testing.T, client any, name string) (output any, err error) {
	t.Helper()
	method := reflect.ValueOf(client).MethodByName(name)
	if !method.IsValid() {
		t.Fatalf("%T has no operation %s", client, name)
	}
	in := reflect.New(method.Type().In(1).Elem())
	fill(in.Elem(), 0)
	out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
	err, _ = out[1].Interface().(error)
	return out[0].Interface(), err
}

// fill gives the required members of an input something to hold.
func fill(v reflect.Value, depth int) {
	switch {
	case !v.CanSet() || depth > 4:
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.String:
		v.Set(reflect.ValueOf(aws.String("aaaaaaaaaaaa")))
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Int32:
		v.Set(reflect.ValueOf(aws.Int32(1)))
	case v.Type() == reflect.TypeFor[*cwtypes.MetricStat]():
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case v.Kind() == reflect.String:
		v.SetString("a")
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}

// page answers every request alike.
func page(t *testing.T, status int, contentType, body string) (server *httptest.Server, asked *atomic.Int32) {
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

// sessionAt opens a session towards an address whose identity needs no call.
func sessionAt(t *testing.T, address string) *awsapi.Session {
	t.Helper()
	settings := awsapi.Settings{
		AccessKeyID: awsapi.NewSecret("AKIAEXAMPLE"), SecretAccessKey: awsapi.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: address, AllowRoot: true, Account: "111122223333",
	}
	s, err := poolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoOperationTakesAnAnswerThatIsNotAWSs asks every operation of a server
// that is none of AWS's.
func TestNoOperationTakesAnAnswerThatIsNotAWSs(t *testing.T) {
	const html = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>"
	tests := map[string]struct {
		status            int
		contentType, body string
	}{
		"plain text":           {200, "text/plain", "OK"},
		"HTML":                 {200, "text/html; charset=utf-8", html},
		"HTML of no type":      {200, "", html},
		"nothing":              {200, "text/plain", ""},
		"nothing, as XML":      {200, "text/xml", ""},
		"no content":           {204, "", ""},
		"an empty object":      {200, "application/json", "{}"},
		"another object":       {200, "application/x-amz-json-1.1", `{"status": "ok"}`},
		"a list":               {200, "application/json", "[]"},
		"half an object":       {200, "application/json", `{"Accounts": [`},
		"another document":     {200, "text/xml", "<ok/>"},
		"half a document":      {200, "text/xml", "<DescribeInstancesResponse><reservationSet>"},
		"a page that is found": {404, "text/html", html},
		"a page that forbids":  {403, "text/html", html},
		"not found, in JSON":   {404, "application/problem+json", `{"title": "Not Found"}`},
		"gone elsewhere":       {302, "text/html", html},
		"a proxy's password":   {407, "text/html", html},
		"a network's sign-in":  {511, "text/html", html},
		"a failure's page":     {500, "text/html", html},
		"a page of XHTML":      {503, "application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`},
		"a failure in text":    {502, "text/plain", "no healthy upstream"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server, asked := page(t, tt.status, tt.contentType, tt.body)
			of := clients(sessionAt(t, server.URL).Config())
			for service, operations := range awsapi.Operations() {
				for name := range operations {
					before := asked.Load()
					_, err := operation(t, of[service], name)
					f := awsapi.Fault(err)
					if f == nil || f.Kind != fault.Endpoint || f.Cause == "" || f.Fix == "" {
						t.Errorf("%s %s: %+v", service, name, f)
					}
					if n := asked.Load() - before; n != 1 && (tt.status < 500 || tt.status == 511) {
						t.Errorf("%s %s asked %d times", service, name, n)
					}
				}
			}
		})
	}
}

// TestAnswersNeedTheirMembers gives every operation of the query protocol an
// answer of its own name that holds nothing.
func TestAnswersNeedTheirMembers(t *testing.T) {
	clean(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		name := r.Form.Get("Action")
		w.Header().Set("X-Amzn-Requestid", "req-1")
		fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult></%[1]sResult><requestId>r</requestId></%[1]sResponse>", name)
	}))
	t.Cleanup(server.Close)
	of := clients(sessionAt(t, server.URL).Config())
	for _, service := range []string{"EC2", "IAM", "RDS", "STS"} {
		for name := range awsapi.Operations()[service] {
			if _, err := operation(t, of[service], name); !errors.Is(awsapi.Fault(err), fault.Endpoint) {
				t.Errorf("%s %s: %v", service, name, err)
			}
		}
	}
}

// TestNeededMembersExist holds the table against the SDK's outputs.
func TestNeededMembersExist(t *testing.T) {
	of := clients(aws.Config{})
	for service, operations := range awsapi.Operations() {
		for name, members := range operations {
			output := reflect.ValueOf(of[service]).MethodByName(name).Type().Out(0)
			for _, member := range members {
				for path := range strings.SplitSeq(member, "|") {
					at := output
					for field := range strings.SplitSeq(path, ".") {
						f, ok := at.Elem().FieldByName(field)
						if !ok {
							t.Fatalf("%s %s has no %s", service, name, path)
						}
						at = f.Type
					}
					if at.Kind() == reflect.Bool || at.Kind() == reflect.Int32 || at.Kind() == reflect.Int64 {
						t.Errorf("%s %s: %s looks alike absent and zero", service, name, path)
					}
				}
			}
		}
	}
}

// TestForeignAnswerToAWriteLeavesItOpen: nobody knows whether what stands
// between has let the request through.
func TestForeignAnswerToAWriteLeavesItOpen(t *testing.T) {
	tests := map[string]struct {
		call func(context.Context, *awsapi.Session) error
		open bool
	}{
		"stop":       {stopInstance, true},
		"put":        {putObject(func(*s3.PutObjectInput) {}), true},
		"invoke":     {invoke, true},
		"statement":  {execute, true},
		"a SELECT":   {func(ctx context.Context, s *awsapi.Session) error { return execute(awsapi.ReadOnly(ctx), s) }, false},
		"list":       {listFunctions, false},
		"who am I":   {whoAmI, false},
		"an object":  {getObject, false},
		"never sent": {badCall, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server, _ := page(t, 200, "text/plain", "OK")
			f := awsapi.Fault(tt.call(t.Context(), sessionAt(t, server.URL)))
			if f == nil || f.OutcomeUnknown != tt.open || strings.Contains(f.Cause, "may have been carried out") != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}

// TestOutcomeIsUnknownOnlyWithoutAnAnswer tells AWS's refusals from silence.
func TestOutcomeIsUnknownOnlyWithoutAnAnswer(t *testing.T) {
	tests := map[string]struct {
		answer answer
		open   bool
	}{
		"reset":     {reset, true},
		"cut":       {truncated, true},
		"a failure": {ec2Error(500, "InternalError", "oops"), true},
		"throttled": {ec2Error(503, "RequestLimitExceeded", "slower"), false},
		"a refusal": {ec2Error(403, "UnauthorizedOperation", "no"), false},
		"a reset, then a refusal": {
			failing(1, reset, ec2Error(400, "InvalidInstanceID.NotFound", "no")), true, // which may be what the first has done
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := newTinyAWS(t)
			server.on("StopInstances", tt.answer)
			f := awsapi.Fault(stopInstance(t.Context(), session(t, server)))
			if f == nil || f.OutcomeUnknown != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}

// TestAnErrorWithinSuccessIsAFailure: S3 answers 200 before it has finished.
func TestAnErrorWithinSuccessIsAFailure(t *testing.T) {
	clean(t)
	const body = `<?xml version="1.0" encoding="UTF-8"?>` + "\n   \n" + `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`
	server, _ := page(t, 200, "application/xml", body)
	client := clients(sessionAt(t, server.URL).Config())["S3"]
	for name := range awsapi.Operations()["S3"] {
		if name == "GetObject" || name == "HeadObject" || name == "HeadBucket" {
			continue // an object may hold such a document, and HEAD shows none
		}
		_, err := operation(t, client, name)
		if f := awsapi.Fault(err); f == nil || f.Kind != fault.Denied && f.Kind != fault.Endpoint {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, name := range []string{"CopyObject", "UploadPartCopy", "CompleteMultipartUpload"} {
		_, err := operation(t, client, name)
		if f := awsapi.Fault(err); f == nil || f.Code != "AccessDenied" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
