package toolbox_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/storetest"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// rig is the toolbox at work: a registry over one connection, and a directory
// for files.
type rig struct {
	store    func() *store.Store
	pool     *awsapi.Pool
	registry *tool.Registry
	files    *files.Access
	dir      string
}

// fakeSettings is a connection to a pretend AWS at an endpoint.
func fakeSettings(endpoint string) awsapi.Settings {
	return awsapi.Settings{
		Source: settings.Keys, AccessKeyID: settings.NewSecret(testKey), SecretAccessKey: settings.NewSecret(testSecret),
		Region: "us-east-1", Endpoint: endpoint, Account: "123456789012", AllowRoot: true,
	}
}

const (
	testKey    = "AKIAIOSFODNN7EXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

func newRig(t testing.TB, s awsapi.Settings) *rig {
	t.Helper()
	return newRigWith(t, s, tool.Options{})
}

// newRigWith is newRig with a guard or a clock.
func newRigWith(t testing.TB, s awsapi.Settings, o tool.Options) *rig {
	t.Helper()
	r := &rig{pool: awsapi.NewPool(map[string]awsapi.Settings{"default": s}), dir: t.TempDir()}
	files, err := files.Open(r.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	r.files, o.Log = files, forgetful{}
	r.store = sync.OnceValue(func() *store.Store { return storetest.Open(t, filepath.Join(r.dir, "hawser.db")) })
	pool := func() (*awsapi.Pool, error) { return r.pool, nil }
	o.Resolve = kit.Resolve(pool)
	r.registry, err = tool.NewRegistry(toolbox.Tools(toolbox.Sources{Pool: pool, Store: r.open}), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open is the rig's store, in its directory.
func (r *rig) open() (*store.Store, error) { return r.store(), nil }

// forgetful is an audit log that keeps nothing.
type forgetful struct{}

func (forgetful) Append(_ context.Context, rec audit.Record) (audit.Record, error) {
	rec.ID = "call"
	return rec, nil
}

// try calls a tool with an input that is a Go value or JSON text.
func (r *rig) try(ctx context.Context, name string, input any) (*tool.Result, error) {
	raw, ok := input.(string)
	if !ok {
		encoded, err := json.Marshal(input)
		if err != nil {
			return nil, err
		}
		raw = string(encoded)
	}
	return r.registry.Call(ctx, tool.Request{
		Tool: name, Input: json.RawMessage(raw), Files: r.files, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// tryWatched is try that tells of progress.
func (r *rig) tryWatched(ctx context.Context, name string, input any, moved func()) (*tool.Result, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	return r.registry.Call(ctx, tool.Request{
		Tool: name, Input: raw, Files: r.files, Progress: func(tool.Progress) { moved() },
		Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// call is try for what must work; it gives the answer as a door sees it.
func (r *rig) call(t testing.TB, name string, input any) answer {
	t.Helper()
	result, err := r.try(t.Context(), name, input)
	if err != nil {
		t.Fatalf("%s %v: %v", name, input, err)
	}
	return answerOf(t, result)
}

// answer is a tool's output as JSON has it.
type answer map[string]any

func answerOf(t testing.TB, r *tool.Result) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal(r.JSON, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// column gives one member of every item.
func (a answer) column(name string) []any {
	values := []any{}
	items, _ := a["items"].([]any)
	for _, item := range items {
		values = append(values, item.(map[string]any)[name])
	}
	return values
}

func (r *rig) write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (r *rig) read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// inDir lists what stands in the files' directory, hidden files too.
func (r *rig) inDir(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
