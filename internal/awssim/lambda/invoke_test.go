package lambda_test

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	simlambda "github.com/hawser/hawser/internal/awssim/lambda"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func TestInvoke(t *testing.T) {
	sim, client := functions(t, "echo", "thrower", "panicker", "slow", "big")
	simlambda.SetFunction(sim.World, "thrower", func(context.Context, *simlambda.Invocation) ([]byte, error) {
		return nil, &simlambda.FunctionError{Type: "ValueError", Message: "no stock"}
	})
	simlambda.SetFunction(sim.World, "panicker", func(context.Context, *simlambda.Invocation) ([]byte, error) { panic("boom") })
	simlambda.SetFunction(sim.World, "slow", func(ctx context.Context, _ *simlambda.Invocation) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	simlambda.SetFunction(sim.World, "big", func(context.Context, *simlambda.Invocation) ([]byte, error) { return make([]byte, 7<<20), nil })
	tests := map[string]struct {
		event, want string
		failed      bool
	}{
		"echo":     {`{"a":1}`, `{"a":1}`, false},
		"thrower":  {``, `{"errorType":"ValueError","errorMessage":"no stock"}`, true},
		"panicker": {``, `"errorType":"Runtime.ExitError".*boom`, true},
		"slow":     {``, `"errorType":"Sandbox.Timedout".*Task timed out after 3.00 seconds`, true},
		"big":      {``, `"errorType":"Function.ResponseSizeTooLarge"`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if name == "slow" {
				sim.Clock.SetScale(100)
				defer sim.Clock.SetScale(1)
			}
			out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(tt.event)})
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(tt.want).Match(out.Payload) || tt.failed != (out.FunctionError != nil) || out.StatusCode != 200 {
				t.Errorf("payload %.200s, function error %v, status %d", out.Payload, aws.ToString(out.FunctionError), out.StatusCode)
			}
		})
	}
}

func TestInvokeRefusals(t *testing.T) {
	_, client := functions(t, "f")
	text := func(size int) []byte { return []byte(`"` + strings.Repeat("x", size) + `"`) }
	for name, tt := range map[string]struct {
		in         lambda.InvokeInput
		code, text string
	}{
		"no JSON":         {lambda.InvokeInput{FunctionName: aws.String("f"), Payload: []byte("{")}, "InvalidRequestContentException", "Could not parse"},
		"over 6 MB":       {lambda.InvokeInput{FunctionName: aws.String("f"), Payload: text(6 << 20)}, "RequestTooLargeException", "6291456"},
		"async over 1 MB": {lambda.InvokeInput{FunctionName: aws.String("f"), Payload: text(1 << 20), InvocationType: types.InvocationTypeEvent}, "RequestTooLargeException", "1048576"},
		"two qualifiers":  {lambda.InvokeInput{FunctionName: aws.String("f:1"), Qualifier: aws.String("2")}, "InvalidParameterValueException", "derived qualifier"},
		"not there":       {lambda.InvokeInput{FunctionName: aws.String("g")}, "ResourceNotFoundException", "function:g"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Invoke(t.Context(), &tt.in)
			simtest.WantCode(t, err, tt.code, tt.text)
		})
	}
}

func TestInvokeWritesLogs(t *testing.T) {
	sim, client := functions(t, "f")
	simlambda.SetFunction(sim.World, "f", func(_ context.Context, in *simlambda.Invocation) ([]byte, error) {
		in.Logf("stage %s", in.Variables["STAGE"])
		return []byte(`1`), nil
	})
	var tail string
	for range 2 {
		out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), LogType: types.LogTypeTail})
		if err != nil {
			t.Fatal(err)
		}
		text, err := base64.StdEncoding.DecodeString(*out.LogResult)
		if err != nil {
			t.Fatal(err)
		}
		tail = string(text)
	}
	form := `^START RequestId: [0-9a-f-]{36} Version: \$LATEST\nstage test\nEND RequestId: [0-9a-f-]{36}\n` +
		`REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t\n$`
	if !regexp.MustCompile(form).MatchString(tail) {
		t.Errorf("log of a warm start:\n%s", tail)
	}
	events, err := logs.NewFromConfig(sim.Config()).FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/f")})
	if err != nil {
		t.Fatal(err)
	}
	streams := map[string]bool{}
	for _, e := range events.Events {
		streams[*e.LogStreamName] = true
	}
	if len(events.Events) != 8 || len(streams) != 1 || !strings.Contains(*events.Events[3].Message, "Init Duration") {
		t.Errorf("%d events in streams %v, the first report %s", len(events.Events), streams, *events.Events[3].Message)
	}
}

func TestInvokeWithinConcurrency(t *testing.T) {
	sim, client := functions(t, "f")
	_, err := client.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: aws.Int32(901)})
	simtest.WantCode(t, err, "InvalidParameterValueException", "minimum value of [100]")
	if _, err := client.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	running, release := make(chan bool), make(chan bool)
	simlambda.SetFunction(sim.World, "f", func(context.Context, *simlambda.Invocation) ([]byte, error) {
		running <- true
		<-release
		return nil, nil
	})
	first := make(chan error)
	go func() {
		_, err := client.Invoke(context.Background(), &lambda.InvokeInput{FunctionName: aws.String("f")})
		first <- err
	}()
	<-running
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")})
	simtest.WantCode(t, err, "TooManyRequestsException", "Rate Exceeded")
	var busy *types.TooManyRequestsException
	if !errors.As(err, &busy) || busy.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded {
		t.Errorf("%v gives no reason", err)
	}
	release <- true
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestInvokeAsyncTriesThreeTimes(t *testing.T) {
	sim, client := functions(t, "f")
	sim.Clock.SetScale(6000)
	tries := make(chan string, 10)
	simlambda.SetFunction(sim.World, "f", func(_ context.Context, in *simlambda.Invocation) ([]byte, error) {
		tries <- in.RequestID
		return nil, &simlambda.FunctionError{Type: "Error", Message: "no"}
	})
	out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), InvocationType: types.InvocationTypeEvent, Payload: []byte("{}")})
	if err != nil || out.StatusCode != 202 || len(out.Payload) > 0 {
		t.Fatalf("status %d, payload %s, %v", out.StatusCode, out.Payload, err)
	}
	if a, b, c := <-tries, <-tries, <-tries; a != b || b != c {
		t.Errorf("tries with the ids %s, %s, %s", a, b, c)
	}
	dry, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), InvocationType: types.InvocationTypeDryRun})
	if err != nil || dry.StatusCode != 204 {
		t.Errorf("dry run: %v", err)
	}
}

func TestInvokeNeedsTheFunction(t *testing.T) {
	sim, _ := functions(t, "f", "g")
	user := sim.Account.AddUser("caller")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction",
		"Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}]}`); err != nil {
		t.Fatal(err)
	}
	client := lambda.NewFromConfig(sim.ConfigFor(user.NewKey()))
	if _, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil {
		t.Error(err)
	}
	_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("g")})
	simtest.WantCode(t, err, "AccessDeniedException", "lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:g")
}

// TestInvokeAcrossAccounts has the function's policy decide about callers of another
// account, with their own policies.
//
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
func TestInvokeAcrossAccounts(t *testing.T) {
	sim, own := functions(t, "f")
	bob := simtest.Admin(t, sim.AddAccount("444455556666", "other"), "bob")
	theirs := lambda.NewFromConfig(sim.ConfigFor(bob.NewKey()))
	arn := aws.String("arn:aws:lambda:us-east-1:111122223333:function:f")
	invoke := func() error {
		_, err := theirs.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: arn})
		return err
	}
	simtest.WantCode(t, invoke(), "AccessDeniedException", "lambda:InvokeFunction")
	if _, err := own.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: aws.String("f"), StatementId: aws.String("bob"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("444455556666"),
	}); err != nil {
		t.Fatal(err)
	}
	if err := invoke(); err != nil {
		t.Errorf("with permission: %v", err)
	}
	if err := bob.PutPolicy("none", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"lambda:*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	simtest.WantCode(t, invoke(), "AccessDeniedException", "explicit deny in an identity-based policy")
	eve := lambda.NewFromConfig(sim.ConfigFor(simtest.Admin(t, sim.Account, "eve").NewKey()))
	if _, err := own.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("f"), StatementId: aws.String("bob")}); err != nil {
		t.Fatal(err)
	}
	_, err := own.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f")})
	simtest.WantCode(t, err, "ResourceNotFoundException", "")
	carol := lambda.NewFromConfig(sim.ConfigFor(simtest.Admin(t, sim.World.Account("444455556666"), "carol").NewKey()))
	_, err = carol.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: arn})
	simtest.WantCode(t, err, "AccessDeniedException", "lambda:InvokeFunction")
	if _, err := eve.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: arn}); err != nil {
		t.Errorf("the own account: %v", err)
	}
}
