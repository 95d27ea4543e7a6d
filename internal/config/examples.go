package config

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// This file gives examples of what is right, from the tag example of each key.

// exampleOf returns a key with an example of its value, such as "region: eu-central-1";
// empty if there is none. Path is the key's.
func exampleOf(path []string) string {
	if len(path) == 0 {
		return "connections: {prod: {profile: prod, region: eu-central-1}}"
	}
	value := exampleAt(reflect.TypeFor[Config](), path)
	key, _, item := strings.Cut(path[len(path)-1], "[")
	switch {
	case value == "":
		return ""
	case item:
		return value
	}
	return key + ": " + value
}

// exampleAt returns an example of the value at a path within a type.
func exampleAt(t reflect.Type, path []string) string {
	t = pointee(t)
	key, index, item := strings.Cut(path[0], "[")
	rest := path[1:]
	if t.Kind() == reflect.Map { // the name is the user's, and its value as in the example of the map
		return exampleWithin(t.Elem(), "", index, item, rest)
	}
	if t.Kind() != reflect.Struct {
		return ""
	}
	for _, f := range reflect.VisibleFields(t) {
		if yamlKey(f) != key {
			continue
		}
		example := f.Tag.Get("example")
		if example == "" && pointee(f.Type).Kind() == reflect.Bool {
			example = "true"
		}
		if len(rest) == 1 && pointee(f.Type).Kind() == reflect.Map && !strings.Contains(rest[0], "[") {
			return firstIn(example)
		}
		return exampleWithin(f.Type, example, index, item, rest)
	}
	return ""
}

// exampleWithin goes on from the value of a key, whose example is given.
func exampleWithin(t reflect.Type, example, index string, item bool, rest []string) string {
	t = pointee(t)
	if item {
		if t.Kind() != reflect.Slice || strings.Contains(index, "[") {
			return ""
		}
		t, example = t.Elem(), firstIn(example)
	}
	if len(rest) == 0 {
		return example
	}
	return exampleAt(t, rest)
}

// firstIn returns the first value of a mapping or a list that is written as YAML.
func firstIn(example string) string {
	file, err := parser.ParseBytes([]byte(example), 0)
	if err != nil || len(file.Docs) == 0 {
		return ""
	}
	switch n := file.Docs[0].Body.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Value.String()
		}
	case *ast.SequenceNode:
		if len(n.Values) > 0 {
			return n.Values[0].String()
		}
	}
	return ""
}
