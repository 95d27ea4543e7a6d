package web

import (
	"net/http"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/tool"
)

// Described is the description of a tool for programs.
type Described struct {
	Name        string             `json:"name"`
	Summary     string             `json:"summary"`
	Description string             `json:"description,omitempty"`
	Effect      tool.Effect        `json:"effect"`
	Idempotent  bool               `json:"idempotent"`
	LocalFiles  []string           `json:"local_files,omitempty"` // read, write
	Role        caller.Role        `json:"role"`
	Confirm     bool               `json:"confirm"` // a call with the tool's effect must be confirmed
	Needs       []tool.Need        `json:"needs"`
	Input       *jsonschema.Schema `json:"input_schema"`
	Output      *jsonschema.Schema `json:"output_schema"`
}

func described(r *tool.Registry, t *tool.Tool) Described {
	d := Described{
		Name: t.Name, Summary: t.Summary, Description: t.Description, Effect: t.Effect, Idempotent: t.Idempotent,
		Role: t.Role, LocalFiles: t.LocalFiles().Words(), Confirm: r.Confirms(t.Effect), Needs: t.Needs, Input: t.Input, Output: t.Output,
	}
	if d.Needs == nil {
		d.Needs = []tool.Need{}
	}
	return d
}

// listTools lists the tools that the bearer may call: GET /api/v1/tools.
func (s *Server) listTools(w http.ResponseWriter, _ *http.Request, b bearer) error {
	list := struct {
		Items []Described `json:"items"`
	}{[]Described{}}
	for _, t := range b.registry.ToolsFor(b.caller.Role) {
		list.Items = append(list.Items, described(b.registry, t))
	}
	writeJSON(w, http.StatusOK, list)
	return nil
}

// showTool describes one tool: GET /api/v1/tools/{name}.
func (s *Server) showTool(w http.ResponseWriter, r *http.Request, b bearer) error {
	t, err := b.registry.ToolFor(r.PathValue("name"), b.caller)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, described(b.registry, t))
	return nil
}
