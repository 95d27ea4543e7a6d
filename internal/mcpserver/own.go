package mcpserver

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// ownArguments are the arguments that this package adds.
type ownArguments struct {
	Code   string
	Reveal []string
}

// splitOwn removes the arguments of this package from those of a call.
func splitOwn(arguments json.RawMessage) (rest json.RawMessage, own ownArguments, err error) {
	if len(arguments) == 0 {
		return json.RawMessage("{}"), own, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(arguments, &fields); err != nil {
		return nil, own, fault.Wrap(err, fault.Invalid, "the arguments are not a JSON object")
	}
	if fields == nil { // null counts as no arguments
		return json.RawMessage("{}"), own, nil
	}
	before := len(fields)
	var code *string
	if err := take(fields, codeField, &code, "a string"); err != nil {
		return nil, own, err
	}
	if err := take(fields, revealField, &own.Reveal, "a list of strings"); err != nil {
		return nil, own, err
	}
	if own.Code, err = codeOf(code); err != nil {
		return nil, own, err
	}
	if slices.ContainsFunc(own.Reveal, func(name string) bool { return strings.TrimSpace(name) == "" }) {
		return nil, own, fault.New(fault.Invalid, "a name in %s is empty", revealField).At(revealField).
			WithFix("leave it out, or leave %s out", revealField)
	}
	if len(fields) == before {
		return arguments, own, nil
	}
	// Encoding the arguments again would hide errors that the registry refuses.
	if err := tool.CheckObject(arguments); err != nil {
		return nil, ownArguments{}, err
	}
	rest, err = json.Marshal(fields)
	return rest, own, err
}

// codeOf returns the code that is given, if any is. It refuses an empty one.
func codeOf(given *string) (string, error) {
	switch {
	case given == nil:
		return "", nil
	case strings.TrimSpace(*given) == "":
		return "", fault.New(fault.Invalid, "%s must not be empty", codeField).At(codeField).
			WithFix("leave %s out until the person gave you a code", codeField)
	}
	return *given, nil
}

// take moves an argument into v, if it is given.
func take(fields map[string]json.RawMessage, name string, v any, want string) error {
	raw, given := fields[name]
	if !given {
		return nil
	}
	delete(fields, name)
	if err := json.Unmarshal(raw, v); err != nil {
		return fault.Wrap(err, fault.Invalid, "%s is not %s", name, want).At(name)
	}
	return nil
}

// errReveal refuses secrets to a profile that may not see any.
func errReveal() error {
	return fault.New(fault.Refused, "this agent may not see secrets").At(revealField).
		WithFix("omit %s; whoever configured the agent can set show_secrets in its profile", revealField)
}
