package tool

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Formats maps the names that format tags of input fields may use to the functions that
// check a value. Their errors are of kind Invalid.
type Formats map[string]func(string) error

// with returns the formats of a declaration and those that every tool has.
func (f Formats) with() Formats {
	all := Formats{
		"when": func(s string) error { _, err := When(s).Time(time.Unix(0, 0)); return err },
		"json": checkJSON,
	}
	maps.Copy(all, f)
	return all
}

// has returns an error for a format tag that names no format.
func (f Formats) has(fields []Field) error {
	for _, field := range fields {
		if field.Format != "" && f[field.Format] == nil {
			return fmt.Errorf("the field %s has the format %q, which is not among the formats", field.Name, field.Format)
		}
	}
	return nil
}

func checkJSON(s string) error {
	if json.Valid([]byte(s)) {
		return nil
	}
	return fault.New(fault.Invalid, "the value is not valid JSON").WithFix("check quotes and brackets")
}
