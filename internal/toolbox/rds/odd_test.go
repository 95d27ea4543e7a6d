package rds_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// onDataAPI is a rig whose Data API gives one answer.
func onDataAPI(t *testing.T, status int, code, body string) *toolboxtest.Rig {
	t.Helper()
	r, _ := toolboxtest.OnHookedSim(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/Execute") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Errortype", code)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	})
	return r
}

var oddQuery = map[string]any{
	"resource_arn": "arn:aws:rds:us-east-1:111122223333:cluster:shop",
	"secret_arn":   "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-AbCdEf",
	"sql":          "SELECT 1",
}

// TestQueryKeepsNumbersThatJSONHasNot holds that one such value costs nothing of
// the others.
func TestQueryKeepsNumbersThatJSONHasNot(t *testing.T) {
	columns := `{"label": "x", "typeName": "float8"}, {"label": "y", "typeName": "float8"}, {"label": "n", "typeName": "int8"}, {"label": "a", "typeName": "_float8"}`
	r := onDataAPI(t, 200, "", `{"columnMetadata": [`+columns+`], "records": [
		[{"doubleValue": "NaN"}, {"doubleValue": "-Infinity"}, {"longValue": 9007199254740993}, {"arrayValue": {"doubleValues": ["Infinity", 1.5, null]}}],
		[{"isNull": true}, {"doubleValue": 1e21}, {"longValue": 2}, {"arrayValue": {"arrayValues": [{"doubleValues": ["NaN"]}]}}]]}`)
	result, err := r.Try(t.Context(), "rds.query", oddQuery)
	if err != nil {
		t.Fatal(err)
	}
	want := `"rows":[{"a":["Infinity",1.5,null],"n":9007199254740993,"x":"NaN","y":"-Infinity"},{"a":[["NaN"]],"n":2,"x":null,"y":1e+21}]`
	if !strings.Contains(string(result.JSON), want) {
		t.Errorf("got %s", result.JSON)
	}
	_, cells := result.Output.(tool.Gridder).Grid()
	if diff := cmp.Diff([]string{"NaN", "-Infinity", "9007199254740993", `["Infinity",1.5,null]`}, cells[0]); diff != "" {
		t.Error(diff)
	}
}

func TestQueryFaultsSayWhatToDo(t *testing.T) {
	for code, want := range map[string]string{
		"BadRequestException":          "1 MiB",
		"UnsupportedResultException":   "cast the column to text",
		"DatabaseErrorException":       "correct the statement",
		"TransactionNotFoundException": "begin a new transaction",
		"SecretsErrorException":        "username and password",
	} {
		r := onDataAPI(t, 400, code, `{"message": "Database returned more than the allowed response size limit, or so"}`)
		_, err := r.Try(t.Context(), "rds.query", oddQuery)
		f := fault.From(err)
		if f == nil || f.Kind == fault.Internal || f.Cause == "" || f.Fix == "" || !strings.Contains(fmt.Sprint(f.Cause, f.Fix), want) {
			t.Errorf("%s: %+v", code, f)
		}
		if errors.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", code, err)
		}
	}
}
