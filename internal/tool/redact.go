package tool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// maxRecorded is the length above which only a value's digest is recorded.
const maxRecorded = 2048

// redact returns the input as the audit log may keep it. Fields tagged "omit" are
// removed. Fields tagged "digest" and very long ones are replaced by size and digest,
// which can prove what was sent.
func redact(fields []Field, in any, input json.RawMessage, key audit.Key) json.RawMessage {
	var values map[string]json.RawMessage
	if json.Unmarshal(input, &values) != nil || len(values) == 0 {
		return nil
	}
	var other map[string]any
	if r, ok := in.(Recorded); ok {
		other = r.Recorded()
	}
	for _, f := range fields {
		value, given := values[f.Name]
		if !given {
			continue
		}
		text, changed := other[f.Name]
		switch {
		case f.Audit == "omit":
			delete(values, f.Name)
		case f.Audit == "digest" || changed && text == nil || len(value) > maxRecorded:
			values[f.Name] = digest(value, key)
		case changed:
			values[f.Name] = shown(text, value, key)
		}
	}
	redacted, err := json.Marshal(values)
	if err != nil {
		return nil
	}
	return redacted
}

// shown returns the form of a field that Recorded gives, or its digest if that form is
// not JSON.
func shown(text any, value json.RawMessage, key audit.Key) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil || len(raw) > maxRecorded {
		return digest(value, key)
	}
	return raw
}

// digest returns a value's size, and its HMAC with the installation's key. The plain
// hash of a short value could be guessed by trying values.
func digest(value json.RawMessage, key audit.Key) json.RawMessage {
	value = bytes.TrimSpace(value)
	if len(key) == 0 {
		return fmt.Appendf(nil, `{"bytes":%d}`, len(value))
	}
	return fmt.Appendf(nil, `{"bytes":%d,"hmac_sha256":"%s"}`, len(value), key.Digest(value))
}

// notKept replaces an error's message that may quote what is not recorded.
const notKept = "(the message is not kept: it can quote the input)"

// recordedMessage returns an error's message, or notKept if the message can quote a value
// that the record does not hold. A message of AWS's can: services shorten and escape what
// they quote, so that it cannot be searched for. Its code is kept.
func (c *invocation) recordedMessage(f *fault.Error) string {
	if _, ok := c.in.(Recorded); ok {
		return notKept
	}
	if c.tool == nil {
		return f.Message
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(c.request.Input, &values) != nil {
		return f.Message
	}
	for _, field := range c.tool.fields {
		raw, given := values[field.Name]
		if !given || field.Audit == "" && len(raw) <= maxRecorded {
			continue
		}
		var value any
		switch {
		case f.Code != "":
			return f.Code + " " + notKept
		case isOf(f.Field, field.Name), json.Unmarshal(raw, &value) != nil, quotes(f.Message, value):
			return notKept
		}
	}
	return f.Message
}

// isOf reports whether a path is a field's, or inside the field.
func isOf(path, field string) bool {
	rest, ok := strings.CutPrefix(path, field)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// shortest is the length of the shortest string that is searched for in messages.
const shortest = 4

// quotes reports whether a message contains a string of a value, at any depth,
// literally or with escapes. The names of an object's members are such strings.
func quotes(message string, value any) bool {
	switch v := value.(type) {
	case string:
		escaped := strconv.Quote(v)
		return len(v) >= shortest && (strings.Contains(message, v) || strings.Contains(message, escaped[1:len(escaped)-1]))
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return quotes(message, item) })
	case map[string]any:
		for name, item := range v {
			if quotes(message, name) || quotes(message, item) {
				return true
			}
		}
	}
	return false
}

// targetOf returns the target of an input's call: as an Aimer gives it, or the Target
// that the input embeds.
func targetOf(in any) Target {
	if a, ok := in.(Aimer); ok {
		return a.Aim()
	}
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Struct {
		return Target{}
	}
	field := v.FieldByName("Target")
	if !field.IsValid() {
		return Target{}
	}
	t, _ := field.Interface().(Target)
	return t
}
