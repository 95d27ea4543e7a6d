package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// narrowed puts a registry with the user's own guard under further guards: those
// of the flags and of the project's file.
func (a *App) narrowed(r *tool.Registry) (*tool.Registry, error) {
	config, err := a.config()
	if err != nil {
		return nil, err
	}
	flags, err := a.options.Flags.guard()
	if err != nil {
		return nil, err
	}
	if r, err = r.Under(flags); err != nil {
		return nil, err
	}
	if config.Untrusted() != "" {
		return r.Through(unnamedWrites{config.Untrusted()}), nil
	}
	if config.Project() == nil {
		return r, nil
	}
	return r.Under(config.Project().Guard)
}

// guard returns the guard of the flags.
func (f *Flags) guard() (tool.Guard, error) {
	g := tool.Guard{ReadOnly: f.ReadOnly, MaxOutput: f.MaxOutput}.From(agent.FlagsOrigin())
	if f.Timeout == "" {
		return g, nil
	}
	limit, err := time.ParseDuration(f.Timeout)
	if err != nil || limit < 0 {
		return g, fault.New(fault.Invalid, "--timeout %q is not a duration", f.Timeout).At("timeout").
			WithFix("write it like 90s or 5m; 0 means no limit")
	}
	g.Timeout = &limit
	return g, nil
}

// unnamedWrites is the gate for a directory whose project file is not trusted. It
// refuses calls that change something and name no connection: they would use the
// user's default connection, while the file may mean another one.
type unnamedWrites struct{ why string }

// Admit implements tool.Gate.
func (g unnamedWrites) Admit(_ context.Context, a tool.Attempt) error {
	if !a.Effect.Exceeds(tool.Read) || !hasConnection(a.Tool) {
		return nil
	}
	var named struct {
		Connection string `json:"connection"`
	}
	raw, err := json.Marshal(a.Input)
	if err == nil {
		err = json.Unmarshal(raw, &named)
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the connection of the input can't be read")
	}
	if named.Connection != "" {
		return nil
	}
	return fault.New(fault.Refused, "%s may %s through the default connection", a.Tool.Name, a.Effect).At("connection").
		WithCause("%s", g.why).WithFix("name the connection, or trust the file (hawser trust)")
}

// hasConnection reports whether a tool's input can name a connection.
func hasConnection(t *tool.Tool) bool {
	for _, f := range t.Fields() {
		if f.Name == "connection" {
			return true
		}
	}
	return false
}
