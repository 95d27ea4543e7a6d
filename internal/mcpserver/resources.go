package mcpserver

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// source is a resource that is read by calling a tool, so that the guard and the
// audit log apply to it.
type source struct {
	uri, name, title, description string
	tool, input                   string
}

func sources() []source {
	return []source{
		{
			"hawser://connections", "connections", "Connections", "The configured ways to AWS.",
			"connections.list", `{}`,
		},
		{
			"hawser://identity", "identity", "Who I am", "Who AWS says the default connection is, and what is risky about it.",
			"connections.check", `{}`,
		},
		{
			"hawser://audit/recent", "audit", "Recent calls", "The last calls through this Hawser, newest first.",
			"audit.list", `{"limit":50}`,
		},
	}
}

const toolsPrefix = "hawser://tools/"

// addResources offers the resources. It leaves out those whose tool the guard
// denies.
func (s *Server) addResources(n *state, known []string) {
	for _, r := range sources() {
		if !n.has(r.tool) || slices.Contains(known, r.uri) {
			continue
		}
		s.mcp.AddResource(&mcp.Resource{
			URI: r.uri, Name: r.name, Title: r.title, Description: r.description, MIMEType: "application/json", Icons: []mcp.Icon{icon()},
		}, s.reader(r))
	}
}

// resources returns the URIs of the sources that the state offers.
func (n *state) resources() []string {
	var uris []string
	for _, r := range sources() {
		if n.has(r.tool) {
			uris = append(uris, r.uri)
		}
	}
	return uris
}

func toolTemplate() *mcp.ResourceTemplate {
	return &mcp.ResourceTemplate{
		URITemplate: toolsPrefix + "{name}", Name: "tool", Title: "Tool reference", MIMEType: "application/json",
		Description: "A tool's effect, schemas, examples and the AWS actions that it needs.",
	}
}

func (s *Server) reader(r source) mcp.ResourceHandler {
	return func(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		now := s.now.Load()
		request := tool.Request{Tool: r.tool, Input: json.RawMessage(r.input), Caller: now.caller(req)}
		running := &runningCall{began: now, request: request}
		ctx, done := s.begin(ctx, req, running)
		defer done()
		result, err := now.registry.Call(ctx, running.request)
		if result == nil {
			return nil, refused(fault.From(err), s.scrub)
		}
		data, _ := s.scrub.clean(result.JSON, secretsOf(now.registry, r.tool)...)
		return contents(req.Params.URI, data), nil
	}
}

// secretsOf returns the members of a tool's answers that hold secrets.
func secretsOf(r *tool.Registry, name string) []string {
	t, err := r.Tool(name)
	if err != nil {
		return nil
	}
	return t.Secrets
}

// reference describes a tool in its resource.
type reference struct {
	Name        string         `json:"name"`
	Summary     string         `json:"summary"`
	Description string         `json:"description,omitempty"`
	Effect      tool.Effect    `json:"effect"`
	Needs       []tool.Need    `json:"needs"`
	Examples    []tool.Example `json:"examples,omitempty"`
	Input       any            `json:"input_schema"`
	Output      any            `json:"output_schema"`
}

func (s *Server) readTool(_ context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	name := strings.TrimPrefix(req.Params.URI, toolsPrefix)
	now := s.now.Load()
	for _, t := range now.tools() {
		if t.Name != name && now.options.name(t) != name {
			continue
		}
		data, err := json.Marshal(reference{
			Name: now.options.name(t), Summary: t.Summary, Description: t.Description, Effect: t.Effect,
			Needs: t.Needs, Examples: t.Examples, Input: now.inputSchema(t), Output: t.Output,
		})
		return contents(req.Params.URI, data), err
	}
	return nil, mcp.ResourceNotFoundError(req.Params.URI)
}

func contents(uri string, data json.RawMessage) *mcp.ReadResourceResult {
	return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: "application/json", Text: string(data)}}}
}
