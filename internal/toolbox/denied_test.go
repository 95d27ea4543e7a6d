package toolbox_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestDenialsNameWhatToAllow scripts denials that name no resource, as many
// services' do.
func TestDenialsNameWhatToAllow(t *testing.T) {
	const here = "us-east-1:" + simtest.Account
	const cluster, secret = "arn:aws:rds:" + here + ":cluster:c", "arn:aws:secretsmanager:" + here + ":secret:s"
	tests := map[string]struct {
		tool, input string
		action      string
		resources   []string
	}{
		"an object":              {"s3.get", `{"bucket": "quay", "key": "a/k"}`, "s3:GetObject", []string{"arn:aws:s3:::quay/a/k"}},
		"a version of an object": {"s3.get", `{"bucket": "quay", "key": "k", "version_id": "v"}`, "s3:GetObjectVersion", []string{"arn:aws:s3:::quay/k"}},
		"its deletion":           {"s3.delete", `{"bucket": "quay", "key": "k", "version_id": "v"}`, "s3:DeleteObjectVersion", []string{"arn:aws:s3:::quay/k"}},
		"a name of braces":       {"s3.get", `{"bucket": "quay", "key": "{bucket}/{key}"}`, "s3:GetObject", []string{"arn:aws:s3:::quay/{bucket}/{key}"}},
		"a bucket":               {"s3.list", `{"bucket": "quay"}`, "s3:ListBucket", []string{"arn:aws:s3:::quay"}},
		"all buckets":            {"s3.list", `{}`, "s3:ListAllMyBuckets", []string{"*"}},
		"two instances": {
			"ec2.stop", `{"instance_ids": ["i-0123456789abcdef0", "i-0fedcba9876543210"]}`, "ec2:StopInstances",
			[]string{"arn:aws:ec2:" + here + ":instance/i-0123456789abcdef0", "arn:aws:ec2:" + here + ":instance/i-0fedcba9876543210"},
		},
		"another region": {
			"lambda.get", `{"function_name": "f", "region": "eu-west-1"}`, "lambda:GetFunction",
			[]string{"arn:aws:lambda:eu-west-1:" + simtest.Account + ":function:f"},
		},
		"a function by its ARN": {
			"lambda.invoke", `{"function_name": "arn:aws:lambda:` + here + `:function:f"}`, "lambda:InvokeFunction",
			[]string{"arn:aws:lambda:" + here + ":function:f"},
		},
		"a log group by its ARN": {
			"cloudwatch.logs", `{"log_group": "arn:aws:logs:` + here + `:log-group:/app:*"}`, "logs:FilterLogEvents",
			[]string{"arn:aws:logs:" + here + ":log-group:/app:*"},
		},
		"a cluster": {
			"rds.query", `{"resource_arn": "` + cluster + `", "secret_arn": "` + secret + `", "sql": "select 1"}`, "rds-data:ExecuteStatement",
			[]string{cluster},
		},
	}
	r, _ := toolboxtest.OnSim(t, awssim.Options{Faults: []awssim.Fault{{Effect: awssim.DenyAccess}}})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.Try(t.Context(), tt.tool, tt.input)
			got := fault.From(err)
			if !errors.Is(err, fault.Denied) || got.Action != tt.action {
				t.Fatalf("got %+v", got)
			}
			var statement struct {
				Effect, Action string
				Resource       any
			}
			if err := json.Unmarshal([]byte(got.Statement), &statement); err != nil {
				t.Fatalf("statement %q: %v", got.Statement, err)
			}
			if statement.Effect != "Allow" || statement.Action != tt.action || awserr.Statement(tt.action, tt.resources...) != got.Statement {
				t.Errorf("statement %s", got.Statement)
			}
		})
	}
}

// TestBareDenialsNameWhatToAllow meets what S3 says to callers of other
// accounts: nothing.
func TestBareDenialsNameWhatToAllow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
	}))
	t.Cleanup(server.Close)
	_, err := toolboxtest.New(t, toolboxtest.FakeSettings(server.URL)).Try(t.Context(), "s3.put", `{"bucket": "quay", "key": "k", "body": "x"}`)
	got := fault.From(err)
	if got.Action != "s3:PutObject" || got.Resource != "arn:aws:s3:::quay/k" || got.Statement != awserr.Statement("s3:PutObject", "arn:aws:s3:::quay/k") {
		t.Errorf("got %+v", got)
	}
}

// TestDenialsOfOtherServicesNameTheirResource follows a denial that one tool
// meets at a second service.
func TestDenialsOfOtherServicesNameTheirResource(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "f", "yard")
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "logs", Effect: awssim.DenyAccess})
	_, err := r.Try(t.Context(), "lambda.get-logs", `{"function_name": "arn:aws:lambda:us-east-1:`+simtest.Account+`:function:f"}`)
	want := "arn:aws:logs:us-east-1:" + simtest.Account + ":log-group:/aws/lambda/f:*"
	if diff := cmp.Diff(want, fault.From(err).Resource); diff != "" {
		t.Error(diff)
	}
}

// TestEveryCellSaysWhatToAllow denies a listing in one of all regions.
func TestEveryCellSaysWhatToAllow(t *testing.T) {
	r, _ := toolboxtest.OnSim(t, awssim.Options{Faults: []awssim.Fault{{Service: "rds", Region: "eu-west-1", Effect: awssim.DenyAccess}}})
	result, err := r.Try(t.Context(), "rds.list", `{"kind": "cluster", "all_regions": true}`)
	if !errors.Is(err, fault.Partial) || len(result.Failures) != 1 {
		t.Fatalf("got %v", err)
	}
	want := awserr.Statement("rds:DescribeDBClusters", "arn:aws:rds:eu-west-1:"+simtest.Account+":cluster:*")
	if diff := cmp.Diff(want, result.Failures[0].Error.Statement); diff != "" {
		t.Error(diff)
	}
}
