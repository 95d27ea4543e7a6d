package web

import "github.com/google/jsonschema-go/jsonschema"

// nullable returns an input's schema as callers may use it: an optional member
// may be null, which means the same as leaving it out.
func nullable(input *jsonschema.Schema) *jsonschema.Schema {
	schema := input.CloneSchemas()
	allowNull(schema)
	return schema
}

// allowNull lets the optional members of an object, and of objects below it, be
// null. It changes the schema.
func allowNull(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for name, member := range s.Properties {
		allowNull(member)
		if !required[name] {
			orNull(member)
		}
	}
	allowNull(s.Items)
	if s.AdditionalProperties != nil && s.AdditionalProperties.Not == nil {
		allowNull(s.AdditionalProperties)
		orNull(s.AdditionalProperties)
	}
}

// orNull adds null to the types that a schema accepts.
func orNull(s *jsonschema.Schema) {
	if s.Type == "" {
		return
	}
	s.Types, s.Type = []string{s.Type, "null"}, ""
	if len(s.Enum) > 0 {
		s.Enum = append(append([]any(nil), s.Enum...), nil)
	}
}
