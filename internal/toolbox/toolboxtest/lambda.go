package toolboxtest

import (
	"archive/zip"
	"bytes"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// MakeFunction creates a function and lets it become active.
func MakeFunction(t testing.TB, sim *simtest.Sim, name, team string) {
	t.Helper()
	var code bytes.Buffer
	w := zip.NewWriter(&code)
	if _, err := w.Create("index.py"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := lambda.NewFromConfig(sim.Config()).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: &name, Runtime: types.RuntimePython313, Handler: aws.String("index.handler"), Code: &types.FunctionCode{ZipFile: code.Bytes()},
		Role: aws.String(simtest.ServiceRole(t, sim.Account, "fn", "lambda")), Tags: map[string]string{"team": team},
		Environment: &types.Environment{Variables: map[string]string{"DB_PASSWORD": "hunter2"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sim.Clock.Advance(5 * time.Second)
}
