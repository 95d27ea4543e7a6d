package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// typeSchemas are the schemas of this package's types that have a syntax of their own.
func typeSchemas() map[reflect.Type]*jsonschema.Schema {
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[When]():            {Type: "string", Format: "when"},
		reflect.TypeFor[json.RawMessage](): {},
	}
}

// inputSchema derives the schema of an input struct and adds what the tags
// say beyond the types.
func inputSchema(t reflect.Type, fields []Field) *jsonschema.Schema {
	schema := schemaOf(t)
	for _, f := range fields {
		f.refine(schema.Properties[f.Name])
	}
	refuseEmpty(t, schema, nil)
	refuseTwice(schema)
	return schema
}

// refuseTwice lets lists of texts hold each text once. They name things, and a question
// or a report about a list that names one twice would count it twice.
func refuseTwice(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.UniqueItems = s.Items != nil && s.Items.Type == "string"
	for _, p := range s.Properties {
		refuseTwice(p)
	}
	refuseTwice(s.Items)
	refuseTwice(s.AdditionalProperties)
}

func outputSchema(t reflect.Type) *jsonschema.Schema { return schemaOf(t) }

func schemaOf(t reflect.Type) *jsonschema.Schema {
	schema, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: typeSchemas()})
	if err != nil {
		panic(fmt.Sprintf("schema of %s: %v", t, err))
	}
	dropNull(schema)
	nameAny(schema)
	return schema
}

// nameAny names all types in empty schemas, because some readers of schemas take an
// empty schema for a mistake.
func nameAny(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if reflect.DeepEqual(*s, jsonschema.Schema{Description: s.Description}) {
		s.Types = []string{"object", "array", "string", "number", "boolean", "null"}
	}
	for _, p := range s.Properties {
		nameAny(p)
	}
	nameAny(s.Items)
	nameAny(s.AdditionalProperties)
}

// dropNull removes "null" from the types of Go's nil slices, maps and pointers: inputs
// and outputs omit an absent field instead.
func dropNull(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if len(s.Types) == 2 && s.Types[0] == "null" {
		s.Type, s.Types = s.Types[1], nil
	}
	for _, p := range s.Properties {
		dropNull(p)
	}
	dropNull(s.Items)
	dropNull(s.AdditionalProperties)
}

// refine adds what a field's tags say to its schema.
func (f Field) refine(s *jsonschema.Schema) {
	for _, v := range f.Enum {
		s.Enum = append(s.Enum, v)
	}
	if f.Default != "" {
		s.Default = json.RawMessage(f.Default)
	}
	if f.Format != "" {
		s.Format = f.Format
	}
	if len(f.File) > 0 {
		s.Extra = map[string]any{fileKeyword: strings.Join(f.uses(), ",")}
	}
	s.Minimum, s.Maximum = bound(f.Min), bound(f.Max)
}

func bound(tag string) *float64 {
	if tag == "" {
		return nil
	}
	n, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		panic(fmt.Sprintf("bound %q is not a number", tag))
	}
	return &n
}
