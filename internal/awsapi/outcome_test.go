package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
)

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
		"a SELECT":   {func(ctx context.Context, s *awsapi.Session) error { return execute(pace.ReadOnly(ctx), s) }, false},
		"list":       {listFunctions, false},
		"who am I":   {whoAmI, false},
		"an object":  {getObject, false},
		"never sent": {badCall, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server, _ := page(t, 200, "text/plain", "OK")
			f := awserr.Fault(tt.call(t.Context(), awsapitest.SessionAt(t, server.URL)))
			if f == nil || f.OutcomeUnknown != tt.open || strings.Contains(f.Cause, "may have been carried out") != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}

// TestOutcomeIsUnknownOnlyWithoutAnAnswer tells AWS's refusals from silence.
func TestOutcomeIsUnknownOnlyWithoutAnAnswer(t *testing.T) {
	tests := map[string]struct {
		answer reply
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
			awsapitest.Clean(t)
			server := newTinyAWS(t)
			server.on("StopInstances", tt.answer)
			f := awserr.Fault(stopInstance(t.Context(), session(t, server)))
			if f == nil || f.OutcomeUnknown != tt.open {
				t.Errorf("%+v, want open: %v", f, tt.open)
			}
		})
	}
}
