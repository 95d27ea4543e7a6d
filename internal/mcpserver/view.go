package mcpserver

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// View is what a client of a server sees: its tools, resources and prompts.
type View struct {
	Instructions string       `json:"instructions"`
	Tools        []ViewedTool `json:"tools"`
	Resources    []string     `json:"resources"`
	Prompts      []string     `json:"prompts"`
}

// ViewedTool is a tool as a client sees it, and whether a person is asked before
// a call.
type ViewedTool struct {
	Name   string      `json:"name" column:"TOOL"`
	Effect tool.Effect `json:"effect" column:"EFFECT"`
	Asks   string      `json:"asks" column:"A PERSON IS" jsonschema:"asked, approved beforehand, not asked, or refused beyond reading"`
	Title  string      `json:"title" column:"SUMMARY"`
}

// View returns what a client would see.
func (s *Server) View(ctx context.Context) (View, error) {
	near, far := mcp.NewInMemoryTransports()
	ended, err := s.mcp.Connect(ctx, far, nil)
	if err != nil {
		return View{}, fault.Wrap(err, fault.Internal, "the server does not start").WithCause("%v", err)
	}
	defer func() { _ = ended.Wait() }()
	client, err := mcp.NewClient(&mcp.Implementation{Name: "hawser-inspect", Version: s.now.Load().options.Version}, nil).Connect(ctx, near, nil)
	if err != nil {
		return View{}, fault.Wrap(err, fault.Internal, "the server does not answer").WithCause("%v", err)
	}
	defer func() { _ = client.Close() }()
	v := View{Instructions: s.now.Load().options.instructions(), Tools: []ViewedTool{}, Resources: []string{}, Prompts: []string{}}
	for t, err := range client.Tools(ctx, nil) {
		if err != nil {
			return v, fault.Wrap(err, fault.Internal, "the tools can't be listed").WithCause("%v", err)
		}
		v.Tools = append(v.Tools, s.viewed(t))
	}
	for r, err := range client.Resources(ctx, nil) {
		if err != nil {
			return v, fault.Wrap(err, fault.Internal, "the resources can't be listed").WithCause("%v", err)
		}
		v.Resources = append(v.Resources, r.URI)
	}
	for p, err := range client.Prompts(ctx, nil) {
		if err != nil {
			return v, fault.Wrap(err, fault.Internal, "the prompts can't be listed").WithCause("%v", err)
		}
		v.Prompts = append(v.Prompts, p.Name)
	}
	return v, nil
}

func (s *Server) viewed(t *mcp.Tool) ViewedTool {
	v := ViewedTool{Name: t.Name, Title: t.Title, Effect: tool.Write, Asks: "not asked"}
	switch {
	case t.Annotations.ReadOnlyHint:
		v.Effect = tool.Read
	case *t.Annotations.DestructiveHint:
		v.Effect = tool.Destroy
	}
	now := s.now.Load()
	for _, known := range now.tools() {
		switch {
		case now.options.name(known) != t.Name:
		case !now.registry.Permits(known, known.Effect, now.options.Role):
			v.Asks = "refused beyond reading"
		case !now.registry.Confirms(v.Effect):
		case now.options.approves(known.Name):
			v.Asks = "approved"
		default:
			v.Asks = "asked"
		}
	}
	return v
}
