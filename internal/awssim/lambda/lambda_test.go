package lambda_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

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
	simtest.ServiceRole(t, sim.Account, "run", "lambda")
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
	simtest.WantCode(t, err, "ResourceConflictException", "Pending")
	_, err = client.CreateFunction(ctx, python(t, "pay"))
	simtest.WantCode(t, err, "ResourceConflictException", "Function already exist: pay")
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
	simtest.WantCode(t, err, "ResourceConflictException", "An update is in progress")
	sim.Clock.Advance(3 * time.Second)
	change.RevisionId = made.RevisionId
	_, err = client.UpdateFunctionCode(ctx, change)
	simtest.WantCode(t, err, "PreconditionFailedException", "Revision Id")
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
	simtest.WantCode(t, err, "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:111122223333:function:pay")
}

// TestGetFunctionAsksForTags goes by
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html#API_GetFunction_ResponseElements
func TestGetFunctionAsksForTags(t *testing.T) {
	sim, admin := functions(t, "pay")
	user := sim.Account.AddUser("eve")
	eve := lambda.NewFromConfig(sim.ConfigFor(user.NewKey()))
	for _, tt := range []struct {
		actions string
		tags    map[string]string
	}{{`"lambda:GetFunction"`, nil}, {`"lambda:GetFunction","lambda:ListTags"`, map[string]string{"team": "a"}}} {
		if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[`+tt.actions+`],"Resource":"*"}}`); err != nil {
			t.Fatal(err)
		}
		out, err := eve.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("pay")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.tags, out.Tags); diff != "" || (out.TagsError == nil) != (tt.tags != nil) {
			t.Errorf("with %s: %s, %+v", tt.actions, diff, out.TagsError)
		}
		if e := out.TagsError; e != nil && (*e.ErrorCode != "AccessDeniedException" || !strings.Contains(*e.Message, "not authorized to perform: lambda:ListTags")) {
			t.Errorf("the tags' error is %s: %s", *e.ErrorCode, *e.Message)
		}
	}
	if _, err := admin.UntagResource(t.Context(), &lambda.UntagResourceInput{Resource: aws.String("arn:aws:lambda:us-east-1:" + simtest.Account + ":function:pay"), TagKeys: []string{"team"}}); err != nil {
		t.Fatal(err)
	}
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"lambda:GetFunction","Resource":"*"}}`); err != nil {
		t.Fatal(err)
	}
	if out, err := eve.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("pay")}); err != nil || out.TagsError != nil {
		t.Errorf("without tags: %+v, %v", out, err)
	}
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
		"runtime":    {func(in *lambda.CreateFunctionInput) { in.Runtime = "cobol" }, "InvalidParameterValueException", "enum value set"},
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
			simtest.WantCode(t, err, tt.code, tt.text)
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
	simtest.WantCode(t, err, "ResourceNotFoundException", "function:f:9")
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
	simtest.WantCode(t, err, "ResourceNotFoundException", "function:f:gone")
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
	simtest.WantCode(t, err, "AccessDeniedException", "no resource-based policy allows the lambda:InvokeFunction action")
	grant := &lambda.AddPermissionInput{
		FunctionName: aws.String("f"), StatementId: aws.String("ada"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("444455556666"),
	}
	if _, err := client.AddPermission(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	_, err = client.AddPermission(t.Context(), grant)
	simtest.WantCode(t, err, "ResourceConflictException", "already exists")
	if _, err := foreign.Invoke(t.Context(), call); err != nil {
		t.Errorf("with a permission: %v", err)
	}
	if _, err := client.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("f"), StatementId: aws.String("ada")}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f")})
	simtest.WantCode(t, err, "ResourceNotFoundException", "does not exist")
}
