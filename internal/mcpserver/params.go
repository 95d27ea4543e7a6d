package mcpserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// setLevel is the method by which a client says which log messages it wants.
const setLevel = "logging/setLevel"

// paramsOf is what the parameters of a method are decoded into; nil for methods
// without any that matter.
func paramsOf(method string) any {
	switch method {
	case "initialize":
		return &mcp.InitializeParams{}
	case callTool:
		return &mcp.CallToolParamsRaw{}
	case readResource:
		return &mcp.ReadResourceParams{}
	case getPrompt:
		return &mcp.GetPromptParams{}
	case complete:
		return &mcp.CompleteParams{}
	case setLevel:
		//nolint:staticcheck // deprecated since 2026-07-28, and what clients of all versions know
		return &mcp.SetLoggingLevelParams{}
	case "tools/list", "resources/list", "resources/templates/list", "prompts/list":
		return &mcp.ListToolsParams{} // all have a cursor
	case "resources/subscribe", "resources/unsubscribe":
		return &mcp.SubscribeParams{}
	}
	return nil
}

// mistyped says which of a method's parameters has a value of the wrong type;
// "" is none. The SDK would say it with the names of its own types.
func mistyped(method string, params json.RawMessage) string {
	into := paramsOf(method)
	if into == nil || len(params) == 0 {
		return ""
	}
	var wrong *json.UnmarshalTypeError
	if err := json.Unmarshal(params, into); !errors.As(err, &wrong) {
		return ""
	}
	name := "params"
	if wrong.Field != "" {
		name += "." + wrong.Field
	}
	return fmt.Sprintf("%s must not be a JSON %s", name, wrong.Value)
}

// levels are those of log messages.
//
// https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/logging#log-levels
func levels() []mcp.LoggingLevel { //nolint:staticcheck // as above
	return []mcp.LoggingLevel{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"} //nolint:staticcheck // as above
}

// checkLevel refuses a level of log messages that there is none of.
func checkLevel(req mcp.Request) error {
	params, ok := req.GetParams().(*mcp.SetLoggingLevelParams) //nolint:staticcheck // as above
	if !ok || params == nil || slices.Contains(levels(), params.Level) {
		return nil
	}
	return invalidParams(fmt.Errorf("there is no log level %q; the levels are %q", params.Level, levels()))
}
