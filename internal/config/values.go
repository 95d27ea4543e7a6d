package config

import (
	"cmp"
	"fmt"
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
// also finds unknown and doubled keys and values of another type, and says what is
// there and what would be right.
type valueCheck struct {
	file    *ast.File
	anchors map[string]ast.Node
	found   *fault.Error
	line    int
}

// wrongValue returns the first key of a file that is unknown or doubled, or whose value is
// empty or of another type; nil if there is none.
func wrongValue(path string, file *ast.File) error {
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil
	}
	c := &valueCheck{file: file, anchors: make(map[string]ast.Node)}
	body := file.Docs[0].Body
	ast.Walk(c, body)
	if m := notMapping(c.resolved(body), reflect.TypeFor[Config]()); m.wanted != "" && body.Type() != ast.NullType {
		c.found = c.report(nil, body.GetToken(), "the file does not hold keys and their values").
			WithCause("%s", m.cause).WithFix("begin it like %s", exampleOf(nil))
	}
	c.inside(body, reflect.TypeFor[Config](), nil)
	if c.found == nil {
		return nil
	}
	return placed(path, c.line, c.found)
}

// Visit implements ast.Visitor; it notes what the anchors name, and finds doubled keys.
func (c *valueCheck) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.AnchorNode:
		if n.Name != nil {
			c.anchors[n.Name.GetToken().Value] = n.Value
		}
	case *ast.MappingNode:
		lines := make(map[string]int)
		for _, v := range n.Values {
			key := v.Key.GetToken()
			if first, twice := lines[key.Value]; twice && !v.Key.IsMergeKey() && c.found == nil {
				c.found = c.report(keyPath(c.file, key), key, "the key is set twice").
					WithCause("line %d sets it already", first).WithFix("remove one of the two")
			}
			lines[key.Value] = lineOf(key)
		}
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
			here := append(slices.Clone(path), v.Key.GetToken().Value)
			if of := typeOfKey(t, v.Key); of != nil {
				c.value(v.Value, of, t, here, v.Key.GetToken())
			} else if t.Kind() == reflect.Struct && t != reflect.TypeFor[Plugins]() && c.found == nil {
				c.unknown(here, v.Key.GetToken())
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

// unknown reports a key that does not exist, with the one that was meant if it is near.
func (c *valueCheck) unknown(path []string, at *token.Token) {
	known := keysAt(reflect.TypeFor[Config](), path[:len(path)-1])
	e := c.report(path, at, "there is no such key")
	e.Fix = "use one of: " + strings.Join(known, ", ")
	if near := fault.Nearest(at.Value, known); near != "" {
		e.Cause, e.Fix = "did you mean "+near+"?", "write "+exampleOf(append(slices.Clone(path[:len(path)-1]), near))
	}
}

// value checks the value of a key, or an item of a list, and what is in it; within
// is the type that contains it.
func (c *valueCheck) value(n ast.Node, t, within reflect.Type, path []string, at *token.Token) {
	t = pointee(t)
	plain := c.resolved(n)
	switch {
	case c.found != nil || meansSomething(plain, t, within, path):
	case plain == nil && n != nil && n.Type() == ast.AliasType:
		c.report(path, at, "there is no anchor "+strconv.Quote(n.(*ast.AliasNode).Value.GetToken().Value)).
			Fix = "write &NAME before the value that *NAME repeats"
	case plain == nil || plain.Type() == ast.NullType:
		c.report(path, at, "there is no value").Fix = remedy(t, within, path)
	case emptyNode(plain):
		c.report(path, at, "the value is empty").Fix = remedy(t, within, path)
	case isZero(plain, t) && !slices.Equal(path, []string{"guard", "timeout"}): // which has no limit then
		c.report(path, at, "the value is 0").Fix = "give more than 0, or leave it out for the default"
	default:
		if m := otherType(plain, t); m.wanted != "" {
			e := c.report(path, at, shown(plain, t)+" is not "+m.wanted)
			if isScalar(n) && m.cause != "" {
				c.line = lineOf(n.GetToken()) // of the text, which may be below its key
			}
			e.Cause, e.Fix = m.cause, cmp.Or(m.fix, "write "+cmp.Or(exampleOf(path), m.wanted))
		}
	}
	c.inside(n, t, path)
}

func (c *valueCheck) report(path []string, at *token.Token, says string) *fault.Error {
	c.found = fault.New(fault.Invalid, "%s", says).At(strings.Join(path, "."))
	c.line = lineOf(at)
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
func remedy(t, within reflect.Type, path []string) string {
	write := "give it a value"
	if example := exampleOf(path); example != "" {
		write = "write " + example
	}
	switch {
	case within.Kind() == reflect.Slice:
		return write + ", or remove it from the list"
	case within.Kind() == reflect.Map && t.Kind() == reflect.Struct:
		return write + ", {} for the defaults, or leave it out"
	}
	return write + ", or leave it out"
}

func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
