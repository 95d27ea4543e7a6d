package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// agentServer is a hawser mcp that takes tokens, over HTTP.
type agentServer struct {
	agents *Agents
	tokens *auth.Tokens
	url    string
}

func newAgentServer(t *testing.T, config string) agentServer {
	t.Helper()
	sim := simtest.Start(t)
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "HAWSER_CONFIG": "hawser.yaml", "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "AWS_ENDPOINT_URL": sim.URL, "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": sim.Key.AccessKeyID, "AWS_SECRET_ACCESS_KEY": sim.Key.SecretAccessKey,
	} {
		t.Setenv(name, value)
	}
	t.Chdir(home)
	configure(t, config)
	o := Options{Flags: &Flags{}, Getenv: os.Getenv, Stderr: io.Discard}
	made := New(o)
	tokens, err := made.Tokens()
	if err != nil {
		t.Fatal(err)
	}
	all, err := made.Agents(AgentOptions{Tokens: tokens, Terminal: io.Discard, Stderr: io.Discard, Note: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = all.Close() })
	server := httptest.NewServer(all.Main().Handler(mcpserver.HTTPOptions{Verify: all.Verify, ServerOf: all.ServerOf}))
	t.Cleanup(server.Close)
	return agentServer{all, tokens, server.URL + mcpserver.Path}
}

// configure writes the hawser.yaml that $HAWSER_CONFIG names.
func configure(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile("hawser.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// bearing adds a token to every request.
type bearing string

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// dial makes a token and a client that bears it.
func (f agentServer) dial(t *testing.T, token auth.Token) *mcp.ClientSession {
	t.Helper()
	secret, err := f.tokens.Create(token)
	if err != nil {
		t.Fatal(err)
	}
	return f.dialSecret(t, secret)
}

// dialSecret makes a client that bears a token.
func (f agentServer) dialSecret(t *testing.T, secret string) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(context.Background(), &mcp.StreamableClientTransport{
		Endpoint: f.url, HTTPClient: &http.Client{Transport: bearing(secret)}, MaxRetries: -1,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func toolNames(t *testing.T, s *mcp.ClientSession) []string {
	t.Helper()
	list, err := s.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	return names
}

const twoAgents = `
agents:
  triage:
    tools: ["s3.*", "lambda.*"]
    on_behalf_of: ops
  reader:
    read_only: true
    tools: ["ec2.*"]
`

// Each token is held to its own profile, and within that to its own tools and
// role; what it does is written down under both names.
func TestEachTokenHasItsOwnAgent(t *testing.T) {
	f := newAgentServer(t, twoAgents)
	triage := f.dial(t, auth.Token{Name: "ada-laptop", Agent: "triage", For: "ada@example.com", Tools: []string{"s3.*"}})
	reader := f.dial(t, auth.Token{Name: "bot", Agent: "reader"})
	plain := f.dial(t, auth.Token{Name: "plain", Role: caller.Viewer})
	for _, name := range toolNames(t, triage) {
		if !strings.HasPrefix(name, "s3.") {
			t.Errorf("the token for s3 in the profile triage has %s", name)
		}
	}
	if names := toolNames(t, reader); !slices.Contains(names, "ec2.list") || slices.Contains(names, "s3.list") {
		t.Errorf("the reader has %v", names)
	}
	if names := toolNames(t, plain); !slices.Contains(names, "s3.list") || !slices.Contains(names, "ec2.list") {
		t.Errorf("a token without a profile has %v", names)
	}
	refused, err := plain.CallTool(t.Context(), &mcp.CallToolParams{Name: "ec2.stop", Arguments: map[string]any{"ids": []string{"i-1"}}})
	if err != nil || !refused.IsError {
		t.Errorf("a viewer stops instances: %+v, %v", refused, err)
	}
	if _, err := triage.CallTool(t.Context(), &mcp.CallToolParams{Name: "s3.list"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(os.Getenv("XDG_STATE_HOME"), "hawser", "audit.jsonl"))
	if err != nil || !strings.Contains(string(text), `"actor":"triage","on_behalf_of":"ada@example.com"`) {
		t.Errorf("the audit log: %v\n%s", err, text)
	}
}

// A token that was revoked ends with its next request, and a profile that was
// made narrower holds for the sessions that are there.
func TestTokensAndProfilesChange(t *testing.T) {
	f := newAgentServer(t, twoAgents)
	triage := f.dial(t, auth.Token{Name: "a", Agent: "triage"})
	if names := toolNames(t, triage); !slices.Contains(names, "s3.delete") {
		t.Fatalf("it has %v", names)
	}
	configure(t, "agents:\n  triage:\n    tools: [lambda.*]\n")
	if err := f.agents.reload(); err != nil {
		t.Fatal(err)
	}
	if names := toolNames(t, triage); slices.Contains(names, "s3.delete") || !slices.Contains(names, "lambda.list") {
		t.Errorf("after the change it has %v", names)
	}
	if err := f.tokens.Revoke("a"); err != nil {
		t.Fatal(err)
	}
	if list, err := triage.ListTools(t.Context(), nil); err == nil {
		t.Errorf("after it was revoked: %v", list)
	}
}

// What a profile loses it loses in the sessions that are open, and a profile
// that is gone takes everything from its own tokens and holds back no others.
func TestReloadTakesAway(t *testing.T) {
	f := newAgentServer(t, `
agents:
  wide:
    role: admin
    approve: ["ec2.stop"]
    show_secrets: true
    on_behalf_of: ops
  other: {}
`)
	wide, other := f.dial(t, auth.Token{Name: "a", Agent: "wide"}), f.dial(t, auth.Token{Name: "b", Agent: "other"})
	stop := func() string {
		return textOf(t, wide, "ec2.stop", map[string]any{"instance_ids": []string{"i-0123456789abcdef0"}})
	}
	reveal := func() string {
		return textOf(t, wide, "connections.list", map[string]any{"reveal_secrets": []string{"x"}})
	}
	if got := stop(); strings.HasPrefix(got, "unconfirmed") || strings.HasPrefix(got, "refused") {
		t.Fatalf("what was approved is asked about: %s", got)
	}
	if got := reveal(); strings.Contains(got, "may not see secrets") {
		t.Fatalf("%s", got)
	}

	configure(t, "agents:\n  wide: {on_behalf_of: eve}\n  other: {}\n")
	f.reload(t)
	if got := stop(); !strings.HasPrefix(got, "unconfirmed") {
		t.Errorf("after approve is gone: %s", got)
	}
	if got := reveal(); !strings.Contains(got, "may not see secrets") {
		t.Errorf("after show_secrets is gone: %s", got)
	}
	if text := auditText(t); !strings.Contains(text, `"actor":"wide","on_behalf_of":"eve"`) {
		t.Errorf("after on_behalf_of changed:\n%s", text)
	}

	configure(t, "agents:\n  wide: {role: viewer, name_style: underscored}\n  other: {}\n")
	f.reload(t)
	if got := textOf(t, wide, "ec2_stop", map[string]any{"instance_ids": []string{"i-0123456789abcdef0"}}); !strings.Contains(got, "needs the role operator") {
		t.Errorf("after the role is viewer: %s", got)
	}
	if names := toolNames(t, wide); slices.Contains(names, "ec2.stop") || !slices.Contains(names, "ec2_stop") {
		t.Errorf("after the style changed: %v", names)
	}

	configure(t, "agents:\n  other: {read_only: true}\n")
	f.reload(t)
	if got := textOf(t, wide, "ec2_list", nil); !strings.HasPrefix(got, "refused") {
		t.Errorf("after the profile is gone: %s", got)
	}
	if names := toolNames(t, wide); len(names) != 0 {
		t.Errorf("after the profile is gone it has %v", names)
	}
	if names := toolNames(t, other); slices.Contains(names, "s3.put") || !slices.Contains(names, "s3.list") {
		t.Errorf("the other profile's change was held back: %v", names)
	}

	configure(t, "agents: [\n")
	if err := f.agents.reload(); err == nil {
		t.Error("a configuration that is none is taken")
	}
	configure(t, "audit: {file: hawser.yaml/audit.jsonl}\n")
	if err := f.agents.reload(); err == nil {
		t.Error("a configuration whose audit log can't be opened is taken")
	}
	configure(t, "agents:\n  wide: {}\n  other: {}\n")
	f.reload(t)
	if got := textOf(t, wide, "connections.list", nil); strings.HasPrefix(got, "refused") {
		t.Errorf("after the profile is there again: %s", got)
	}
}

// A configuration whose file is gone at a SIGHUP takes no guard away.
func TestReloadKeepsTheGuardOfAFileThatIsGone(t *testing.T) {
	f := newAgentServer(t, "guard: {read_only: true}\n")
	session := f.dial(t, auth.Token{Name: "a"})
	if err := os.Remove("hawser.yaml"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HAWSER_CONFIG", "") // as for the user's own, which need not be there
	if err := f.agents.reload(); !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("it is taken: %v", err)
	}
	if names := toolNames(t, session); slices.Contains(names, "s3.put") || !slices.Contains(names, "s3.list") {
		t.Errorf("the agent has %v", names)
	}
}

func (f agentServer) reload(t *testing.T) {
	t.Helper()
	if err := f.agents.reload(); err != nil {
		t.Fatal(err)
	}
}

// textOf calls a tool and gives the answer's texts.
func textOf(t *testing.T, s *mcp.ClientSession, name string, arguments map[string]any) string {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range result.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			b.WriteString(text.Text)
		}
	}
	return b.String()
}

func auditText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(os.Getenv("XDG_STATE_HOME"), "hawser", "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What a configuration opened is closed when another one took its place and the
// calls that used it have ended.
func TestReloadClosesWhatItReplaces(t *testing.T) {
	f := newAgentServer(t, "")
	former := f.agents.app
	leave, err := former.uses.enter()
	if err != nil {
		t.Fatal(err)
	}
	f.reload(t)
	if again, err := former.uses.enter(); err != nil {
		t.Errorf("it is closed while a call runs: %v", err)
	} else {
		again()
	}
	leave()
	if _, err := former.uses.enter(); !errors.Is(err, fault.Canceled) {
		t.Errorf("it is open after the last call: %v", err)
	}
	registry, err := former.Registry()
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a call":    func() error { _, err := registry.Call(t.Context(), tool.Request{Tool: "connections.list"}); return err }(),
		"a refusal": registry.Refuse(t.Context(), tool.Request{Tool: "connections.list"}, fault.New(fault.Refused, "no")),
	} {
		if !errors.Is(err, fault.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := toolNames(t, f.dial(t, auth.Token{Name: "a"})); len(names) == 0 {
		t.Error("the new configuration has no tools")
	}
}

// Each part that was opened is closed once, the last first.
func TestUsesCloseOnce(t *testing.T) {
	var u uses
	var closed []string
	for _, name := range []string{"log", "store"} {
		u.add(closer(func() error { closed = append(closed, name); return nil }))
	}
	u.retire(func(err error) { t.Error(err) })
	if err := u.close(); err != nil || !slices.Equal(closed, []string{"store", "log"}) {
		t.Errorf("%v, %v", closed, err)
	}
}

type closer func() error

func (c closer) Close() error { return c() }

// The server of an agent writes one-time codes where its options say.
func TestCodesGoToTheTerminal(t *testing.T) {
	var terminal bytes.Buffer
	if got := (AgentOptions{Terminal: &terminal}).of(&agent.Agent{}).Terminal; got != &terminal {
		t.Errorf("%v", got)
	}
}
