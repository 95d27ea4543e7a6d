package config

import (
	"cmp"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/hawser/hawser/internal/fault"
)

// This file reads the text of a configuration and finds the lines of what is
// wrong in it. It uses goccy/go-yaml in strict mode, because that library's
// errors are typed and carry positions, and its tree keeps them; loaders that
// merge maps first (koanf, viper) have lost the lines when they find a fault.
// A JSON file is read as the YAML it also is.

// decodeStrict reads text into config. Unknown and doubled keys, wrong types
// and bad syntax are faults with their line. No fault repeats a value, since
// it could be a secret.
func decodeStrict(path string, text []byte, config *Config) (err error) {
	// The library panics at some texts, such as {0:! 0}.
	defer fault.FromPanic(&err, "the configuration file "+filepath.Clean(path)+" can't be read")
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return textFault(path, nil, err)
	}
	if len(file.Docs) > 1 {
		e := fault.New(fault.Invalid, "the file holds %d documents", len(file.Docs)).WithFix("keep one, without --- between")
		e.File, e.Line = filepath.Clean(path), lineOf(file.Docs[1].Start)
		return e
	}
	zero, wrong := timeLimit(path, file)
	if wrong != nil {
		return wrong
	}
	empty := wrongValue(path, file) // only here the tree is still unchanged
	lists := false
	if len(file.Docs) > 0 {
		_, lists = listsOfOne(file.Docs[0].Body, reflect.TypeFor[Config]())
	}
	if dropPlugins(file) || zero || lists {
		err = yaml.NodeToValue(file.Docs[0].Body, config, yaml.Strict())
	} else {
		err = yaml.UnmarshalWithOptions(text, config, yaml.Strict())
	}
	if err != nil {
		return textFault(path, file, err)
	}
	return empty
}

// dropPlugins removes the blocks of plugins other than aws from a file's tree,
// since they belong to other programs. It reports whether there were any.
func dropPlugins(file *ast.File) bool {
	if len(file.Docs) == 0 {
		return false
	}
	found := false
	for _, v := range valueOf(file.Docs[0].Body, "plugins") {
		plugins, ok := v.(*ast.MappingNode)
		if !ok {
			continue
		}
		before := len(plugins.Values)
		plugins.Values = slices.DeleteFunc(plugins.Values, func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value != "aws" })
		found = found || len(plugins.Values) < before
	}
	return found
}

// timeLimit reads guard.timeout beforehand, because the library's error for it
// has no line. It adds a unit to a 0 without one, and reports whether it did.
func timeLimit(path string, file *ast.File) (zero bool, wrong error) {
	if len(file.Docs) == 0 {
		return false, nil
	}
	for _, guard := range valueOf(file.Docs[0].Body, "guard") {
		mapping, ok := guard.(*ast.MappingNode)
		if !ok {
			continue
		}
		for _, v := range mapping.Values {
			if v.Key.GetToken().Value != "timeout" {
				continue
			}
			at := v.Value.GetToken()
			switch v.Value.(type) {
			case *ast.NullNode, *ast.AliasNode, *ast.AnchorNode, *ast.TagNode:
				continue
			case *ast.IntegerNode:
				if at.Value == "0" {
					v.Value, zero = ast.String(token.New("0s", "0s", at.Position)), true
					continue
				}
			}
			if _, err := time.ParseDuration(at.Value); err != nil {
				e := fault.New(fault.Invalid, "this value is not a duration").At("guard.timeout").WithFix("write it like 90s or 5m; 0 means no limit")
				e.File, e.Line = filepath.Clean(path), lineOf(at)
				return zero, e
			}
		}
	}
	return zero, nil
}

// valueOf returns the values of a key in a mapping: one, unless the key is
// doubled.
func valueOf(n ast.Node, key string) []ast.Node {
	mapping, ok := n.(*ast.MappingNode)
	if !ok {
		return nil
	}
	var values []ast.Node
	for _, v := range mapping.Values {
		if v.Key.GetToken().Value == key {
			values = append(values, v.Value)
		}
	}
	return values
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line
}

// textFault turns an error of the YAML library into a fault.
func textFault(path string, file *ast.File, err error) *fault.Error {
	e := fault.Wrap(err, fault.Invalid, "the configuration can't be read").WithFix("see docs/connections.md for what a file looks like")
	e.File = filepath.Clean(path)
	var positioned yaml.Error
	if !errors.As(err, &positioned) {
		return e
	}
	tk := positioned.GetToken()
	e.Line = lineOf(tk)
	var unknown *yaml.UnknownFieldError
	var syntax *yaml.SyntaxError
	var wrong *yaml.TypeError
	var node *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, &unknown):
		return unknownKey(e, file, tk)
	case errors.As(err, &syntax):
		e.Message = syntax.Message
		e = e.WithFix("correct the YAML or JSON at this line")
	case errors.As(err, &wrong):
		e.Field = strings.Join(keyPath(file, tk), ".")
		e.Message = "this value is not " + nameOf(wrong.DstType)
		e = e.WithFix("give %s", nameOf(wrong.DstType))
	case errors.As(err, &node):
		e.Field = strings.Join(keyPath(file, tk), ".")
		e.Message = "found a " + strings.ToLower(node.Actual.YAMLName()) + ", expected a " + strings.ToLower(node.Expected.YAMLName())
		e = e.WithFix("write a %s here", strings.ToLower(node.Expected.YAMLName()))
	default:
		e.Field = strings.Join(keyPath(file, tk), ".")
		e.Message = "this value is out of range"
	}
	return e
}

// nameOf returns a Go type in a user's words.
func nameOf(t reflect.Type) string {
	if t == nil {
		return "of the right type"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping"
	default:
		return "a text"
	}
}

// unknownKey names the key and, if one is near, the key that was meant.
func unknownKey(e *fault.Error, file *ast.File, tk *token.Token) *fault.Error {
	path := keyPath(file, tk)
	e.Message, e.Field = "unknown key "+strconv.Quote(tk.Value), strings.Join(path, ".")
	known := keysAt(reflect.TypeFor[Config](), path[:max(0, len(path)-1)])
	e = e.WithFix("use one of: %s", strings.Join(known, ", "))
	if near := fault.Nearest(tk.Value, known); near != "" {
		e = e.WithCause("did you mean %s?", near)
	}
	return e
}

// keyPath returns the path of keys that leads to the place of a token.
func keyPath(file *ast.File, tk *token.Token) []string {
	if file == nil || tk == nil || tk.Position == nil || len(file.Docs) == 0 {
		return nil
	}
	var best []string
	walk(file.Docs[0].Body, nil, func(path []string, at *token.Token) {
		here := at.Position
		if here.Line < tk.Position.Line || here.Line == tk.Position.Line && here.Column <= tk.Position.Column {
			best = slices.Clone(path)
		}
	})
	return best
}

// walk visits every key and list item in the order of the text.
func walk(n ast.Node, path []string, visit func([]string, *token.Token)) {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			walk(v, path, visit)
		}
	case *ast.MappingValueNode:
		key := n.Key.GetToken()
		here := append(slices.Clone(path), key.Value)
		visit(here, key)
		walk(n.Value, here, visit)
	case *ast.SequenceNode:
		for i, v := range n.Values {
			here := slices.Clone(path)
			if len(here) > 0 {
				here[len(here)-1] += "[" + strconv.Itoa(i) + "]"
			}
			if v != nil && v.GetToken() != nil {
				visit(here, v.GetToken())
			}
			walk(v, here, visit)
		}
	}
}

// keysAt lists the keys that a type takes at a path, by its yaml tags.
func keysAt(t reflect.Type, path []string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Map && len(path) > 0:
		return keysAt(t.Elem(), path[1:])
	case t.Kind() != reflect.Struct:
		return nil
	case len(path) == 0:
		return yamlKeys(t)
	}
	name, _, _ := strings.Cut(path[0], "[")
	for _, f := range reflect.VisibleFields(t) {
		if yamlKey(f) == name {
			return keysAt(f.Type, path[1:])
		}
	}
	return nil
}

func yamlKeys(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if key := yamlKey(f); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func yamlKey(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

// firstProblem places problems in the text and gives the first, as the file
// has them.
func firstProblem(path string, text []byte, found []*fault.Error) *fault.Error {
	lines := make(map[string]int)
	if file, err := parser.ParseBytes(text, 0); err == nil && len(file.Docs) > 0 {
		walk(file.Docs[0].Body, nil, func(at []string, tk *token.Token) {
			key := strings.Join(at, ".")
			if _, ok := lines[key]; !ok {
				lines[key] = lineOf(tk)
			}
		})
	}
	for _, e := range found {
		e.File, e.Line = filepath.Clean(path), nearestLine(lines, e.Field)
	}
	return slices.MinFunc(found, func(a, b *fault.Error) int { return cmp.Compare(a.Line, b.Line) })
}

// nearestLine returns the line of a field, or of the closest key around it.
func nearestLine(lines map[string]int, field string) int {
	for field != "" {
		if line, ok := lines[field]; ok {
			return line
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return 1
}
