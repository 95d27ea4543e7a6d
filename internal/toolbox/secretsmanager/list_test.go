package secretsmanager_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func names(t *testing.T, got any) (all []string) {
	t.Helper()
	for _, item := range got.([]any) {
		all = append(all, fmt.Sprint(item.(map[string]any)["name"]))
	}
	return all
}

// TestList lists secrets over several pages, and never a value.
func TestList(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	var want []string
	for i := range 101 {
		want = append(want, fmt.Sprintf("shop/%03d", i))
		secretsmanager.Put(sim.World, simtest.Account, "us-east-1", want[i], "not-to-be-shown")
	}
	other := secretsmanager.Put(sim.World, simtest.Account, "eu-west-1", "database", "not-to-be-shown")
	got := r.Call(t, "secretsmanager.list", map[string]any{"prefix": "shop/"})
	if diff := cmp.Diff(want, names(t, got["items"])); diff != "" {
		t.Error(diff)
	}
	if calls := sim.Count("secretsmanager:ListSecrets"); calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
	everywhere := r.Call(t, "secretsmanager.list", map[string]any{"prefix": "data", "all_regions": true})
	if raw, _ := json.Marshal(everywhere); !strings.Contains(string(raw), other) || strings.Contains(string(raw), "not-to-be-shown") {
		t.Errorf("everywhere: %s", raw)
	}
	first := r.Call(t, "secretsmanager.list", map[string]any{"limit": 2})
	second := r.Call(t, "secretsmanager.list", map[string]any{"limit": 2, "cursor": first["cursor"]})
	if diff := cmp.Diff([]string{"shop/002", "shop/003"}, names(t, second["items"])); diff != "" {
		t.Error(diff)
	}
}

// TestListDenied names the statement that is missing.
func TestListDenied(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	if err := sim.AddFault(awssim.Fault{Service: "secretsmanager", Action: "ListSecrets", Effect: awssim.DenyAccess}); err != nil {
		t.Fatal(err)
	}
	_, err := r.Try(t.Context(), "secretsmanager.list", `{}`)
	if f := fault.From(err); !errors.Is(err, fault.Denied) || f.Action != "secretsmanager:ListSecrets" {
		t.Errorf("%+v", f)
	}
}
