package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	simlambda "github.com/hawser/hawser/internal/awssim/lambda"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestLambdaListAndGet(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "checkout", "shop")
	toolboxtest.MakeFunction(t, sim, "mailer", "post")
	if got := r.Call(t, "lambda.list", `{}`).Column("function_name"); fmt.Sprint(got) != "[checkout mailer]" {
		t.Errorf("all: %v", got)
	}
	if got := r.Call(t, "lambda.list", `{"tags": {"team": "sh*"}}`).Column("function_name"); fmt.Sprint(got) != "[checkout]" {
		t.Errorf("by tag: %v", got)
	}
	got := r.Call(t, "lambda.get", `{"function_name": "checkout"}`)
	if got["handler"] != "index.handler" || fmt.Sprint(got["environment_variables"]) != "[DB_PASSWORD]" || got["environment"] != nil {
		t.Errorf("get: %v", got)
	}
	raw, err := json.Marshal(got)
	if err != nil || strings.Contains(string(raw), "hunter2") {
		t.Errorf("a secret is shown unasked: %s", raw)
	}
	shown := r.Call(t, "lambda.get", `{"function_name": "checkout", "show_env": true}`)
	if shown["environment"].(map[string]any)["DB_PASSWORD"] != "hunter2" {
		t.Errorf("asked for, the values are not shown: %v", shown["environment"])
	}
}

// TestLambdaGetSaysWhyTagsAreMissing takes the permission to list tags away.
func TestLambdaGetSaysWhyTagsAreMissing(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "checkout", "shop")
	if got := r.Call(t, "lambda.get", `{"function_name": "checkout"}`); fmt.Sprint(got["tags"]) != "map[team:shop]" || got["tags_error"] != nil {
		t.Errorf("get: %v", got)
	}
	if err := sim.Key.Principal.User.PutPolicy("no-tags", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"lambda:ListTags","Resource":"*"}}`); err != nil {
		t.Fatal(err)
	}
	got := r.Call(t, "lambda.get", `{"function_name": "checkout"}`)
	if got["tags"] != nil || !strings.Contains(fmt.Sprint(got["tags_error"]), "AccessDeniedException") {
		t.Errorf("without permission: %v", got)
	}
}

func TestLambdaInvoke(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "checkout", "shop")
	toolboxtest.MakeFunction(t, sim, "broken", "shop")
	simlambda.SetFunction(sim.World, "broken", func(_ context.Context, in *simlambda.Invocation) ([]byte, error) {
		in.Logf("about to fail")
		return nil, errors.New("no such order")
	})
	echo := r.Call(t, "lambda.invoke", `{"function_name": "checkout", "payload": {"order": 7}, "log_tail": true}`)
	if fmt.Sprint(echo["payload"]) != "map[order:7]" || !strings.Contains(fmt.Sprint(echo["log"]), "REPORT") || echo["status"] != 200.0 {
		t.Errorf("echo: %v", echo)
	}
	if got := r.Call(t, "lambda.invoke", `{"function_name": "checkout", "type": "async"}`); got["status"] != 202.0 {
		t.Errorf("async: %v", got)
	}
	if got := r.Call(t, "lambda.invoke", `{"function_name": "checkout", "type": "dry-run"}`); got["status"] != 204.0 {
		t.Errorf("dry run: %v", got)
	}
	result, err := r.Try(t.Context(), "lambda.invoke", `{"function_name": "broken"}`)
	if f := fault.From(err); f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Cause, "no such order") {
		t.Errorf("a failing function: %v", err)
	}
	if result == nil || toolboxtest.AnswerOf(t, result)["function_error"] == nil {
		t.Errorf("its answer is not given: %v", result)
	}
}

func TestLambdaFailures(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "busy", "shop")
	_, err := lambda.NewFromConfig(sim.Config()).PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{
		FunctionName: aws.String("busy"), ReservedConcurrentExecutions: aws.Int32(0),
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		tool, input string
		want        fault.Kind
	}{
		"not there":          {"lambda.get", `{"function_name": "nobody"}`, fault.NotFound},
		"log of nobody":      {"lambda.get-logs", `{"function_name": "nobody"}`, fault.NotFound},
		"tail of async":      {"lambda.invoke", `{"function_name": "busy", "type": "async", "log_tail": true}`, fault.Invalid},
		"unknown type":       {"lambda.invoke", `{"function_name": "busy", "type": "later"}`, fault.Invalid},
		"concurrency used":   {"lambda.invoke", `{"function_name": "busy"}`, fault.Quota},
		"too large":          {"lambda.invoke", `{"function_name": "busy", "type": "async", "payload": "` + strings.Repeat("x", 1<<20) + `"}`, fault.Invalid},
		"another account":    {"lambda.get", `{"function_name": "arn:aws:lambda:us-east-1:444455556666:function:f", "account": "111122223333"}`, fault.Invalid},
		"since behind until": {"lambda.get-logs", `{"function_name": "busy", "since": "1h", "until": "2h"}`, fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.Try(t.Context(), tt.tool, tt.input)
			if f := fault.From(err); f == nil || f.Kind != tt.want {
				t.Errorf("err = %v (%s), want %s", err, f.Kind, tt.want)
			}
		})
	}
}

func TestLambdaLogs(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "checkout", "shop")
	simlambda.SetFunction(sim.World, "checkout", func(_ context.Context, in *simlambda.Invocation) ([]byte, error) {
		in.Logf("ERROR payment refused")
		return []byte(`{}`), nil
	})
	r.Call(t, "lambda.invoke", `{"function_name": "checkout"}`)
	got := r.Call(t, "lambda.get-logs", `{"function_name": "checkout", "filter": "ERROR"}`).Column("message")
	if len(got) != 1 || !strings.Contains(fmt.Sprint(got[0]), "payment refused") {
		t.Errorf("got %v", got)
	}
}

func TestLambdaLogsAreFollowedUntilCancelled(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	toolboxtest.MakeFunction(t, sim, "checkout", "shop")
	said := 0
	simlambda.SetFunction(sim.World, "checkout", func(_ context.Context, in *simlambda.Invocation) ([]byte, error) {
		said++
		in.Logf("tick %d", said)
		return []byte(`{}`), nil
	})
	r.Call(t, "lambda.invoke", `{"function_name": "checkout"}`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var lines []string
	_, err := r.Registry.Call(ctx, tool.Request{
		Tool: "lambda.get-logs", Input: json.RawMessage(`{"function_name": "checkout", "filter": "tick", "follow": true}`),
		Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
		Emit: func(item any) error {
			_, text := item.(tool.Liner).Line()
			lines = append(lines, text)
			if len(lines) == 3 {
				cancel()
				return nil
			}
			r.Call(t, "lambda.invoke", `{"function_name": "checkout"}`)
			return nil
		},
	})
	if err != nil {
		t.Errorf("a follower that goes away is not a failure: %v", err)
	}
	if len(lines) != 3 || !strings.Contains(lines[0], "tick 1") || !strings.Contains(lines[2], "tick 3") {
		t.Errorf("lines %q", lines)
	}
}
