package web

import (
	"strconv"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// The schemas that belong to no tool.

func statusText(status int) string { return strconv.Itoa(status) }

func textSchema(description string) object {
	return object{"type": "string", "description": description}
}

func problemSchema() object {
	kinds := []string{}
	for _, kind := range fault.Kinds() {
		kinds = append(kinds, string(kind))
	}
	return object{
		"type": "object", "required": []string{"type", "title", "status", "detail", "kind", "message"},
		"properties": object{
			"type": textSchema("urn:hawser: and the kind"), "title": textSchema("the kind"), "status": object{"type": "integer"},
			"detail": textSchema("what went wrong"), "kind": object{"type": "string", "enum": kinds}, "message": textSchema("what went wrong"),
			"cause": textSchema("why"), "fix": textSchema("what to do"), "field": textSchema("the input's field that is wrong"), "op": textSchema("the tool or AWS action"),
			"code": textSchema("AWS's own code"), "request_id": textSchema("AWS's id of the request"), "action": textSchema("the IAM action"),
			"resource": textSchema("what it is about"), "region": textSchema("the right region"), "policy_kind": textSchema("the kind of policy that denied"),
			"statement": textSchema("the policy statement that would allow it"), "encoded_message": textSchema("what sts:DecodeAuthorizationMessage decodes"),
			"outcome_unknown": object{"type": "boolean", "description": "the call may have been carried out"},
			"made":            object{"type": "boolean", "description": "the call was carried out, and only its answer could not be given"},
			"file":            textSchema("a file that is wrong"), "line": object{"type": "integer"},
			"plan": reference("Plan"), "confirm": textSchema("send it as " + confirmHeader + " for the plan to be carried out"),
			"call": textSchema("the call in the audit log"), "outcome": object{"type": "string", "enum": []string{"running", "done", "unknown"}},
			"answer": object{"type": "object", "description": "the answer of a call that was made, and whose output reports the problem"},
		},
	}
}

func unconfirmedSchema() object {
	return object{
		"type": "object", "required": []string{"tool", "effect", "subject"},
		"properties": object{
			"tool": textSchema("the tool"), "effect": object{"type": "string", "enum": []string{"read", "write", "destroy"}}, "subject": textSchema("what it would act on"),
			"question": textSchema("what it would do, and to what is there now"), "connection": textSchema("the connection"), "account": textSchema("the account"), "region": textSchema("the region"),
		},
	}
}

func failureSchema() object {
	return object{
		"type": "object", "required": []string{"error"},
		"properties": object{
			"account": textSchema("the account that could not be read"), "region": textSchema("the region"),
			"error": object{"type": "object"},
		},
	}
}

func answerSchema(output object) object {
	return object{
		"type": "object", "required": []string{"call", "effect", "output"},
		"properties": object{
			"call": textSchema("the call in the audit log"), "effect": object{"type": "string", "enum": []string{"read", "write", "destroy"}},
			"output": output, "cut": textSchema("how the output was cut"), "notes": object{"type": "array", "items": object{"type": "string"}},
			"failures": object{"type": "array", "items": reference("Failure")}, "problem": reference("Problem"),
		},
	}
}

func toolSchema() object {
	return object{"type": "object", "required": []string{"name", "summary", "effect"}, "properties": object{
		"name": textSchema("noun.verb"), "summary": textSchema("what it does"), "effect": textSchema("read, write or destroy"),
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
	status := object{"type": "object", "required": []string{"status"}, "properties": object{"status": textSchema("ok")}}
	return object{
		"operationId": id, "summary": summary, "security": []object{},
		"responses": object{"200": object{"description": "it does", "content": object{"application/json": object{"schema": status}}}},
	}
}
