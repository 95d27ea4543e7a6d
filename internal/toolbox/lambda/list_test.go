package lambda_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestLambdaListByTagsPassesOverTheGone lists three functions. Of one or more the
// tags cannot be read.
func TestLambdaListByTagsPassesOverTheGone(t *testing.T) {
	tests := map[string]struct {
		unread string // the functions whose tags cannot be read
		status int
		code   string
		want   string
		err    fault.Kind
	}{
		"gone":       {"b", 404, "ResourceNotFoundException", "[a c]", ""},
		"all gone":   {"abc", 404, "ResourceNotFoundException", "[]", ""},
		"denied":     {"b", 403, "AccessDeniedException", "[a c]", fault.Partial},
		"all denied": {"abc", 403, "AccessDeniedException", "", fault.Denied},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, sim := toolboxtest.OnHookedSim(t, func(w http.ResponseWriter, r *http.Request) bool {
				_, function, tags := strings.Cut(r.URL.Path, "function:")
				if !tags || !strings.Contains(r.URL.Path, "/tags/") || !strings.Contains(tt.unread, function) {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("X-Amzn-Errortype", tt.code)
				w.WriteHeader(tt.status)
				_, _ = fmt.Fprint(w, `{"Message": "Function not found, or so"}`)
				return true
			})
			for _, function := range []string{"a", "b", "c"} {
				toolboxtest.MakeFunction(t, sim, function, "shop")
			}
			result, err := r.Try(t.Context(), "lambda.list", `{"tags": {"team": "shop"}}`)
			if !errors.Is(err, tt.err) && (tt.err != "" || err != nil) {
				t.Fatalf("err = %v, want %q", err, tt.err)
			}
			if tt.want == "" {
				return
			}
			if got := fmt.Sprint(toolboxtest.AnswerOf(t, result).Column("function_name")); got != tt.want {
				t.Errorf("listed %s, want %s", got, tt.want)
			}
			if tt.err == fault.Partial && (len(result.Failures) != 1 || !strings.HasSuffix(result.Failures[0].Error.Resource, "function:b")) {
				t.Errorf("failures: %+v", result.Failures)
			}
		})
	}
}
