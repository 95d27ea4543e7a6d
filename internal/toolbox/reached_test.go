package toolbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// kept is an audit log in memory.
type kept struct{ records []audit.Record }

func (k *kept) Append(_ context.Context, rec audit.Record) (audit.Record, error) {
	rec.ID = "call"
	k.records = append(k.records, rec)
	return rec, nil
}

// TestRecordsNameAccounts: the record before a call the one aimed at, the one
// after it all that were reached.
func TestRecordsNameAccounts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("X-Amzn-Requestid", "r")
		switch r.Form.Get("Action") {
		case "GetCallerIdentity":
			fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		case "AssumeRole":
			fmt.Fprint(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
		case "DescribeInstances":
			fmt.Fprint(w, `<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>`)
		default:
			fmt.Fprint(w, `{"Configuration": {"FunctionArn": "arn:aws:lambda:us-east-1:444455556666:function:f"}}`)
		}
	}))
	defer server.Close()
	s := toolboxtest.FakeSettings(server.URL)
	s.Account, s.AllowRoot, s.Accounts = "", false, []string{"123456789012", "444455556666"}
	tests := map[string]struct {
		tool, input, aimed string
		reached            []string
	}{
		"the connection's own": {"ec2.list", `{}`, "123456789012", []string{"123456789012"}},
		"a member":             {"ec2.list", `{"account": "444455556666"}`, "444455556666", []string{"444455556666"}},
		"all":                  {"ec2.list", `{"all_accounts": true}`, "123456789012", []string{"123456789012", "444455556666"}},
		"by an ARN":            {"lambda.get", `{"function_name": "arn:aws:lambda:us-east-1:444455556666:function:f"}`, "444455556666", []string{"444455556666"}},
		"by a partial ARN":     {"lambda.get", `{"function_name": "444455556666:function:f"}`, "444455556666", []string{"444455556666"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			log := &kept{}
			pool := awsapi.NewPool(map[string]awsapi.Settings{"default": s})
			place := func(ctx context.Context, at tool.Target) tool.Target {
				session, err := pool.Session(ctx, awsapi.Target(at))
				if err != nil {
					return at
				}
				return tool.Target(session.Target())
			}
			tools := toolbox.Tools(toolbox.Sources{Pool: func() (*awsapi.Pool, error) { return pool, nil }})
			registry, err := tool.NewRegistry(tools, tool.Options{Log: log, Resolve: place})
			if err != nil {
				t.Fatal(err)
			}
			r := &toolboxtest.Rig{Registry: registry}
			if _, err := r.Try(t.Context(), tt.tool, tt.input); err != nil {
				t.Fatal(err)
			}
			before, after := log.records[0], log.records[1]
			if before.Account != tt.aimed || before.Connection != "default" || before.Region != "us-east-1" || before.Reached != nil {
				t.Errorf("before: %+v", before)
			}
			if !slices.Equal(after.Reached, tt.reached) || after.Account != tt.aimed {
				t.Errorf("after: %+v", after)
			}
		})
	}
}

// TestFailingIdentityIsAskedOnce: whoever asks where a call goes, for the
// record, does not double the time that a failure takes.
func TestFailingIdentityIsAskedOnce(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
	}))
	defer server.Close()
	s := toolboxtest.FakeSettings(server.URL)
	s.Account, s.AllowRoot = "", false
	var r *toolboxtest.Rig
	r = toolboxtest.NewWith(t, s, tool.Options{Resolve: func(ctx context.Context, at tool.Target) tool.Target {
		_, _ = r.Pool.Session(ctx, awsapi.Target(at))
		return at
	}})
	for call := range int32(2) {
		if _, err := r.Try(t.Context(), "ec2.list", `{}`); err == nil || asked.Load() != call+1 {
			t.Errorf("call %d: asked %d times, %v", call, asked.Load(), err)
		}
	}
}
