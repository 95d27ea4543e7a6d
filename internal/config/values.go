package config

import (
	"encoding"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// valueCheck compares each value of a file with the type of its key. A key that
// is written must have a value: an empty value would be read as an absent key,
// and the intended limit or record would not apply. That happens to a list whose
// items are all commented out, or in a template whose variable is not set. It
// also finds scalars that the YAML library would convert silently.
type valueCheck struct {
	anchors map[string]ast.Node
	found   *fault.Error
}

// wrongValue returns the first value of a file that is empty or of another type
// than its key's; nil if there is none.
func wrongValue(path string, file *ast.File) error {
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil
	}
	c := &valueCheck{anchors: make(map[string]ast.Node)}
	ast.Walk(c, file.Docs[0].Body)
	c.inside(file.Docs[0].Body, reflect.TypeFor[Config](), nil)
	if c.found == nil {
		return nil
	}
	c.found.File = filepath.Clean(path)
	return c.found
}

// Visit implements ast.Visitor; it notes what the anchors name.
func (c *valueCheck) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		c.anchors[a.Name.GetToken().Value] = a.Value
	}
	return c
}

// inside checks what a mapping or a list of type t holds.
func (c *valueCheck) inside(n ast.Node, t reflect.Type, path []string) {
	t = pointee(t)
	if t == reflect.TypeFor[settings.Document]() { // it belongs to AWS, which decides what may be empty
		return
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		c.inside(n.Value, t, path)
	case *ast.TagNode:
		c.inside(n.Value, t, path)
	case *ast.MappingNode:
		for _, v := range n.Values {
			if of := typeOfKey(t, v.Key); of != nil {
				c.value(v.Value, of, t, append(slices.Clone(path), v.Key.GetToken().Value), v.Key.GetToken())
			}
		}
	case *ast.SequenceNode:
		for i, v := range n.Values {
			if at := slices.Clone(path); t.Kind() == reflect.Slice && len(at) > 0 {
				at[len(at)-1] += "[" + strconv.Itoa(i) + "]"
				c.value(v, t.Elem(), t, at, v.GetToken())
			}
		}
	}
}

// value checks the value of a key, or an item of a list, and what is in it; within
// is the type that contains it.
func (c *valueCheck) value(n ast.Node, t, within reflect.Type, path []string, at *token.Token) {
	t = pointee(t)
	plain := c.resolved(n)
	switch {
	case c.found != nil || meansSomething(plain, t, within, path):
	case plain == nil || plain.Type() == ast.NullType:
		c.report(path, at, "has no value").Fix = remedy(t, within)
	case emptyNode(plain):
		c.report(path, at, "is empty").Fix = remedy(t, within)
	case isZero(plain, t) && !slices.Equal(path, []string{"guard", "timeout"}): // which has no limit then
		c.report(path, at, "is 0").Fix = "give more than 0, or leave it out for the default"
	default:
		if wanted, fix := otherType(plain, t); wanted != "" {
			c.report(path, at, "is not "+wanted).Fix = fix
		}
	}
	c.inside(n, t, path)
}

func (c *valueCheck) report(path []string, at *token.Token, says string) *fault.Error {
	key := strings.Join(path, ".")
	c.found = fault.New(fault.Invalid, "%s %s", key, says).At(key)
	c.found.Line = lineOf(at)
	return c.found
}

// resolved returns a value without its anchor and tag, or what its alias stands
// for.
func (c *valueCheck) resolved(n ast.Node) ast.Node {
	for range len(c.anchors) + 3 { // an alias may occur within the value that it names
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.TagNode:
			n = v.Value
		case *ast.AliasNode:
			n = c.anchors[v.Value.GetToken().Value]
		default:
			return n
		}
	}
	return n
}

// meansSomething reports whether an empty value has a meaning.
func meansSomething(n ast.Node, t, within reflect.Type, path []string) bool {
	if n == nil {
		return false
	}
	switch n.Type() {
	case ast.NullType: // the default
		return slices.Equal(path, []string{"guard", "confirm"})
	case ast.SequenceType: // [] asks about nothing
		return slices.Equal(path, []string{"guard", "confirm"})
	case ast.MappingType: // a name alone is a connection or an agent, with the defaults
		return t.Kind() == reflect.Struct && (within.Kind() == reflect.Map || within == reflect.TypeFor[Plugins]())
	case ast.StringType: // a session's tag may be empty
		return within == reflect.TypeFor[map[string]string]()
	}
	return false
}

// emptyNode tells the texts, lists and mappings that hold nothing.
func emptyNode(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value) == ""
	case *ast.LiteralNode:
		return n.Value == nil || strings.TrimSpace(n.Value.Value) == ""
	case *ast.SequenceNode:
		return len(n.Values) == 0
	case *ast.MappingNode:
		return len(n.Values) == 0
	}
	return false
}

// isZero reports whether a number or a duration is 0. It would be read as if the key was
// not there, and a limit of 0 is not what the default is.
func isZero(n ast.Node, t reflect.Type) bool {
	duration := t == reflect.TypeFor[time.Duration]() || t == reflect.TypeFor[settings.Duration]()
	if !duration && t.Kind() != reflect.Int && t.Kind() != reflect.Int64 {
		return false
	}
	if whole, ok := n.(*ast.IntegerNode); ok { // in whatever notation
		return fmt.Sprint(whole.Value) == "0"
	}
	text := n.GetToken().Value
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return number == 0
	}
	d, err := time.ParseDuration(text)
	return duration && err == nil && d == 0
}

// remedy says what to do about an empty value.
func remedy(t, within reflect.Type) string {
	switch {
	case within.Kind() == reflect.Slice:
		return "give it a value, or remove it from the list"
	case within.Kind() == reflect.Map && t.Kind() == reflect.Struct:
		return "give it a value, {} for the defaults, or leave it out"
	}
	return "give it a value, or leave it out"
}

// otherType says what a scalar should be, where the library would convert it.
func otherType(n ast.Node, t reflect.Type) (wanted, fix string) {
	whole := t.Kind() == reflect.Int || t.Kind() == reflect.Int64
	switch {
	case t == reflect.TypeFor[time.Duration]() || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "", ""
	case whole && n.Type() == ast.StringType:
		return "a number", "write the number without quotes"
	case whole && n.Type() == ast.FloatType:
		return "a whole number", "give a whole number"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return otherType(n, t.Elem()) // a list of one needs no brackets
	case t.Kind() != reflect.String:
		return "", ""
	}
	switch n := n.(type) {
	case *ast.BoolNode:
		return "a text", "put true and false in quotes if they are meant as text"
	case *ast.IntegerNode: // 0123 and 0x7b would become another text
		if value := n.GetToken().Value; value != strings.TrimLeft(value, "0+") && value != "0" || strings.ContainsAny(value, "_xob") {
			return "a text", "put it in quotes"
		}
	}
	return "", ""
}

func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
