package config

import (
	"cmp"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

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
// and bad syntax are faults with their line. No fault repeats a value that could be a
// secret.
func decodeStrict(path string, text []byte, config *Config) (err error) {
	// The library panics at some texts, such as {0:! 0}.
	defer fault.FromPanic(&err, "the configuration file "+filepath.Clean(path)+" can't be read")
	if err := checkCharset(path, text); err != nil {
		return err
	}
	text = withoutMark(text)
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return textFault(path, text, nil, err)
	}
	if len(file.Docs) > 1 {
		e := fault.New(fault.Invalid, "the file holds %d documents", len(file.Docs)).WithFix("keep one, without --- between")
		return placed(path, lineOf(file.Docs[1].Start), e)
	}
	if wrong := wrongValue(path, file); wrong != nil { // while the tree is unchanged
		return wrong
	}
	if len(file.Docs) == 0 {
		return nil
	}
	zero := timeLimit(file)
	_, lists := listsOfOne(file.Docs[0].Body, reflect.TypeFor[Config]())
	if dropPlugins(file) || zero || lists {
		err = yaml.NodeToValue(file.Docs[0].Body, config, yaml.Strict())
	} else {
		err = yaml.UnmarshalWithOptions(text, config, yaml.Strict())
	}
	if err != nil {
		return textFault(path, text, file, err)
	}
	return nil
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

// timeLimit adds a unit to a guard.timeout of 0 without one, which the library does not
// take, and reports whether it did.
func timeLimit(file *ast.File) (zero bool) {
	for _, guard := range valueOf(file.Docs[0].Body, "guard") {
		for _, v := range valuesOf(guard) {
			whole, ok := v.Value.(*ast.IntegerNode)
			if ok && v.Key.GetToken().Value == "timeout" && whole.GetToken().Value == "0" {
				v.Value, zero = ast.String(token.New("0s", "0s", whole.GetToken().Position)), true
			}
		}
	}
	return zero
}

// valuesOf returns the keys and values of a mapping; none of anything else.
func valuesOf(n ast.Node) []*ast.MappingValueNode {
	if mapping, ok := n.(*ast.MappingNode); ok {
		return mapping.Values
	}
	return nil
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

// textFault turns an error of the YAML library into a fault, in Hawser's own words. It is
// for bad syntax, and for what wrongValue does not find, such as a key of an anchor that
// is repeated in another place.
func textFault(path string, text []byte, file *ast.File, err error) *fault.Error {
	e := fault.Wrap(err, fault.Invalid, "the value can't be read").WithFix("see docs/connections.md for what a file looks like")
	var positioned yaml.Error
	if !errors.As(err, &positioned) {
		return placed(path, 1, e)
	}
	tk := positioned.GetToken()
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		return syntaxFault(path, text, lineOf(tk))
	}
	at := keyPath(file, tk)
	e.Field = strings.Join(at, ".")
	if example := exampleOf(at); example != "" {
		e = e.WithFix("write %s", example)
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		c := &valueCheck{}
		c.unknown(at, tk)
		e = c.found
	}
	return placed(path, lineOf(tk), e)
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
	if file, err := parser.ParseBytes(withoutMark(text), 0); err == nil && len(file.Docs) > 0 {
		walk(file.Docs[0].Body, nil, func(at []string, tk *token.Token) {
			key := strings.Join(at, ".")
			if _, ok := lines[key]; !ok {
				lines[key] = lineOf(tk)
			}
		})
	}
	for i, e := range found {
		found[i] = placed(path, nearestLine(lines, e.Field), e)
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
