package awssim_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// zipOf is a deployment package with one file.
func zipOf(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("index.py")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func python(t *testing.T, name string) *lambda.CreateFunctionInput {
	return &lambda.CreateFunctionInput{
		FunctionName: &name, Runtime: types.RuntimePython313, Handler: aws.String("index.handler"),
		Role: aws.String("arn:aws:iam::111122223333:role/run"), Code: &types.FunctionCode{ZipFile: zipOf(t, "1")},
		Environment: &types.Environment{Variables: map[string]string{"STAGE": "test"}}, Tags: map[string]string{"team": "a"},
	}
}

// functions is a simulator with functions that are ready, and their client.
func functions(t *testing.T, names ...string) (*simtest.Sim, *lambda.Client) {
	t.Helper()
	sim := simtest.Start(t)
	client := lambda.NewFromConfig(sim.Config(), func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
	for _, name := range names {
		if _, err := client.CreateFunction(t.Context(), python(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	sim.Clock.Advance(3 * time.Second)
	return sim, client
}

func TestFunctionLife(t *testing.T) {
	sim, client := functions(t)
	ctx, name := t.Context(), aws.String("pay")
	made, err := client.CreateFunction(ctx, python(t, "pay"))
	if err != nil {
		t.Fatal(err)
	}
	if made.State != types.StatePending || *made.MemorySize != 128 || *made.LoggingConfig.LogGroup != "/aws/lambda/pay" {
		t.Errorf("made: state %s, memory %d, group %s", made.State, *made.MemorySize, *made.LoggingConfig.LogGroup)
	}
	_, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: name})
	wantCode(t, err, "ResourceConflictException", "Pending")
	_, err = client.CreateFunction(ctx, python(t, "pay"))
	wantCode(t, err, "ResourceConflictException", "Function already exist: pay")
	sim.Clock.Advance(3 * time.Second)

	update, err := client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: name, MemorySize: aws.Int32(256), Environment: &types.Environment{Variables: map[string]string{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update.MemorySize != 256 || update.Environment != nil || update.LastUpdateStatus != types.LastUpdateStatusInProgress || *update.RevisionId == *made.RevisionId {
		t.Errorf("updated: %d MB, environment %v, %s", *update.MemorySize, update.Environment, update.LastUpdateStatus)
	}
	change := &lambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: zipOf(t, "2")}
	_, err = client.UpdateFunctionCode(ctx, change)
	wantCode(t, err, "ResourceConflictException", "An update is in progress")
	sim.Clock.Advance(3 * time.Second)
	change.RevisionId = made.RevisionId
	_, err = client.UpdateFunctionCode(ctx, change)
	wantCode(t, err, "PreconditionFailedException", "Revision Id")
	change.RevisionId = nil
	code, err := client.UpdateFunctionCode(ctx, change)
	if err != nil || *code.CodeSha256 == *made.CodeSha256 {
		t.Errorf("code: %v", err)
	}

	got, err := client.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: made.FunctionArn})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"team": "a"}, got.Tags); diff != "" {
		t.Error(diff)
	}
	if _, err := client.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: name}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: name})
	wantCode(t, err, "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:111122223333:function:pay")
}

func TestFunctionRefusals(t *testing.T) {
	_, client := functions(t)
	tests := map[string]struct {
		change     func(*lambda.CreateFunctionInput)
		code, text string
	}{
		"memory":     {func(in *lambda.CreateFunctionInput) { in.MemorySize = aws.Int32(64) }, "ValidationException", "greater than or equal to 128"},
		"timeout":    {func(in *lambda.CreateFunctionInput) { in.Timeout = aws.Int32(901) }, "ValidationException", "less than or equal to 900"},
		"name":       {func(in *lambda.CreateFunctionInput) { in.FunctionName = aws.String("a b") }, "ValidationException", "functionName"},
		"long name":  {func(in *lambda.CreateFunctionInput) { in.FunctionName = aws.String(strings.Repeat("a", 65)) }, "ValidationException", "64"},
		"role":       {func(in *lambda.CreateFunctionInput) { in.Role = aws.String("admin") }, "ValidationException", "role"},
		"runtime":    {func(in *lambda.CreateFunctionInput) { in.Runtime = "cobol" }, "ValidationException", "enum value set"},
		"no runtime": {func(in *lambda.CreateFunctionInput) { in.Runtime = "" }, "InvalidParameterValueException", "mandatory"},
		"no zip":     {func(in *lambda.CreateFunctionInput) { in.Code.ZipFile = []byte("x") }, "InvalidParameterValueException", "unzip"},
		"no bucket": {func(in *lambda.CreateFunctionInput) {
			in.Code = &types.FunctionCode{S3Bucket: aws.String("none"), S3Key: aws.String("k")}
		}, "InvalidParameterValueException", "NoSuchBucket"},
		"reserved variable": {func(in *lambda.CreateFunctionInput) { in.Environment.Variables["AWS_REGION"] = "x" }, "InvalidParameterValueException", "reserved keys"},
		"much environment":  {func(in *lambda.CreateFunctionInput) { in.Environment.Variables["XX"] = strings.Repeat("x", 4096) }, "InvalidParameterValueException", "4KB"},
		"other region": {func(in *lambda.CreateFunctionInput) {
			in.FunctionName = aws.String("arn:aws:lambda:eu-west-1:111122223333:function:f")
		}, "ResourceNotFoundException", "not reachable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := python(t, "f")
			tt.change(in)
			_, err := client.CreateFunction(t.Context(), in)
			wantCode(t, err, tt.code, tt.text)
		})
	}
}

func TestListFunctionsPages(t *testing.T) {
	_, client := functions(t, "a", "b", "c", "d", "e")
	var names []string
	var sizes []int
	for pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{MaxItems: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Functions))
		for _, f := range page.Functions {
			names = append(names, *f.FunctionName)
			if f.State != "" {
				t.Error("lists give no state")
			}
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{2, 2, 1}, sizes); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsAndAliases(t *testing.T) {
	sim, client := functions(t, "f")
	ctx, name := t.Context(), aws.String("f")
	publish := func() string {
		t.Helper()
		out, err := client.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: name})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Version
	}
	got := []string{publish(), publish()} // nothing changed between
	if _, err := client.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: zipOf(t, "2")}); err != nil {
		t.Fatal(err)
	}
	sim.Clock.Advance(3 * time.Second)
	got = append(got, publish())
	if diff := cmp.Diff([]string{"1", "1", "2"}, got); diff != "" {
		t.Error(diff)
	}
	sim.Clock.Advance(3 * time.Second)
	_, err := client.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: name, Name: aws.String("live"), FunctionVersion: aws.String("9")})
	wantCode(t, err, "ResourceNotFoundException", "function:f:9")
	if _, err := client.CreateAlias(ctx, &lambda.CreateAliasInput{
		FunctionName: name, Name: aws.String("live"), FunctionVersion: aws.String("1"),
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 0.5}},
	}); err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for range 60 {
		out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: name, Qualifier: aws.String("live")})
		if err != nil {
			t.Fatal(err)
		}
		ran[*out.ExecutedVersion]++
	}
	if ran["1"] == 0 || ran["2"] == 0 || len(ran) != 2 {
		t.Errorf("the alias ran %v", ran)
	}
	_, err = client.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: name, Qualifier: aws.String("1")})
	if err == nil {
		t.Error("a version with an alias was deleted")
	}
	_, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: name, Qualifier: aws.String("gone")})
	wantCode(t, err, "ResourceNotFoundException", "function:f:gone")
}

func TestInvoke(t *testing.T) {
	sim, client := functions(t, "echo", "thrower", "panicker", "slow", "big")
	sim.SetFunction("thrower", func(context.Context, *awssim.Invocation) ([]byte, error) {
		return nil, &awssim.FunctionError{Type: "ValueError", Message: "no stock"}
	})
	sim.SetFunction("panicker", func(context.Context, *awssim.Invocation) ([]byte, error) { panic("boom") })
	sim.SetFunction("slow", func(ctx context.Context, _ *awssim.Invocation) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() })
	sim.SetFunction("big", func(context.Context, *awssim.Invocation) ([]byte, error) { return make([]byte, 7<<20), nil })
	sim.Clock.SetScale(100)
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
			wantCode(t, err, tt.code, tt.text)
		})
	}
}

func TestInvokeWritesLogs(t *testing.T) {
	sim, client := functions(t, "f")
	sim.SetFunction("f", func(_ context.Context, in *awssim.Invocation) ([]byte, error) {
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
	wantCode(t, err, "InvalidParameterValueException", "minimum value of [100]")
	if _, err := client.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("f"), ReservedConcurrentExecutions: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	running, release := make(chan bool), make(chan bool)
	sim.SetFunction("f", func(context.Context, *awssim.Invocation) ([]byte, error) {
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
	wantCode(t, err, "TooManyRequestsException", "Rate Exceeded")
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
	sim.SetFunction("f", func(_ context.Context, in *awssim.Invocation) ([]byte, error) {
		tries <- in.RequestID
		return nil, &awssim.FunctionError{Type: "Error", Message: "no"}
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

func TestFunctionPolicyLetsOthersIn(t *testing.T) {
	sim, client := functions(t, "f")
	other := sim.AddAccount("444455556666", "other").AddUser("ada")
	if err := other.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	foreign := lambda.NewFromConfig(sim.ConfigFor(other.NewKey()))
	call := &lambda.InvokeInput{FunctionName: aws.String("arn:aws:lambda:us-east-1:111122223333:function:f")}
	_, err := foreign.Invoke(t.Context(), call)
	wantCode(t, err, "AccessDeniedException", "no resource-based policy allows the lambda:InvokeFunction action")
	grant := &lambda.AddPermissionInput{
		FunctionName: aws.String("f"), StatementId: aws.String("ada"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("444455556666"),
	}
	if _, err := client.AddPermission(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	_, err = client.AddPermission(t.Context(), grant)
	wantCode(t, err, "ResourceConflictException", "already exists")
	if _, err := foreign.Invoke(t.Context(), call); err != nil {
		t.Errorf("with a permission: %v", err)
	}
	if _, err := client.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("f"), StatementId: aws.String("ada")}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f")})
	wantCode(t, err, "ResourceNotFoundException", "does not exist")
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
	wantCode(t, err, "AccessDeniedException", "lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:g")
}
