package mcpserver

import (
	"encoding/json"
	"math"
	"unicode/utf8"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/hawser/hawser/internal/strictjson"
	"github.com/hawser/hawser/internal/text"
)

// cancelled is the notification by which a client cancels its own request.
const cancelled = "notifications/cancelled"

// maxDepth limits how deep a message may nest. Inputs of tools nest a few levels,
// and documents in them some more; the SDK's own limit is 1000.
const maxDepth = 200

// envelope is a JSON-RPC message as it was received. A member that is absent is
// nil.
type envelope struct {
	version, id, method, params, result, err json.RawMessage
}

// parseMessage reads a line, or the body of an HTTP request, as a message of
// JSON-RPC 2.0, in the stricter form that MCP gives it: an id is a string or an
// integer, parameters are an object, and there are no batches. If the text is not
// a message, the problem says why. Both results are nil for a message that must
// be ignored. Both are set if an answer of the client cannot be read, so that
// whoever waits for it stops waiting.
//
// https://www.jsonrpc.org/specification
// https://modelcontextprotocol.io/specification/2025-11-25/basic#messages
func parseMessage(line []byte) (jsonrpc.Message, *problem) {
	if !utf8.Valid(line) {
		return nil, &problem{code: jsonrpc.CodeParseError, text: "the message is not UTF-8"}
	}
	if !json.Valid(line) {
		return nil, &problem{code: jsonrpc.CodeParseError, text: "the message is not JSON"}
	}
	e, ok := open(line)
	if !ok {
		return nil, invalid(nil, "the message is not a JSON object, or has a member twice")
	}
	id, known := e.identity()
	var own json.RawMessage
	if known {
		own = e.id
	}
	switch {
	case string(e.version) != `"2.0"`:
		return nil, invalid(own, `"jsonrpc" is not "2.0"`)
	case e.id != nil && !known && e.err == nil:
		return nil, invalid(nil, "the id is neither a string nor an integer of up to 53 bits")
	case deeperThan(line, maxDepth):
		return nil, invalid(own, "the message nests too deep")
	case e.method != nil:
		return e.request(id, own)
	case e.result != nil || e.err != nil:
		return e.response(id, known)
	default:
		return nil, invalid(own, "the message has no method")
	}
}

// open decodes a JSON object into its members. It returns false if the text is
// not an object or has a member twice.
func open(line []byte) (envelope, bool) {
	members, err := strictjson.Members(line)
	return envelope{
		version: members["jsonrpc"], id: members["id"], method: members["method"],
		params: members["params"], result: members["result"], err: members["error"],
	}, err == nil
}

// maxInteger is the largest integer that every JSON reader keeps exactly.
const maxInteger = 1<<53 - 1

// identity returns the message's id, and whether it has one.
func (e envelope) identity() (jsonrpc.ID, bool) { return identityOf(e.id) }

// identityOf returns a value as an id. It returns false if the value is not one.
func identityOf(raw json.RawMessage) (jsonrpc.ID, bool) {
	var value any
	if raw == nil || !text.ExactJSON(raw) || json.Unmarshal(raw, &value) != nil {
		return jsonrpc.ID{}, false
	}
	if number, ok := value.(float64); ok && (number != math.Trunc(number) || math.Abs(number) > maxInteger) {
		return jsonrpc.ID{}, false
	}
	id, err := jsonrpc.MakeID(value)
	return id, err == nil && id.IsValid()
}

// request returns the message as a request, or as a notification if it has no id.
func (e envelope) request(id jsonrpc.ID, own json.RawMessage) (jsonrpc.Message, *problem) {
	var method string
	switch {
	case json.Unmarshal(e.method, &method) != nil || e.method[0] != '"':
		return nil, invalid(own, "the method is not a string")
	case e.result != nil || e.err != nil:
		return nil, invalid(own, "the message has a method and an answer")
	}
	if string(e.params) == "null" {
		e.params = nil
	}
	var params map[string]json.RawMessage
	if e.params != nil {
		var err error
		if params, err = strictjson.Members(e.params); err != nil {
			if own == nil {
				return nil, nil // nobody waits for the answer to a notification
			}
			return nil, &problem{id: own, code: jsonrpc.CodeInvalidParams, text: "the params are not an object, or have a member twice"}
		}
	}
	if _, known := identityOf(params["requestId"]); method == cancelled && own == nil && !known {
		return nil, nil // without a request; the SDK would take another request's id for it
	}
	if wrong := mistyped(method, e.params); wrong != "" && own != nil {
		return nil, &problem{id: own, code: jsonrpc.CodeInvalidParams, text: wrong}
	}
	return &jsonrpc.Request{ID: id, Method: method, Params: e.params}, nil
}

// response returns the message as the answer to a request of the server. An error
// without an id answers a message that could not be read. It is ignored, because
// answering it could go on without end.
func (e envelope) response(id jsonrpc.ID, known bool) (jsonrpc.Message, *problem) {
	if !known {
		if string(e.id) == "null" && e.result == nil {
			return nil, nil
		}
		return nil, invalid(nil, "the answer has no id")
	}
	answer := &jsonrpc.Response{ID: id, Result: e.result}
	if e.err == nil {
		return answer, nil
	}
	told := errorOf(e.err)
	if e.result != nil || told == nil {
		answer.Result = nil
		answer.Error = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "the client's answer cannot be read"}
		return answer, invalid(nil, "the answer has no error of code and message, or a result beside it")
	}
	answer.Error = told
	return answer, nil
}

// errorOf reads the error of an answer. It returns nil if code or message is
// missing, or if a member occurs twice. Names of members are case-sensitive, as in
// the protocol and unlike in encoding/json.
func errorOf(raw json.RawMessage) *jsonrpc.Error {
	members, err := strictjson.Members(raw)
	if err != nil {
		return nil
	}
	told := &jsonrpc.Error{Data: members["data"]}
	code, message := members["code"], members["message"]
	if code == nil || string(code) == "null" || json.Unmarshal(code, &told.Code) != nil {
		return nil
	}
	if message == nil || string(message) == "null" || json.Unmarshal(message, &told.Message) != nil {
		return nil
	}
	return told
}

// deeperThan reports whether valid JSON nests deeper than a number of levels.
func deeperThan(text []byte, levels int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > levels {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
