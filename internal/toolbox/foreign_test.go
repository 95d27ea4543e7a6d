package toolbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestToolsTakeNoForeignAnswer calls tools of a server that answers success to
// everything, and is none of AWS's.
func TestToolsTakeNoForeignAnswer(t *testing.T) {
	const (
		cluster = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
		secret  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
	)
	answers := map[string]struct{ contentType, body string }{
		"plain text":   {"text/plain", "OK"},
		"HTML":         {"text/html", "<html><body>Sign in</body></html>"},
		"nothing":      {"", ""},
		"empty JSON":   {"application/json", "{}"},
		"empty XML":    {"text/xml", "<ok/>"},
		"half of XML":  {"text/xml", "<DescribeInstancesResponse>"},
		"half of JSON": {"application/json", `{"Functions": [`},
	}
	calls := []struct {
		tool, input string
		writes      bool
	}{
		{"ec2.list", `{}`, false},
		{"ec2.describe", `{"instance_id": "i-1234567890abcdef0"}`, false},
		{"ec2.stop", `{"instance_ids": ["i-1234567890abcdef0"]}`, true},
		{"ec2.start", `{"instance_ids": ["i-1234567890abcdef0"]}`, true},
		{"s3.list", `{}`, false},
		{"s3.list", `{"bucket": "bucket"}`, false},
		{"s3.get", `{"bucket": "bucket", "key": "k"}`, false},
		{"s3.put", `{"bucket": "bucket", "key": "k", "body": "x"}`, true},
		{"s3.delete", `{"bucket": "bucket", "key": "k"}`, true},
		{"lambda.list", `{}`, false},
		{"lambda.get", `{"function_name": "f"}`, false},
		{"lambda.invoke", `{"function_name": "f"}`, true},
		{"cloudwatch.get-metrics", `{"namespace": "AWS/EC2", "metric": "CPUUtilization"}`, false},
		{"lambda.get-logs", `{"function_name": "f"}`, false},
		{"cloudwatch.logs", `{"log_group": "g"}`, false},
		{"rds.list", `{}`, false},
		{"rds.query", `{"resource_arn": "` + cluster + `", "secret_arn": "` + secret + `", "sql": "DELETE FROM t"}`, true},
		{"rds.query", `{"resource_arn": "` + cluster + `", "secret_arn": "` + secret + `", "sql": "SELECT 1"}`, false},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", a.contentType)
				fmt.Fprint(w, a.body)
			}))
			defer server.Close()
			r := toolboxtest.New(t, toolboxtest.FakeSettings(server.URL))
			for _, c := range calls {
				_, err := r.Try(t.Context(), c.tool, c.input)
				f := fault.From(err)
				if f == nil || f.Kind != fault.Endpoint && f.Kind != fault.Partial {
					t.Errorf("%s %s: %+v", c.tool, c.input, f)
					continue
				}
				if f.OutcomeUnknown != c.writes {
					t.Errorf("%s %s leaves open whether it was done: %v", c.tool, c.input, f.OutcomeUnknown)
				}
			}
		})
	}
}

// TestForeignIdentity: STS is answered by a page too.
func TestForeignIdentity(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "OK") }))
	defer server.Close()
	s := toolboxtest.FakeSettings(server.URL)
	s.Account, s.AllowRoot = "", false
	r := toolboxtest.NewWith(t, s, tool.Options{})
	if _, err := r.Try(t.Context(), "ec2.list", `{}`); !errors.Is(err, fault.Endpoint) {
		t.Errorf("%v", err)
	}
	if _, err := r.Pool.Session(t.Context(), awsapi.Target{}); !errors.Is(err, fault.Endpoint) {
		t.Errorf("%v", err)
	}
}
