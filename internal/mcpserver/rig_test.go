package mcpserver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type (
	widgetInput  = tooltest.WidgetInput
	widgetOutput = tooltest.WidgetOutput
)

func widget(verb string, effect tool.Effect, run tool.Func[widgetInput, widgetOutput]) *tool.Tool {
	return tooltest.Widget(verb, effect, run)
}

func same(ctx context.Context, call *tool.Call, in widgetInput) (widgetOutput, error) {
	return tooltest.Same(ctx, call, in)
}

// rig is a server with its client, which the SDK's authors wrote, over pipes.
type rig struct {
	*mcp.ClientSession
	log      *tooltest.Memory
	terminal *buffer
	client   *mcp.Client
	server   *mcpserver.Server
}

// buffer is a bytes.Buffer for two goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func registryOf(t testing.TB, g tool.Guard, log tool.Recorder, tools ...*tool.Tool) *tool.Registry {
	t.Helper()
	r, err := tool.NewRegistry(tools, tool.Options{Guard: g, Log: log, Resolve: func(_ context.Context, t tool.Target) tool.Target {
		return tool.Target{Connection: "main", Account: "111122223333", Region: "us-east-1"}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// newServer makes a server that remembers in memory what it is not given.
func newServer(t testing.TB, r *tool.Registry, o mcpserver.Options) *mcpserver.Server {
	t.Helper()
	if o.Consent == nil {
		o.Consent = tool.NewConsent(o.Clock)
	}
	if o.Codes == nil {
		o.Codes = mcpserver.NewCodes(o.Clock)
	}
	if o.Breakers == nil {
		o.Breakers = mcpserver.NewBreakers(o.Clock)
	}
	server, err := mcpserver.New(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// connect starts a server of the tools and a client of it.
func connect(t testing.TB, g tool.Guard, o mcpserver.Options, client *mcp.ClientOptions, tools ...*tool.Tool) *rig {
	t.Helper()
	r := &rig{log: &tooltest.Memory{}, terminal: &buffer{}}
	o.Terminal = r.terminal
	server := newServer(t, registryOf(t, g, r.log, tools...), o)
	r.server = server
	r.client = mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, client)
	r.open(t)
	return r
}

// open connects the client with the server.
func (r *rig) open(t testing.TB) {
	t.Helper()
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- r.server.Serve(context.Background(), toServer, fromServer) }()
	session, err := r.client.Connect(context.Background(), &mcp.IOTransport{Reader: toClient, Writer: fromClient}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.ClientSession = session
	t.Cleanup(func() {
		_ = session.Close()
		<-ended
	})
}

// call calls a tool and gives its answer.
func (r *rig) call(t testing.TB, name string, arguments map[string]any) *mcp.CallToolResult {
	t.Helper()
	result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// texts are an answer's texts, joined.
func texts(r *mcp.CallToolResult) string {
	var all []string
	for _, c := range r.Content {
		if t, ok := c.(*mcp.TextContent); ok {
			all = append(all, t.Text)
		}
	}
	return strings.Join(all, "\n")
}

// structured decodes an answer's structured content.
func structured[T any](t testing.TB, r *mcp.CallToolResult) T {
	t.Helper()
	var v T
	raw, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return v
}
