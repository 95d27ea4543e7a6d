package mcpserver

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/tool"
)

// Arguments that this package adds to those of the tools.
const (
	// codeField carries the one-time code of a confirmation.
	codeField = "confirmation_code"
	// revealField lists the members of the answer whose secrets the call asks
	// for.
	revealField = "reveal_secrets"
)

// name returns a tool's name as clients see it.
func (o Options) name(t *tool.Tool) string {
	if o.Names == Underscored {
		return tool.Underscored(t.Name)
	}
	return t.Name
}

func (s *Server) addTools(n *state) {
	for _, t := range n.tools() {
		s.mcp.AddTool(n.declare(t), s.handler(t))
	}
}

// declare describes a tool in the protocol's terms.
func (n *state) declare(t *tool.Tool) *mcp.Tool {
	destroys := t.Effect == tool.Destroy
	openWorld := len(t.Needs) > 0
	files := t.LocalFiles()
	if n.options.Files == nil {
		files = tool.FileUse{}
	}
	declared := &mcp.Tool{
		Name: n.options.name(t), Title: t.Summary, Description: description(t),
		InputSchema: written(n.inputSchema(t)), OutputSchema: outputSchema(t.Output),
		Icons: []mcp.Icon{icon()},
		Annotations: &mcp.ToolAnnotations{
			Title: t.Summary, ReadOnlyHint: t.Effect == tool.Read && !files.Write, IdempotentHint: t.Idempotent,
			DestructiveHint: &destroys, OpenWorldHint: &openWorld,
		},
	}
	if files.Any() {
		declared.SetMeta(mcp.Meta{"hawser/local_files": files.Words()})
	}
	return declared
}

// written returns a schema as JSON. The SDK reads a tool's schema again at each
// call over HTTP; JSON takes it a third of the time that the value takes.
func written(schema *jsonschema.Schema) any {
	raw, err := json.Marshal(schema)
	if err != nil {
		return schema // the SDK reports the error
	}
	return json.RawMessage(raw)
}

// inputSchema adds the confirmation code for tools that may need one, and the
// list of secrets to show if the profile allows that.
func (n *state) inputSchema(t *tool.Tool) *jsonschema.Schema {
	schema := t.Input.CloneSchemas()
	if schema.Properties == nil { // a tool without input has no properties
		schema.Properties = map[string]*jsonschema.Schema{}
	}
	add := func(name string, field *jsonschema.Schema) {
		schema.Properties[name] = field
		schema.PropertyOrder = append(schema.PropertyOrder, name)
	}
	if n.registry.Confirms(t.Effect) {
		add(codeField, &jsonschema.Schema{
			Type: "string", MinLength: jsonschema.Ptr(1), Description: "only if an earlier call was refused for want of confirmation: the one-time code that the person gave you",
		})
	}
	if n.options.ShowSecrets {
		add(revealField, &jsonschema.Schema{
			Type: "array", Items: &jsonschema.Schema{Type: "string", MinLength: jsonschema.Ptr(1)},
			Description: "names of members of the answer, such as DB_PASSWORD, whose secrets you need; all others stay masked",
		})
	}
	return schema
}

func description(t *tool.Tool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Effect: %s.", t.Summary, t.Effect)
	if use := t.LocalFiles(); use.Any() {
		fmt.Fprintf(&b, " It can %s, where the person allows any: %s.", use, strings.Join(t.FileFields(), ", "))
	}
	if t.Description != "" {
		b.WriteString(" " + t.Description)
	}
	for _, e := range t.Examples {
		fmt.Fprintf(&b, "\nExample, %s: %s", e.Does, e.Input)
	}
	return b.String()
}

// icon draws a mooring post with its line.
func icon() mcp.Icon {
	return mcp.Icon{
		MIMEType: "image/svg+xml", Sizes: []string{"any"},
		Source: "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PHBhdGggZmlsbD0iIzFmNGU2YiIgZD0iTTcgNGgxMHYzaC0ydjljMCAxIDEgMiAyIDJoMnYzSDV2LTNoMmMxIDAgMi0xIDItMlY3SDd6Ii8+PHBhdGggZmlsbD0ibm9uZSIgc3Ryb2tlPSIjYzk3YjJhIiBzdHJva2Utd2lkdGg9IjIiIGQ9Ik0yIDEyYzQtMyA3IDMgMTAgMHM3IDIgMTAtMSIvPjwvc3ZnPg==",
	}
}
