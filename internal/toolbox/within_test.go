package toolbox_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestInputsNameNoOtherAccount calls tools of an agent that is kept to one
// account with inputs that name another.
func TestInputsNameNoOtherAccount(t *testing.T) {
	const (
		cluster = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
		secret  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
		other   = "arn:aws:rds:us-east-1:444455556666:cluster:shop"
	)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("X-Amz-Request-Id", "r")
		w.WriteHeader(http.StatusForbidden)
	}))
	defer server.Close()
	r := toolboxtest.NewWith(t, toolboxtest.FakeSettings(server.URL), tool.Options{Guard: tool.Guard{Confirm: []tool.Effect{tool.Write, tool.Destroy}}})
	r.Pool = awsapi.NewPool(map[string]awsapi.Settings{"default": toolboxtest.FakeSettings(server.URL)}, awsapi.WithAccounts([]string{"123456789012"}))
	r.Registry = r.Registry.Through(kit.Within(r.Pool))
	tests := []struct{ tool, input, field string }{
		{"lambda.invoke", `{"function_name": "444455556666:function:f"}`, "function_name"},
		{"lambda.invoke", `{"function_name": "us-east-1:444455556666:f"}`, "function_name"},
		{"lambda.get", `{"function_name": "arn:aws:lambda:us-east-1:444455556666:function:f"}`, "function_name"},
		{"lambda.get-logs", `{"function_name": "444455556666:function:f"}`, "function_name"},
		{"cloudwatch.logs", `{"log_group": "arn:aws:logs:us-east-1:444455556666:log-group:g"}`, "log_group"},
		{"rds.query", `{"resource_arn": "` + other + `", "secret_arn": "` + secret + `", "sql": "SELECT 1"}`, "resource_arn"},
		{"rds.query", `{"resource_arn": "` + cluster + `", "secret_arn": "arn:aws:secretsmanager:us-east-1:444455556666:secret:s", "sql": "SELECT 1"}`, "secret_arn"},
		{"s3.put", `{"bucket": "bucket", "key": "k", "body": "x", "sse": "aws:kms", "kms_key": "arn:aws:kms:us-east-1:444455556666:key/k"}`, "kms_key"},
		{"s3.put", `{"bucket": "arn:aws:s3:us-east-1:444455556666:accesspoint/a", "key": "k", "body": "x"}`, "bucket"},
		{"s3.get", `{"bucket": "arn:aws:s3:us-east-1:444455556666:accesspoint/a", "key": "k"}`, "bucket"},
		{"s3.delete", `{"bucket": "arn:aws:s3:us-east-1:444455556666:accesspoint/a", "key": "k"}`, "bucket"},
		{"s3.list", `{"bucket": "arn:aws:s3:us-east-1:444455556666:accesspoint/a"}`, "bucket"},
		{"s3.cp", `{"from": "s3://arn:aws:s3:us-east-1:444455556666:accesspoint/a/k", "to": "s3://bucket/k"}`, "from"},
		{"s3.mv", `{"from": "s3://arn:aws:s3:us-east-1:444455556666:accesspoint/a/k", "to": "s3://bucket/k"}`, "from"},
		{"s3.cp", `{"from": "s3://bucket/k", "to": "s3://arn:aws:s3:us-east-1:444455556666:accesspoint/a/k"}`, "to"},
	}
	for _, tt := range tests {
		before := asked.Load()
		_, err := r.Try(t.Context(), tt.tool, tt.input)
		if f := fault.From(err); f == nil || f.Kind != fault.Refused || f.Field != tt.field || f.Resource != "444455556666" {
			t.Errorf("%s %s: %+v", tt.tool, tt.input, f)
		}
		if asked.Load() != before {
			t.Errorf("%s %s asked AWS", tt.tool, tt.input)
		}
	}
	if _, err := r.Try(t.Context(), "s3.get", `{"bucket": "bucket", "key": "arn:aws:iam::444455556666:role/r"}`); errors.Is(err, fault.Refused) {
		t.Errorf("a key that looks like an ARN names nothing: %v", err)
	}
}

// TestPartialARNsSayWhereTheCallGoes, as whole ones do.
func TestPartialARNsSayWhereTheCallGoes(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	_, err := r.Try(t.Context(), "lambda.get", `{"function_name": "444455556666:function:f", "account": "123456789012"}`)
	if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != "account" {
		t.Errorf("%+v", f)
	}
}
