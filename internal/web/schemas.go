package web

import (
	"strconv"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// The schemas that no tool brings.

func statusText(status int) string { return strconv.Itoa(status) }

func text(description string) object { return object{"type": "string", "description": description} }

func problemSchema() object {
	kinds := []string{}
	for _, kind := range fault.Kinds() {
		kinds = append(kinds, string(kind))
	}
	return object{
		"type": "object", "required": []string{"type", "title", "status", "detail", "kind", "message"},
		"properties": object{
			"type": text("urn:hawser: and the kind"), "title": text("the kind"), "status": object{"type": "integer"},
			"detail": text("what went wrong"), "kind": object{"type": "string", "enum": kinds}, "message": text("what went wrong"),
			"cause": text("why"), "fix": text("what to do"), "field": text("the input's field that is wrong"), "op": text("the tool or AWS action"),
			"code": text("AWS's own code"), "request_id": text("AWS's id of the request"), "action": text("the IAM action"),
			"resource": text("what it is about"), "region": text("the right region"), "policy_kind": text("the kind of policy that denied"),
			"statement": text("the policy statement that would allow it"), "encoded_message": text("what sts:DecodeAuthorizationMessage decodes"),
			"outcome_unknown": object{"type": "boolean", "description": "the call may have been carried out"},
			"file":            text("a file that is wrong"), "line": object{"type": "integer"},
			"plan": reference("Plan"), "confirm": text("send it as " + confirmHeader + " for the plan to be carried out"),
			"call": text("the call in the audit log"), "outcome": object{"type": "string", "enum": []string{"running", "done", "unknown"}},
		},
	}
}

func planSchema() object {
	return object{
		"type": "object", "required": []string{"tool", "effect", "subject"},
		"properties": object{
			"tool": text("the tool"), "effect": object{"type": "string", "enum": []string{"read", "write", "destroy"}}, "subject": text("what it would act on"),
			"question": text("what it would do, and to what is there now"), "connection": text("the connection"), "account": text("the account"), "region": text("the region"),
		},
	}
}

func failureSchema() object {
	return object{
		"type": "object", "required": []string{"error"},
		"properties": object{
			"account": text("the account that could not be read"), "region": text("the region"),
			"error": object{"type": "object"},
		},
	}
}

func answerSchema(output object) object {
	return object{
		"type": "object", "required": []string{"call", "effect", "output"},
		"properties": object{
			"call": text("the call in the audit log"), "effect": object{"type": "string", "enum": []string{"read", "write", "destroy"}},
			"output": output, "cut": text("how the output was cut"), "notes": object{"type": "array", "items": object{"type": "string"}},
			"failures": object{"type": "array", "items": reference("Failure")}, "problem": reference("Problem"),
		},
	}
}

func toolSchema() object {
	return object{"type": "object", "required": []string{"name", "summary", "effect"}, "properties": object{
		"name": text("noun.verb"), "summary": text("what it does"), "effect": text("read, write or destroy"),
		"local_files": object{"type": "array", "items": object{"enum": []string{"read", "write"}}, "description": "what it can do with files of the server"},
		"confirm":     object{"type": "boolean", "description": "a call of its effect wants a yes"},
	}}
}

func listOperation() object {
	list := object{"type": "object", "required": []string{"items"}, "properties": object{"items": object{"type": "array", "items": toolSchema()}}}
	return object{"operationId": "listTools", "summary": "The tools that the token may call", "responses": responses(list, false)}
}

func showOperation(t *tool.Tool, id string) object {
	return object{"operationId": id + "Describe", "summary": "What " + t.Name + " is", "tags": []string{t.Noun()}, "responses": responses(toolSchema(), false)}
}

func metricsOperation() object {
	all := responses(object{"type": "string"}, false)
	all["200"] = object{"description": "in Prometheus' text format", "content": object{"text/plain": object{"schema": object{"type": "string"}}}}
	return object{"operationId": "metrics", "summary": "Counts of calls, errors and calls to AWS", "responses": all}
}

func healthOperation(id, summary string) object {
	status := object{"type": "object", "required": []string{"status"}, "properties": object{"status": text("ok")}}
	return object{
		"operationId": id, "summary": summary, "security": []object{},
		"responses": object{"200": object{"description": "it does", "content": object{"application/json": object{"schema": status}}}},
	}
}
