package tool

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
)

// maxRecorded is how long a recorded value may be before only its digest is
// kept.
const maxRecorded = 2048

// redact gives the input as the audit log may keep it: fields tagged "omit"
// are left out, fields tagged "digest" and very long ones become size and
// digest, which proves what was sent without keeping it.
func redact(fields []Field, input json.RawMessage) json.RawMessage {
	var values map[string]json.RawMessage
	if json.Unmarshal(input, &values) != nil || len(values) == 0 {
		return nil
	}
	for _, f := range fields {
		value, given := values[f.Name]
		switch {
		case !given:
		case f.Audit == "omit":
			delete(values, f.Name)
		case f.Audit == "digest" || len(value) > maxRecorded:
			values[f.Name] = digest(value)
		}
	}
	kept, err := json.Marshal(values)
	if err != nil {
		return nil
	}
	return kept
}

func digest(value json.RawMessage) json.RawMessage {
	value = bytes.TrimSpace(value)
	return fmt.Appendf(nil, `{"bytes":%d,"sha256":"%x"}`, len(value), sha256.Sum256(value))
}

// targetOf finds where an input's call goes: as it says, or as the Target says
// that it embeds.
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
