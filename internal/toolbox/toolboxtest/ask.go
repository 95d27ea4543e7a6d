package toolboxtest

import (
	"context"
	"encoding/json"
	"regexp"
	"testing"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/tool"
)

// No keeps the question that a call came to, and says no.
type No struct{ Question tool.Question }

// Confirm says no.
func (n *No) Confirm(_ context.Context, q tool.Question) (bool, error) {
	n.Question = q
	return false, nil
}

// Yes keeps the questions that calls came to, and says yes.
type Yes struct{ Asked []tool.Question }

// Confirm says yes.
func (y *Yes) Confirm(_ context.Context, q tool.Question) (bool, error) {
	y.Asked = append(y.Asked, q)
	return true, nil
}

// Guarded calls a tool under the default guard.
func Guarded(t testing.TB, r *Rig, c tool.Confirmer, name string, input any) (*tool.Result, error) {
	t.Helper()
	registry, err := r.Registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	return registry.Call(t.Context(), tool.Request{
		Tool: name, Input: raw, Files: r.Files, Confirm: c, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// Asks makes a call with the default guard and returns the question to the
// person, with each time in it replaced by TIME; "" if nobody was asked.
func Asks(t testing.TB, r *Rig, name string, input any) string {
	t.Helper()
	p := new(Yes)
	result, err := Guarded(t, r, p, name, input)
	if err != nil && result == nil {
		t.Fatalf("%s %v: %v", name, input, err)
	}
	switch len(p.Asked) {
	case 0:
		if result.Effect == tool.Destroy {
			t.Errorf("%s %v destroyed and nobody was asked", name, input)
		}
		return ""
	case 1:
		return moment.ReplaceAllString(p.Asked[0].Text, "TIME")
	}
	t.Fatalf("%s asked %d times", name, len(p.Asked))
	return ""
}

var moment = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)
