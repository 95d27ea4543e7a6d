package config

import (
	"reflect"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// listsOfOne replaces each text or number by a list with it where the type has a list
// of texts, as IAM policies and most YAML files of other programs allow it. It returns
// the node that replaces n, and whether anything was changed.
func listsOfOne(n ast.Node, t reflect.Type) (ast.Node, bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	changed := false
	inner := func(value *ast.Node, t reflect.Type) {
		next, did := listsOfOne(*value, t)
		*value, changed = next, changed || did
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		inner(&n.Value, t)
	case *ast.MappingNode:
		for _, v := range n.Values {
			if of := typeOfKey(t, v.Key); of != nil {
				inner(&v.Value, of)
			}
		}
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for i := range n.Values {
				inner(&n.Values[i], t.Elem())
			}
		}
	case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String {
			start := token.New("[", "[", n.GetToken().Position)
			list := ast.Sequence(start, true)
			list.Values = []ast.Node{n}
			return list, true
		}
	}
	return n, changed
}

// typeOfKey returns the type of a key's value in a mapping of type t; nil if
// there is no such key. What a merge key brings is of the mapping's own type.
func typeOfKey(t reflect.Type, key ast.MapKeyNode) reflect.Type {
	switch {
	case key.IsMergeKey():
		return t
	case t.Kind() == reflect.Map:
		return t.Elem()
	case t.Kind() != reflect.Struct:
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if yamlKey(f) == key.GetToken().Value {
			return f.Type
		}
	}
	return nil
}
