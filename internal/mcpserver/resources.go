package mcpserver

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/tool"
)

// source is a resource that a tool's answer is read as, so that it passes the
// same guard and stands in the same audit log.
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

// addResources offers what can be read without a call. A resource whose tool
// the guard keeps out is not there.
//
// https://modelcontextprotocol.io/specification/2025-11-25/server/resources
func (s *Server) addResources() {
	for _, r := range sources() {
		if _, err := s.tools().Tool(r.tool); err != nil {
			continue
		}
		s.mcp.AddResource(&mcp.Resource{
			URI: r.uri, Name: r.name, Title: r.title, Description: r.description, MIMEType: "application/json", Icons: []mcp.Icon{icon()},
		}, s.reader(r))
	}
	s.mcp.AddResourceTemplate(&mcp.ResourceTemplate{
		URITemplate: toolsPrefix + "{name}", Name: "tool", Title: "Tool reference", MIMEType: "application/json",
		Description: "A tool's effect, schemas, examples and the AWS actions that it needs.",
	}, s.readTool)
}

func (s *Server) reader(r source) mcp.ResourceHandler {
	return func(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		result, err := s.tools().Call(ctx, tool.Request{Tool: r.tool, Input: json.RawMessage(r.input), Caller: s.caller(req)})
		if result == nil {
			return nil, err
		}
		data, _ := scrubber{}.clean(result.JSON)
		return contents(req.Params.URI, data), nil
	}
}

// reference is a tool as its resource shows it.
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
	for _, t := range s.tools().Tools() {
		if t.Name != name && s.name(t) != name {
			continue
		}
		data, err := json.Marshal(reference{
			Name: s.name(t), Summary: t.Summary, Description: t.Description, Effect: t.Effect,
			Needs: t.Needs, Examples: t.Examples, Input: s.inputSchema(t), Output: t.Output,
		})
		return contents(req.Params.URI, data), err
	}
	return nil, mcp.ResourceNotFoundError(req.Params.URI)
}

func contents(uri string, data json.RawMessage) *mcp.ReadResourceResult {
	return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: "application/json", Text: string(data)}}}
}
