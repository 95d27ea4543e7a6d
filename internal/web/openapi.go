package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
)

// object is a piece of a JSON document.
type object = map[string]any

// openAPI returns the description of the API for the bearer: GET
// /api/v1/openapi.json.
func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request, b bearer) error {
	writeJSON(w, http.StatusOK, document(b.registry, b.caller.Role, s.options.Version, s.options.Tokens != nil))
	return nil
}

// document makes the OpenAPI document of the tools that a role may call.
func document(r *tool.Registry, role caller.Role, version string, tokens bool) object {
	schemas := object{
		"Problem": problemSchema(), "Plan": unconfirmedSchema(), "Failure": failureSchema(),
	}
	paths := object{
		"/api/v1/tools":        object{"get": listOperation()},
		"/metrics":             object{"get": metricsOperation()},
		"/api/v1/openapi.json": object{"get": object{"operationId": "openapi", "summary": "This document", "responses": responses(object{"type": "object"}, false)}},
		"/healthz":             object{"get": healthOperation("healthz", "Whether the server runs")},
		"/readyz":              object{"get": healthOperation("readyz", "Whether the server takes calls")},
	}
	for _, t := range r.ToolsFor(role) {
		id := operationID(t.Name)
		schemas[id+"Input"], schemas[id+"Output"] = nullable(t.Input), t.Output
		paths["/api/v1/tools/"+t.Name] = object{"post": callOperation(r, t, id), "get": showOperation(t, id)}
	}
	if version == "" {
		version = "development"
	}
	doc := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Hawser", "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "AWS through typed, guarded tools. Each tool is one POST; see docs/api.md.",
		},
		"paths": paths, "components": object{"schemas": schemas},
	}
	if tokens {
		doc["security"] = []object{{"bearer": []string{}}}
		doc["components"].(object)["securitySchemes"] = object{"bearer": object{"type": "http", "scheme": "bearer"}}
	}
	return doc
}

// operationID makes a name that generated clients can use: s3.get-x is s3GetX.
func operationID(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' })
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

func callOperation(r *tool.Registry, t *tool.Tool, id string) object {
	parameters := []object{
		{"name": idempotency.Header, "in": "header", "required": false, "schema": object{"type": "string", "minLength": 1, "maxLength": longestKey}, "description": "The same call sent again with the same key is not made again."},
	}
	if r.Confirms(t.Effect) {
		parameters = append(parameters, object{"name": confirmHeader, "in": "header", "required": false, "schema": object{"type": "string", "minLength": 1}, "description": "The value of confirm in the problem of the kind unconfirmed."})
	}
	operation := object{
		"operationId": id, "summary": t.Summary, "description": operationText(t), "tags": []string{t.Noun()},
		"parameters":  parameters,
		"requestBody": object{"required": len(t.Input.Required) > 0, "content": object{"application/json": object{"schema": reference(id + "Input")}}},
		"responses":   responses(answerSchema(reference(id+"Output")), true),
	}
	if use := t.LocalFiles(); use.Any() {
		operation["x-hawser-local-files"] = use.Words()
	}
	return operation
}

// operationText describes an operation and its effect.
func operationText(t *tool.Tool) string {
	text := strings.TrimSpace(t.Description + "\n\nEffect: " + string(t.Effect) + ".")
	if use := t.LocalFiles(); use.Any() {
		text += fmt.Sprintf(" It can %s of the server's: %s.", use, strings.Join(t.FileFields(), ", "))
	}
	return text
}

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// responses returns the responses of an operation: its own, and a problem for
// each kind of error.
func responses(schema object, partial bool) object {
	own := object{"description": "done", "content": object{"application/json": object{"schema": schema}}}
	all := object{
		"200":     own,
		"401":     problemResponse("no token, or one that is not known"),
		"default": problemResponse("what went wrong, with its cause and fix"),
	}
	if partial {
		all["207"] = object{"description": "done in part: see problem", "content": object{"application/json": object{"schema": schema}}}
	}
	for _, kind := range fault.Kinds() {
		if kind == fault.Partial {
			continue
		}
		all[statusText(kind.HTTPStatus())] = problemResponse(string(kind))
	}
	return all
}

func problemResponse(description string) object {
	return object{"description": description, "content": object{"application/problem+json": object{"schema": reference("Problem")}}}
}
