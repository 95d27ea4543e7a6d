package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/hawser/hawser/internal/fault"
)

// member is one key of a JSON object with its value. Go's own decoding loses
// the order of keys and hides repeated ones, which AWS refuses.
type member struct {
	key   string
	value json.RawMessage
	path  string
}

// members reads a JSON object at a path of the document.
func members(raw json.RawMessage, path string) ([]member, error) {
	if kindOf(raw) != '{' {
		return nil, invalid(path, "must be an object")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, invalid(path, "must be an object")
	}
	var out []member
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		key, ok := tok.(string)
		if err != nil || !ok {
			return nil, invalid(path, "is not well-formed")
		}
		m := member{key: key, path: join(path, key)}
		if seen[key] {
			return nil, invalid(m.path, "stands twice")
		}
		seen[key] = true
		if err := dec.Decode(&m.value); err != nil {
			return nil, invalid(m.path, "is not well-formed")
		}
		out = append(out, m)
	}
	return out, nil
}

// elements reads an array, or a single value as an array of one, as AWS does.
func elements(raw json.RawMessage, path string) ([]member, error) {
	if kindOf(raw) != '[' {
		return []member{{value: raw, path: path}}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, invalid(path, "is not well-formed")
	}
	out := make([]member, len(list))
	for i, v := range list {
		out[i] = member{value: v, path: path + "[" + strconv.Itoa(i) + "]"}
	}
	return out, nil
}

// texts reads a string or an array of strings; never nil without an error.
func texts(m member) ([]string, error) { return scalars(m, `"`) }

// scalars reads a value or an array of values whose first byte is among
// kinds, and gives each as text.
func scalars(m member, kinds string) ([]string, error) {
	list, err := elements(m.value, m.path)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		k := kindOf(e.value)
		if bytes.IndexByte([]byte(kinds), k) < 0 {
			return nil, invalid(e.path, "must be a string")
		}
		if k != '"' {
			out = append(out, string(bytes.TrimSpace(e.value)))
			continue
		}
		var s string
		if err := json.Unmarshal(e.value, &s); err != nil {
			return nil, invalid(e.path, "must be a string")
		}
		out = append(out, s)
	}
	return out, nil
}

// text reads one string.
func text(m member) (string, error) {
	if kindOf(m.value) != '"' {
		return "", invalid(m.path, "must be a string")
	}
	list, err := texts(m)
	if err != nil {
		return "", err
	}
	return list[0], nil
}

// kindOf gives the byte that tells a JSON value's type.
func kindOf(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
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

// wellFormed reports where data stops being one JSON value, if it does.
func wellFormed(data []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if err == nil {
		return nil
	}
	e := fault.Wrap(err, fault.Invalid, "the policy is not JSON").WithFix("check the document's brackets, commas and quotes")
	e.Line = 1 + bytes.Count(data, []byte("\n"))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF) {
		e.Line = 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
	}
	return e
}
