package toolbox_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/toolbox"
)

// mayBeEmpty are the values that may be empty, with the reason. Every other text and
// list that an input has is refused if it is empty.
var mayBeEmpty = map[string]string{
	"cloudwatch.list-metrics dimensions.x": "a dimension without a value fits every value",
	"ec2.list filters.x[]":                 "a filter such as tag:team finds tags that have no value",
	"ec2.list tags.x":                      "a tag may have no value",
	"lambda.list tags.x":                   "a tag may have no value",
	"s3.cp exclude":                        "a list without patterns excludes nothing",
	"s3.delete exclude":                    "a list without patterns excludes nothing",
	"s3.mv exclude":                        "a list without patterns excludes nothing",
	"s3.list prefix":                       "every name begins with the empty text",
	"s3.put body":                          "an object may have no content",
	"s3.put metadata.x":                    "S3 stores metadata without a value",
	"s3.put tags.x":                        "a tag may have no value",
}

// mayBeBlank are the further texts that may be white space alone: S3's keys may.
var mayBeBlank = []string{
	"s3.cp exclude[]", "s3.cp include[]", "s3.delete exclude[]", "s3.delete include[]", "s3.delete key", "s3.du prefix", "s3.get key", "s3.list delimiter", "s3.mv exclude[]", "s3.mv include[]", "s3.presign key", "s3.put key",
}

// slot is a place in a tool's input.
type slot struct {
	path  string              // such as dimensions.x or include[]
	kind  string              // text, list or name: a name in a map
	given func(value any) any // the value of the top-level field, with value in the slot
	field string              // the top-level field
}

// at is the path as an error names it: texts in lists are the second ones.
func (s slot) at() string {
	path, item := strings.CutSuffix(s.path, "[]")
	path = strings.ReplaceAll(path, "[]", "[0]")
	switch {
	case item && s.kind == "text":
		path += "[1]"
	case item:
		path += "[0]"
	}
	return path
}

// slots lists the places for texts, lists and names of maps below a schema, which is
// read as JSON, as any client reads it.
func slots(schema map[string]any, at string, given func(any) any) []slot {
	below := func(kind string) slot { return slot{path: at, kind: kind, given: given} }
	var all []slot
	switch schema["type"] {
	case "string":
		return []slot{below("text")}
	case "array":
		items, _ := schema["items"].(map[string]any)
		list := func(v any) any { return given([]any{"x", v}) }
		if items["type"] != "string" {
			list = func(v any) any { return given([]any{v}) }
		}
		return append(slots(items, at+"[]", list), below("list"))
	case "object":
		members, _ := schema["properties"].(map[string]any)
		for name, member := range members {
			inner, _ := member.(map[string]any)
			all = append(all, slots(inner, strings.TrimPrefix(at+"."+name, "."), func(v any) any { return given(map[string]any{name: v}) })...)
		}
		if values, ok := schema["additionalProperties"].(map[string]any); ok && values["not"] == nil {
			all = append(all, below("name"))
			all = append(all, slots(values, at+".x", func(v any) any { return given(map[string]any{"x": v}) })...)
		}
	}
	return all
}

func slotsOf(t *testing.T, each *tool.Tool) []slot {
	t.Helper()
	raw, err := json.Marshal(each.Input)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	var all []slot
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		for _, s := range slots(schema.Properties[name], name, func(v any) any { return v }) {
			s.field = name
			all = append(all, s)
		}
	}
	return all
}

// inputWith returns the tool's first example with one field changed.
func inputWith(t *testing.T, each *tool.Tool, field string, value any) json.RawMessage {
	t.Helper()
	input := map[string]any{}
	if len(each.Examples) > 0 {
		if err := json.Unmarshal([]byte(each.Examples[0].Input), &input); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range each.Fields() {
		if f.Name == field || slices.Contains(f.Xor, field) {
			for _, other := range append(f.Xor, f.Name) {
				delete(input, other)
			}
		}
	}
	input[field] = value
	raw, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestEmptyInputsAreRefused gives every text, list and name in a map of every tool's
// input an empty value. A new field is refused too, or needs a reason here.
func TestEmptyInputsAreRefused(t *testing.T) {
	registry, err := tool.NewRegistry(toolbox.Tools(toolbox.Sources{}), tool.Options{Log: &tooltest.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(each *tool.Tool, s slot, value any) *fault.Error {
		_, err := registry.Call(t.Context(), tool.Request{Tool: each.Name, Input: inputWith(t, each, s.field, s.given(value)), Caller: caller.Caller{Role: caller.Admin}})
		if f := fault.From(err); errors.Is(err, fault.Invalid) && f.Field == s.at() {
			return f
		}
		return nil
	}
	left, blank := maps.Clone(mayBeEmpty), slices.Clone(mayBeBlank)
	for _, each := range registry.Tools() {
		for _, s := range slotsOf(t, each) {
			name := each.Name + " " + s.path
			var value any = ""
			switch s.kind {
			case "list":
				value = []any{}
			case "name":
				value = map[string]any{"": ""}
			}
			if _, allowed := left[name]; allowed && s.kind != "name" {
				delete(left, name)
				if f := refused(each, s, value); f != nil {
					t.Errorf("%s is refused: %v", name, f)
				}
				continue
			}
			f := refused(each, s, value)
			if f == nil || f.Fix == "" || !strings.HasSuffix(f.Message, "must not be empty") && !strings.HasSuffix(f.Message, "has an empty name") {
				t.Errorf("%s (%s) may be empty: %v", name, s.kind, f)
				continue
			}
			if s.path == s.field && s.kind != "name" && !slices.Contains(each.Input.Required, s.field) && !strings.HasPrefix(f.Fix, "leave "+s.field+" out") {
				t.Errorf("%s: the remedy is %q", name, f.Fix)
			}
			if s.kind != "text" {
				continue
			}
			if i := slices.Index(blank, name); i >= 0 {
				blank = slices.Delete(blank, i, i+1)
				if f := refused(each, s, " "); f != nil && strings.Contains(f.Message, "must not be") {
					t.Errorf("%s is refused where it is a blank: %v", name, f)
				}
			} else if refused(each, s, " \t") == nil {
				t.Errorf("%s may be white space alone", name)
			}
		}
	}
	if len(left) > 0 || len(blank) > 0 {
		t.Errorf("no such fields: %v %v", left, blank)
	}
}
