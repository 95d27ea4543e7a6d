package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/config/configtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// appIn is the App of a home and a working directory.
func appIn(f configtest.Folder) *App {
	return New(Options{Flags: &Flags{}, Getenv: getenvOf(f.Env()), Stderr: io.Discard})
}

// getenvOf gives variables of an environment, whose entries are NAME=value.
func getenvOf(env []string) func(string) string {
	return func(name string) string {
		for _, entry := range env {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// agentOfText gives the registry of an agent by a configuration and flags.
func agentOfText(t *testing.T, text string, f agent.Flags) *tool.Registry {
	t.Helper()
	home := configtest.New(t)
	home.User(t, text)
	_, registry, err := appIn(home).Agent(f, auth.Token{})
	if err != nil {
		t.Fatal(err)
	}
	return registry
}

// TestConfirmOnlyAdds holds that neither a profile nor a flag takes away an
// effect that guard.confirm asks about.
func TestConfirmOnlyAdds(t *testing.T) {
	const all = "guard: {confirm: [read, destroy]}\n"
	tests := map[string]struct {
		config        string
		flags         agent.Flags
		read, write   bool
		notDestroying bool
	}{
		"nothing said":              {config: "", flags: agent.Flags{}},
		"the flag none":             {config: "", flags: agent.Flags{Agent: config.Agent{Confirm: []string{"none"}}}},
		"the flag write":            {config: "", flags: agent.Flags{Agent: config.Agent{Confirm: []string{"write"}}}, write: true},
		"a profile's none":          {config: all + "agents: {a: {confirm: [none]}}\n", flags: agent.Flags{Profile: "a"}, read: true, write: true},
		"a profile's write":         {config: all + "agents: {a: {confirm: [write]}}\n", flags: agent.Flags{Profile: "a"}, read: true, write: true},
		"a profile, the flag none":  {config: "agents: {a: {confirm: [write]}}\n", flags: agent.Flags{Profile: "a", Agent: config.Agent{Confirm: []string{"none"}}}, write: true},
		"a profile, the flag write": {config: "agents: {a: {confirm: [none]}}\n", flags: agent.Flags{Profile: "a", Agent: config.Agent{Confirm: []string{"write"}}}, write: true},
		"a guard without":           {config: "guard: {confirm: []}\nagents: {a: {}}\n", flags: agent.Flags{Profile: "a"}, notDestroying: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := agentOfText(t, tt.config, tt.flags)
			if r.Confirms(tool.Read) != tt.read || r.Confirms(tool.Write) != tt.write || r.Confirms(tool.Destroy) == tt.notDestroying {
				t.Errorf("read %v, write %v, destroy %v", r.Confirms(tool.Read), r.Confirms(tool.Write), r.Confirms(tool.Destroy))
			}
		})
	}
}

// notes keeps audit records in memory.
type notes struct{ all []audit.Record }

func (n *notes) Append(_ context.Context, r audit.Record) (audit.Record, error) {
	r.ID = "1"
	n.all = append(n.all, r)
	return r, nil
}

// TestFlagsOnlyNarrow holds flags against a guard that is stricter, and one that
// is not.
func TestFlagsOnlyNarrow(t *testing.T) {
	tests := map[string]struct {
		guard, flags tool.Guard
		limit        time.Duration
		output       int
	}{
		"longer":       {guard: tool.Guard{Timeout: new(time.Minute), MaxOutput: 2048}, flags: tool.Guard{Timeout: new(time.Hour), MaxOutput: 4096}, limit: time.Minute, output: 2048},
		"no limit":     {guard: tool.Guard{Timeout: new(time.Minute)}, flags: tool.Guard{Timeout: new(time.Duration(0))}, limit: time.Minute, output: 8000},
		"shorter":      {guard: tool.Guard{Timeout: new(time.Hour), MaxOutput: 4096}, flags: tool.Guard{Timeout: new(time.Minute), MaxOutput: 2048}, limit: time.Minute, output: 2048},
		"nothing said": {limit: tool.DefaultTimeout, output: 8000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var left time.Duration
			probe := tool.New(tool.Info{Name: "probe.run", Summary: "Probe", Effect: tool.Read}, func(ctx context.Context, _ *tool.Call, _ struct{}) (tool.List[string], error) {
				if end, ok := ctx.Deadline(); ok {
					left = time.Until(end)
				}
				return tool.List[string]{Items: strings.Split(strings.Repeat("x ", 2000), " ")}, nil
			})
			r, err := tool.NewRegistry([]*tool.Tool{probe}, tool.Options{Guard: tt.guard, Log: &notes{}})
			if err != nil {
				t.Fatal(err)
			}
			if r, err = r.Under(tt.flags); err != nil {
				t.Fatal(err)
			}
			result, err := r.Call(t.Context(), tool.Request{Tool: "probe.run", Caller: caller.Caller{Role: caller.Admin}})
			if err != nil {
				t.Fatal(err)
			}
			if left > tt.limit || left < tt.limit-30*time.Second {
				t.Errorf("%s are left, of %s", left, tt.limit)
			}
			if len(result.JSON) > tt.output+100 && tt.output < 8000 {
				t.Errorf("%d bytes, of %d", len(result.JSON), tt.output)
			}
		})
	}
}

// TestUnnamedWritesAreRefused beside an untrusted project, whatever else is
// allowed, and are recorded.
func TestUnnamedWritesAreRefused(t *testing.T) {
	log := &notes{}
	f := configtest.New(t)
	r, err := tool.NewRegistry(appIn(f).Tools(), tool.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	r = r.Through(unnamedWrites{"hawser.yaml is not trusted and not used"})
	call := func(name, input string) error {
		_, err := r.Call(t.Context(), tool.Request{Tool: name, Input: []byte(input), Caller: caller.Caller{Role: caller.Admin}})
		return err
	}
	for name, input := range map[string]string{
		"s3.put":          `{"bucket": "acme-web", "key": "k", "body": "x"}`,
		"s3.delete":       `{"bucket": "acme-web", "key": "k"}`,
		"lambda.invoke":   `{"function_name": "arn:aws:lambda:us-east-1:111122223333:function:f"}`,
		"sync.run":        `{}`,
		"snapshot.export": `{"file": "x"}`,
	} {
		if err := call(name, input); !errors.Is(err, fault.Refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(log.all) != 10 || log.all[1].Outcome != audit.Refused {
		t.Errorf("recorded: %+v", log.all)
	}
	for name, input := range map[string]string{
		"s3.list": `{"bucket": "acme-web", "connection": "nowhere"}`,
		"s3.put":  `{"bucket": "acme-web", "key": "k", "body": "x", "connection": "nowhere"}`,
	} {
		if err := call(name, input); errors.Is(err, fault.Refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAgentIsToldWhatKeepsAToolOut holds that a refusal names the profile, the
// flag or the token, whichever refused.
func TestAnAgentIsToldWhatKeepsAToolOut(t *testing.T) {
	deny := agent.Flags{Agent: config.Agent{Deny: []string{"s3.*"}}}
	tests := map[string]struct {
		config string
		flags  agent.Flags
		want   string
	}{
		"a profile's deny":          {"agents: {triage: {deny: ['s3.*']}}\n", agent.Flags{Profile: "triage"}, "agents.triage.deny in "},
		"a profile's tools":         {"agents: {triage: {tools: ['ec2.*']}}\n", agent.Flags{Profile: "triage"}, "agents.triage.tools in "},
		"the flag":                  {"", deny, "take the pattern off --deny"},
		"the flag beside a profile": {"agents: {triage: {}}\n", agent.Flags{Profile: "triage", Agent: deny.Agent}, "take the pattern off --deny"},
		"the flag --tools":          {"", agent.Flags{Agent: config.Agent{Tools: []string{"ec2.*"}}}, "add it to --tools"},
		"the guard":                 {"guard: {deny: ['s3.*']}\n", agent.Flags{}, "guard.deny in "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := agentOfText(t, tt.config, tt.flags).Tool("s3.list")
			if f := fault.From(err); f == nil || !strings.Contains(f.Fix, tt.want) {
				t.Errorf("%+v, want the fix %q", f, tt.want)
			}
		})
	}
}

// TestGuardsTogether holds the user's guard, the project's and the flags': a
// call must pass all three.
func TestGuardsTogether(t *testing.T) {
	f := configtest.New(t)
	f.User(t, "guard: {allow: ['s3.*', 'ec2.*'], confirm: [destroy], max_output: 4096}\n")
	f.Trusted(t, "guard: {allow: ['s3.*', 'lambda.*'], deny: [s3.delete], confirm: [write], max_output: 65536}\n")
	registry, err := appIn(f).Registry()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, t := range registry.Tools() {
		names = append(names, t.Name)
	}
	if !slices.Contains(names, "s3.put") || slices.ContainsFunc(names, func(n string) bool { return n == "s3.delete" || !strings.HasPrefix(n, "s3.") }) {
		t.Errorf("tools %v", names)
	}
	if !registry.Confirms(tool.Write) || !registry.Confirms(tool.Destroy) || registry.Confirms(tool.Read) {
		t.Error("the effects to confirm are those of both")
	}
}
