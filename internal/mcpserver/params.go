package mcpserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// setLevel is the method with which a client chooses the log messages that it
// gets.
const setLevel = "logging/setLevel"

// paramsOf returns the value that the parameters of a method are decoded into;
// nil for methods without parameters of interest.
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
		//nolint:staticcheck // deprecated since 2026-07-28, but known to clients of all versions
		return &mcp.SetLoggingLevelParams{}
	case "tools/list", "resources/list", "resources/templates/list", "prompts/list":
		return &mcp.ListToolsParams{} // all have a cursor
	case "resources/subscribe", "resources/unsubscribe":
		return &mcp.SubscribeParams{}
	}
	return nil
}

// mistyped names the parameter that has a value of the wrong type; "" means none.
// The SDK's message would have the names of its own types.
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

// levels returns the levels of log messages.
func levels() []mcp.LoggingLevel { //nolint:staticcheck // as above
	return []mcp.LoggingLevel{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"} //nolint:staticcheck // as above
}

// checkLevel refuses an unknown level of log messages.
func checkLevel(req mcp.Request) error {
	params, ok := req.GetParams().(*mcp.SetLoggingLevelParams) //nolint:staticcheck // as above
	if !ok || params == nil || slices.Contains(levels(), params.Level) {
		return nil
	}
	return invalidParams(fmt.Errorf("there is no log level %q; the levels are %q", params.Level, levels()))
}
