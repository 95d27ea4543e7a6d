// Package strictjson reads JSON that all readers understand alike. It refuses what
// encoding/json accepts and other readers read differently: a member that occurs
// twice, text that is not Unicode, and text after the value.
//
// https://datatracker.ietf.org/doc/html/rfc7493
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/hawser/hawser/internal/text"
)

// Deepest is how many levels values may be nested, so that hostile input cannot
// exhaust the stack.
const Deepest = 64

// Value decodes one JSON value. Numbers are json.Number. The error is an *Error.
func Value(raw []byte) (any, error) {
	r := &reader{json.NewDecoder(bytes.NewReader(raw)), raw}
	r.UseNumber()
	v, err := r.value("", 0)
	if err != nil {
		return nil, r.described(err)
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return nil, &Error{Problem: Trailing}
	}
	return v, nil
}

// Check refuses what Value refuses.
func Check(raw []byte) error {
	_, err := Value(raw)
	return err
}

// Object is Value for a JSON object.
func Object(raw []byte) (map[string]any, error) {
	v, err := Value(raw)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, &Error{Problem: NotObject, Type: TypeOf(v)}
	}
	return object, nil
}

// Decode is Value for a value of a known type. It refuses members that the type
// does not have.
func Decode(raw []byte, into any) error {
	if err := Check(raw); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// Members are the members of a JSON object. Their values are checked no further
// than that they are JSON.
func Members(raw []byte) (map[string]json.RawMessage, error) {
	r := &reader{json.NewDecoder(bytes.NewReader(raw)), raw}
	begin, err := r.Token()
	if err != nil {
		return nil, r.described(err)
	}
	if begin != json.Delim('{') {
		return nil, &Error{Problem: NotObject, Type: TypeOf(begin)}
	}
	members := map[string]json.RawMessage{}
	for r.More() {
		name, err := r.name("")
		if err != nil {
			return nil, r.described(err)
		}
		var value json.RawMessage
		if err := r.Decode(&value); err != nil {
			return nil, r.described(err)
		}
		if _, twice := members[name]; twice {
			return nil, &Error{Problem: Twice, Name: name}
		}
		members[name] = value
	}
	if _, err := r.Token(); err != nil {
		return nil, r.described(err)
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return nil, &Error{Problem: Trailing}
	}
	return members, nil
}

// TypeOf names the JSON type of a value that Value or a decoder returned.
func TypeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number, float64:
		return "number"
	case []any:
		return "array"
	case json.Delim:
		if v == '[' {
			return "array"
		}
	}
	return "object"
}

// Path is the path of a member of the value at a path, which is "" for the whole.
func Path(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// reader reads values from raw.
type reader struct {
	*json.Decoder
	raw []byte
}

// described is an error as an *Error.
func (r *reader) described(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	return &Error{Problem: Syntax, Offset: r.InputOffset(), Err: err}
}

// token returns the next token. Strings must be Unicode: encoding/json replaces what
// is not, so that the text would be another.
func (r *reader) token(path string) (json.Token, error) {
	before := r.InputOffset()
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	if _, ok := token.(string); ok && !text.ExactJSON(r.raw[before:r.InputOffset()]) {
		return nil, &Error{Problem: NotUnicode, Path: path}
	}
	return token, nil
}

// name returns the name of the next member of the object at a path.
func (r *reader) name(path string) (string, error) {
	token, err := r.token(path)
	if err != nil {
		return "", err
	}
	name, ok := token.(string)
	if !ok {
		return "", errors.New("a name is not a string")
	}
	return name, nil
}

func (r *reader) value(path string, depth int) (any, error) {
	if depth > Deepest {
		return nil, &Error{Problem: TooDeep, Path: path}
	}
	token, err := r.token(path)
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.members(path, depth)
	case json.Delim('['):
		return r.items(path, depth)
	}
	return token, nil
}

func (r *reader) members(path string, depth int) (any, error) {
	object := map[string]any{}
	for r.More() {
		name, err := r.name(path)
		if err != nil {
			return nil, err
		}
		if _, twice := object[name]; twice {
			return nil, &Error{Problem: Twice, Path: path, Name: name}
		}
		if object[name], err = r.value(Path(path, name), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := r.Token()
	return object, err
}

func (r *reader) items(path string, depth int) (any, error) {
	items := []any{}
	for r.More() {
		item, err := r.value(fmt.Sprintf("%s[%d]", path, len(items)), depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.Token()
	return items, err
}
