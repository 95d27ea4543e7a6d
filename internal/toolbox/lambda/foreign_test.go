package lambda_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// An answer about another function is not AWS's.
func TestGetTakesNoOtherFunction(t *testing.T) {
	const prefix = "arn:aws:lambda:us-east-1:123456789012:function:"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"Configuration": {"FunctionName": "f", "FunctionArn": "`+prefix+`f"}}`)
	}))
	defer server.Close()
	r := toolboxtest.New(t, toolboxtest.FakeSettings(server.URL))
	for name, fits := range map[string]bool{"f": true, prefix + "f": true, prefix + "f:live": true, "123456789012:function:f": true, "ff": false, prefix + "g": false} {
		_, err := r.Try(t.Context(), "lambda.get", `{"function_name": "`+name+`"}`)
		if fits != (err == nil) || !fits && !errors.Is(err, fault.Endpoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
