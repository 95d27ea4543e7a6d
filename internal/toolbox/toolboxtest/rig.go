package toolboxtest

import (
	"context"
	"encoding/json"
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

// Rig is the toolbox at work: a registry over one connection, and a directory
// for files.
type Rig struct {
	Store    func() *store.Store
	Pool     *awsapi.Pool
	Registry *tool.Registry
	Files    *files.Access
	Dir      string
}

// FakeSettings returns a connection to a pretend AWS at an endpoint.
func FakeSettings(endpoint string) awsapi.Settings {
	return awsapi.Settings{
		Source: settings.Keys, AccessKeyID: settings.NewSecret(KeyID), SecretAccessKey: settings.NewSecret(Secret),
		Region: "us-east-1", Endpoint: endpoint, Account: "123456789012", AllowRoot: true,
	}
}

// The credentials of a pretend AWS.
const (
	KeyID  = "AKIAIOSFODNN7EXAMPLE"
	Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// New returns the toolbox over one connection.
func New(t testing.TB, s awsapi.Settings) *Rig {
	t.Helper()
	return NewWith(t, s, tool.Options{})
}

// NewWith is New with a guard or a clock.
func NewWith(t testing.TB, s awsapi.Settings, o tool.Options) *Rig {
	t.Helper()
	r := &Rig{Pool: awsapi.NewPool(map[string]awsapi.Settings{"default": s}), Dir: t.TempDir()}
	files, err := files.Open(r.Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	r.Files, o.Log = files, discardLog{}
	r.Store = sync.OnceValue(func() *store.Store { return storetest.Open(t, filepath.Join(r.Dir, "hawser.db")) })
	pool := func() (*awsapi.Pool, error) { return r.Pool, nil }
	o.Resolve = kit.Resolve(pool)
	r.Registry, err = tool.NewRegistry(toolbox.Tools(toolbox.Sources{Pool: pool, Store: r.open}), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open returns the rig's store, in its directory.
func (r *Rig) open() (*store.Store, error) { return r.Store(), nil }

// discardLog is an audit log that keeps nothing.
type discardLog struct{}

func (discardLog) Append(_ context.Context, rec audit.Record) (audit.Record, error) {
	rec.ID = "call"
	return rec, nil
}

// Try calls a tool with an input that is a Go value or JSON text.
func (r *Rig) Try(ctx context.Context, name string, input any) (*tool.Result, error) {
	raw, ok := input.(string)
	if !ok {
		encoded, err := json.Marshal(input)
		if err != nil {
			return nil, err
		}
		raw = string(encoded)
	}
	return r.Registry.Call(ctx, tool.Request{
		Tool: name, Input: json.RawMessage(raw), Files: r.Files, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// TryWatched is Try that tells of progress.
func (r *Rig) TryWatched(ctx context.Context, name string, input any, moved func()) (*tool.Result, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	return r.Registry.Call(ctx, tool.Request{
		Tool: name, Input: raw, Files: r.Files, Progress: func(tool.Progress) { moved() },
		Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// Call is Try for what must work; it gives the answer as a door sees it.
func (r *Rig) Call(t testing.TB, name string, input any) Answer {
	t.Helper()
	result, err := r.Try(t.Context(), name, input)
	if err != nil {
		t.Fatalf("%s %v: %v", name, input, err)
	}
	return AnswerOf(t, result)
}
