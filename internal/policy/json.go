package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
)

// member is one key of a JSON object with its value. Go's own decoding loses
// the order of keys and hides repeated ones, which AWS refuses.
type member struct {
	key   string
	value json.RawMessage
	path  string
}

// members reads a JSON object at a path of the document. All that is read
// here is part of a document that is known to be JSON.
func members(raw json.RawMessage, path string) ([]member, error) {
	if kindOf(raw) != '{' {
		return nil, invalid(path, "must be an object")
	}
	var out []member
	for rest := inside(raw); len(rest) > 0; {
		var key, value json.RawMessage
		key, rest = cutValue(rest)
		value, rest = cutValue(rest[1:]) // after the colon
		m := member{key: unquote(key), value: value}
		m.path = join(path, m.key)
		if slices.ContainsFunc(out, func(o member) bool { return o.key == m.key }) {
			return nil, invalid(m.path, "occurs twice")
		}
		out = append(out, m)
		rest = afterComma(rest)
	}
	return out, nil
}

// elements reads an array, or a single value as an array of one, as AWS does.
func elements(raw json.RawMessage, path string) []member {
	if kindOf(raw) != '[' {
		return []member{{value: raw, path: path}}
	}
	out := []member{}
	for rest := inside(raw); len(rest) > 0; {
		m := member{path: path + "[" + strconv.Itoa(len(out)) + "]"}
		m.value, rest = cutValue(rest)
		out = append(out, m)
		rest = afterComma(rest)
	}
	return out
}

// cutValue cuts the first value off a list of them, and the space around it.
func cutValue(raw json.RawMessage) (value, rest json.RawMessage) {
	raw = trim(raw)
	depth, i := 0, 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i += quoted(raw[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',', ':':
			if depth == 0 {
				return bytes.TrimRight(raw[:i], space), raw[i:]
			}
		}
	}
	return bytes.TrimRight(raw, space), nil
}

// quoted gives the length of the string at the head of raw, with its quotes.
func quoted(raw json.RawMessage) int {
	for i := 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// inside takes the brackets off an object or an array.
func inside(raw json.RawMessage) json.RawMessage {
	raw = trim(raw)
	return trim(raw[1 : len(raw)-1])
}

func afterComma(raw json.RawMessage) json.RawMessage {
	return bytes.TrimPrefix(raw, []byte(","))
}

// unquote gives the text of a JSON string.
func unquote(raw json.RawMessage) string {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // it is a string that was checked
	return s
}

const space = " \t\r\n"

func trim(raw json.RawMessage) json.RawMessage { return bytes.Trim(raw, space) }

// texts reads a string or an array of strings; never nil without an error.
func texts(m member) ([]string, error) { return scalars(m, `"`) }

// scalars reads a value or an array of values whose first byte is among
// kinds, and gives each as text.
func scalars(m member, kinds string) ([]string, error) {
	list := elements(m.value, m.path)
	out := make([]string, 0, len(list))
	for _, e := range list {
		switch k := kindOf(e.value); {
		case strings.IndexByte(kinds, k) < 0:
			return nil, invalid(e.path, "must be a string")
		case k == '"':
			out = append(out, unquote(e.value))
		default:
			out = append(out, string(e.value))
		}
	}
	return out, nil
}

// text reads one string.
func text(m member) (string, error) {
	if kindOf(m.value) != '"' {
		return "", invalid(m.path, "must be a string")
	}
	return unquote(trim(m.value)), nil
}

// kindOf gives the byte that tells a JSON value's type.
func kindOf(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, space)
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// invalid gives the error of a document that breaks the grammar at a path.
func invalid(path, format string, args ...any) *fault.Error {
	e := fault.New(fault.Invalid, format, args...).At(path)
	if path == "" {
		e.Message = "the policy " + e.Message
	} else {
		e.Message = path + " " + e.Message
	}
	return e
}

// flaw is what breaks the common grammar, where a service has a message of its own
// for it. It is wrapped by the fault.
type flaw string

const (
	unknownElement flaw = "unknown element"
	lacksElement   flaw = "missing element"
	lacksEffect    flaw = "missing effect"
	lacksAction    flaw = "missing action"
	badAction      flaw = "bad action"
	badOperator    flaw = "bad operator"
)

// Error implements error.
func (f flaw) Error() string { return string(f) }

// flawed gives a copy of e that wraps a flaw.
func flawed(f flaw, e *fault.Error) *fault.Error {
	c := *e
	c.Err = f
	return &c
}

// wellFormed reports where data stops being one JSON value, if it does.
func wellFormed(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	e := fault.Wrap(err, fault.Invalid, "the policy is not JSON").WithFix("check the document's brackets, commas and quotes")
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		e.Line = 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
	}
	return e
}
