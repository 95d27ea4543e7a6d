package audit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// recorded is a registry that keeps its log in a file.
func recorded(t *testing.T, pool func() (*awsapi.Pool, error)) (*tool.Registry, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	registry, err := tool.NewRegistry(toolbox.Tools(toolbox.Sources{Pool: pool, Audit: log}), tool.Options{Log: log, Key: audit.Key("an installation's own")})
	if err != nil {
		t.Fatal(err)
	}
	return registry, path
}

func TestCallersSeeTheirOwnCalls(t *testing.T) {
	registry, _ := recorded(t, nil)
	callers := map[string]caller.Caller{
		"person":        {Door: "cli", Actor: "ada", Role: caller.Admin},
		"agent":         {Door: "mcp", Actor: "claude", For: "ada", Role: caller.Operator},
		"its namesake":  {Door: "mcp", Actor: "claude", For: "bob", Role: caller.Operator},
		"admin's agent": {Door: "mcp", Actor: "root", For: "ada", Role: caller.Admin},
		"trusted agent": {Door: "mcp", Actor: "clerk", Role: caller.Viewer, AuditAll: true},
		"program":       {Door: "http", Actor: "claude", For: "ada", Role: caller.Operator},
		"new token":     {Door: "http", Actor: "claude", For: "ada", Token: "t2", Role: caller.Operator},
		"admin program": {Door: "http", Actor: "deploy", Role: caller.Admin},
	}
	ask := func(c caller.Caller, name, input string) map[string]any {
		result, err := registry.Call(t.Context(), tool.Request{Tool: name, Input: json.RawMessage(input), Caller: c})
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]any
		if err := json.Unmarshal(result.JSON, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range callers {
		ask(c, "audit.list", `{"limit":1}`)
	}
	all := map[string]bool{"person": true, "trusted agent": true, "admin program": true}
	for name, c := range callers {
		others, own := 0, 0
		items, _ := ask(c, "audit.list", `{"phase":"all","limit":1000}`)["items"].([]any)
		for _, item := range items {
			r, _ := item.(map[string]any)
			if r["actor"] == c.Actor && r["door"] == c.Door && (c.For == "" || r["on_behalf_of"] == c.For) && text(r["token"]) == c.Token {
				own++
			} else {
				others++
			}
		}
		if own < 2 || (others > 0) != all[name] {
			t.Errorf("%s sees %d own calls and %d others'", name, own, others)
		}
	}
}

func text(v any) string { s, _ := v.(string); return s }

func TestVerifyListsCallsThatNeverEnded(t *testing.T) {
	registry, path := recorded(t, nil)
	log, err := audit.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for _, actor := range []string{"ada", "claude"} {
		if _, err := log.Append(t.Context(), audit.Record{Phase: audit.Before, Tool: "s3.put", Door: "mcp", Actor: actor}); err != nil {
			t.Fatal(err)
		}
	}
	verify := func(c caller.Caller) (unended float64, actors []any) {
		result, err := registry.Call(t.Context(), tool.Request{Tool: "audit.verify", Input: json.RawMessage(`{}`), Caller: c})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(result.Notes, "\n"), "2 calls began and have not ended") {
			t.Errorf("notes: %q", result.Notes)
		}
		var out struct {
			Unended float64          `json:"unended"`
			Began   []map[string]any `json:"began"`
		}
		if err := json.Unmarshal(result.JSON, &out); err != nil {
			t.Fatal(err)
		}
		for _, b := range out.Began {
			actors = append(actors, b["actor"])
		}
		return out.Unended, actors
	}
	n, actors := verify(caller.Caller{Door: "cli", Actor: "ada", Role: caller.Admin})
	if diff := cmp.Diff([]any{"claude", "ada"}, actors); diff != "" || n != 2 {
		t.Errorf("%v: %s", n, diff)
	}
	n, actors = verify(caller.Caller{Door: "mcp", Actor: "claude", Role: caller.Operator})
	if diff := cmp.Diff([]any{"claude"}, actors); diff != "" || n != 2 {
		t.Errorf("an agent: %v: %s", n, diff)
	}
}

// What the log keeps of a statement holds none of its literals, also where the
// database quotes them.
func TestStatementsAreRecordedWithoutLiterals(t *testing.T) {
	sim := simtest.Start(t)
	pool := awsapi.NewPool(map[string]awsapi.Settings{"default": toolboxtest.SimSettings(sim)})
	registry, path := recorded(t, func() (*awsapi.Pool, error) { return pool, nil })
	for _, sql := range []string{
		"INSERT INTO cards VALUES ('hunter2hunter2', 4929123456789012)", "SELECT 'hunter2hunter2", "SELECT hunter2 FROM cards WHERE a = $$hunter2hunter2$$ # x",
		"SELECT 1 /* hunter2hunter2 */ FROM nowhere",
	} {
		in, err := json.Marshal(map[string]any{
			"resource_arn": "arn:aws:rds:us-east-1:123456789012:cluster:shop", "sql": sql,
			"secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = registry.Call(t.Context(), tool.Request{Tool: "rds.query", Input: in, Caller: caller.Caller{Door: "cli", Actor: "ada", Role: caller.Admin}})
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter2hunter2") || strings.Contains(string(text), "4929123") {
		t.Errorf("a literal is in the log:\n%s", text)
	}
	for _, want := range []string{`"sql":"INSERT INTO cards VALUES ( ? , ? )"`, `"sql":{"bytes":`, `"sql":"SELECT ? FROM nowhere"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the log:\n%s", want, text)
		}
	}
}

// TestAPinMustBeAHash: what cannot be a record's hash is a mistake of the caller, and
// says nothing about the log.
func TestAPinMustBeAHash(t *testing.T) {
	registry, _ := recorded(t, nil)
	ada := caller.Caller{Door: "cli", Actor: "ada", Role: caller.Admin}
	for pin, kind := range map[string]fault.Kind{
		"xyz": fault.Invalid, "": fault.Invalid, strings.Repeat("a", 63): fault.Invalid, strings.Repeat("A", 64): fault.Invalid,
		strings.Repeat("a", 64): fault.Conflict,
	} {
		_, err := registry.Call(t.Context(), tool.Request{Tool: "audit.verify", Input: json.RawMessage(`{"head":"` + pin + `"}`), Caller: ada})
		if f := fault.From(err); f == nil || f.Kind != kind || kind == fault.Invalid && f.Field != "head" {
			t.Errorf("%q: %v", pin, err)
		}
	}
}
