package awsapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
)

// TestForeignAnswerToAWriteLeavesItOpen: nobody knows whether what stands
// between has let the request through.
func TestForeignAnswerToAWriteLeavesItOpen(t *testing.T) {
	tests := map[string]struct {
		call func(context.Context, *awsapi.Session) error
		open bool
	}{
		"stop":       {awsapitest.StopInstance, true},
		"put":        {awsapitest.PutObject(func(*s3.PutObjectInput) {}), true},
		"invoke":     {awsapitest.Invoke, true},
		"statement":  {awsapitest.Execute, true},
		"a SELECT":   {func(ctx context.Context, s *awsapi.Session) error { return awsapitest.Execute(pace.ReadOnly(ctx), s) }, false},
		"list":       {awsapitest.ListFunctions, false},
		"who am I":   {awsapitest.WhoAmI, false},
		"an object":  {awsapitest.GetObject, false},
		"never sent": {awsapitest.BadCall, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server, _ := awsapitest.Page(t, 200, "text/plain", "OK")
			f := awserr.Fault(tt.call(t.Context(), awsapitest.SessionAt(t, server.URL)))
			if f == nil || f.OutcomeUnknown != tt.open || strings.Contains(f.Cause, "may have been carried out") != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}

// TestForeignRefusalOfAWriteLeavesItOpen: the page of a proxy does not say whether
// the request went through before.
func TestForeignRefusalOfAWriteLeavesItOpen(t *testing.T) {
	awsapitest.Clean(t)
	tests := map[string]func(context.Context, *awsapi.Session) error{
		"stop": awsapitest.StopInstance, "put": awsapitest.PutObject(func(*s3.PutObjectInput) {}),
		"invoke": awsapitest.Invoke, "statement": awsapitest.Execute,
	}
	bodies := map[string]string{"text/html": "<html>x</html>", "application/json": `{"code": 1015, "message": "slow down"}`}
	for _, status := range []int{301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 409, 411, 412, 429, 451, 500, 503, 511} {
		for media, body := range bodies {
			if status == http.StatusNotModified {
				body = ""
			}
			server, _ := awsapitest.Page(t, status, media, body)
			for name, call := range tests {
				f := awserr.Fault(call(t.Context(), awsapitest.SessionAt(t, server.URL)))
				if f == nil || f.Kind != fault.Endpoint || !f.OutcomeUnknown {
					t.Errorf("%s, status %d, %s: %+v", name, status, media, f)
				}
			}
		}
	}
}

// TestOutcomeIsUnknownOnlyWithoutAnAnswer tells AWS's refusals from silence.
func TestOutcomeIsUnknownOnlyWithoutAnAnswer(t *testing.T) {
	tests := map[string]struct {
		answer awsapitest.Reply
		open   bool
	}{
		"reset":     {awsapitest.Reset, true},
		"cut":       {awsapitest.Truncated, true},
		"a failure": {awsapitest.EC2Error(500, "InternalError", "oops"), true},
		"throttled": {awsapitest.EC2Error(503, "RequestLimitExceeded", "slower"), false},
		"a refusal": {awsapitest.EC2Error(403, "UnauthorizedOperation", "no"), false},
		"a reset, then a refusal": {
			awsapitest.Failing(1, awsapitest.Reset, awsapitest.EC2Error(400, "InvalidInstanceID.NotFound", "no")), true, // which may be what the first has done
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			server.On("StopInstances", tt.answer)
			f := awserr.Fault(awsapitest.StopInstance(t.Context(), awsapitest.Session(t, server)))
			if f == nil || f.OutcomeUnknown != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}
