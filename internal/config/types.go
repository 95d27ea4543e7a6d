package config

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/hawser/hawser/internal/awsapi/settings"
)

// mismatch says how a value differs from the type of its key.
type mismatch struct {
	wanted string // such as "a list"; empty if the value is right
	cause  string
	fix    string // more than an example; may be empty
}

// otherType compares a value with a type, so that nothing is left to the library, which
// converts some values and says of others that a string was unexpected.
func otherType(n ast.Node, t reflect.Type) mismatch {
	scalar := isScalar(n)
	switch {
	case t == reflect.TypeFor[settings.Document]():
		return mismatch{}
	case t == reflect.TypeFor[time.Duration]():
		return notDuration(n)
	case t == reflect.TypeFor[settings.Duration]():
		return notRoleDuration(n)
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return want(scalar, "a text")
	}
	switch t.Kind() {
	case reflect.Bool:
		return want(n.Type() == ast.BoolType, "true or false")
	case reflect.Int, reflect.Int64:
		return notWhole(n)
	case reflect.Slice:
		return notList(n, t)
	case reflect.Map, reflect.Struct:
		return notMapping(n, t)
	case reflect.String:
		return notText(n)
	}
	return mismatch{}
}

func want(right bool, what string) mismatch {
	if right {
		return mismatch{}
	}
	return mismatch{wanted: what}
}

func isScalar(n ast.Node) bool {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType, ast.SequenceType:
		return false
	}
	return true
}

func notDuration(n ast.Node) mismatch {
	m := mismatch{wanted: "a duration", fix: "write it like 90s or 5m; 0 means no limit"}
	if !isScalar(n) {
		return m
	}
	text := n.GetToken().Value
	switch d, err := time.ParseDuration(text); {
	case err == nil && d >= 0:
		return mismatch{}
	case err == nil:
		m.cause = "it is negative"
		return m
	}
	m.cause = "a duration is a number and one of the units s, m and h, without a blank"
	if n.Type() == ast.IntegerType {
		m.cause = "it has no unit"
	}
	return m
}

func notRoleDuration(n ast.Node) mismatch {
	if isScalar(n) && settings.Readable(n.GetToken().Value) {
		return mismatch{}
	}
	return mismatch{wanted: "a duration", fix: "write it like 45m, 1h or 3600 (seconds)"}
}

func notWhole(n ast.Node) mismatch {
	m := mismatch{wanted: "a whole number"}
	switch n := n.(type) {
	case *ast.IntegerNode:
		if v, large := n.Value.(uint64); !large || v <= 1<<63-1 {
			return mismatch{}
		}
		m.cause = "it is too large"
	case *ast.StringNode, *ast.FloatNode:
		text := n.GetToken().Value
		if _, err := strconv.Atoi(text); err == nil {
			m.wanted, m.fix = "a number", "write the number without quotes"
		} else if len(text) > 18 && strings.Trim(text, "0123456789") == "" {
			m.cause = "it is too large"
		}
	}
	return m
}

// notList takes one text for a list of one.
func notList(n ast.Node, t reflect.Type) mismatch {
	switch {
	case n.Type() == ast.SequenceType:
		return mismatch{}
	case t.Elem().Kind() == reflect.String && isScalar(n):
		return notText(n)
	}
	return mismatch{wanted: "a list"}
}

func notMapping(n ast.Node, t reflect.Type) mismatch {
	m := want(n.Type() == ast.MappingType || n.Type() == ast.MappingValueType, "a mapping of keys to values")
	if m.wanted == "" || t.Kind() != reflect.Struct || !isScalar(n) {
		return m
	}
	text := n.GetToken().Value
	end := strings.IndexAny(text, " :=\t")
	if end < 0 {
		return m
	}
	for _, key := range yamlKeys(t) {
		switch {
		case key != text[:end]:
		case text[end] == ':':
			m.cause = "a blank is missing after the colon of " + key
		default:
			m.cause = "a colon is missing after " + key
		}
	}
	return m
}

func notText(n ast.Node) mismatch {
	switch n := n.(type) {
	case *ast.BoolNode:
		return mismatch{wanted: "a text", fix: "put true and false in quotes if they are meant as text"}
	case *ast.IntegerNode: // 0123 and 0x7b would become another text
		if value := n.GetToken().Value; value != strings.TrimLeft(value, "0+") && value != "0" || strings.ContainsAny(value, "_xob") {
			return mismatch{wanted: "a text", fix: "put it in quotes"}
		}
	}
	return want(isScalar(n), "a text")
}

// shown returns a value as a message repeats it. What could hold a secret is not
// repeated.
func shown(n ast.Node, t reflect.Type) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	}
	if holdsSecret(t) {
		return "a text"
	}
	const most = 60
	text := n.GetToken().Value
	if letters := []rune(text); len(letters) > most {
		text = string(letters[:most]) + "..."
	}
	if n.Type() == ast.StringType || n.Type() == ast.LiteralType {
		return strconv.Quote(text)
	}
	return text
}

// holdsSecret reports whether a type is or contains a secret.
func holdsSecret(t reflect.Type) bool {
	switch {
	case t == reflect.TypeFor[settings.Secret]():
		return true
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map:
		return holdsSecret(t.Elem())
	case t.Kind() != reflect.Struct:
		return false
	}
	for _, f := range reflect.VisibleFields(t) {
		if yamlKey(f) != "" && holdsSecret(f.Type) {
			return true
		}
	}
	return false
}
