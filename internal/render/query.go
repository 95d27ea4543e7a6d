package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmespath-community/go-jmespath/pkg/functions"
	"github.com/jmespath-community/go-jmespath/pkg/interpreter"
	"github.com/jmespath-community/go-jmespath/pkg/parsing"

	"github.com/hawser/hawser/internal/fault"
)

// query is a JMESPath expression whose numbers are exact. The library parses and
// walks it; it would compute with float64, which rounds integers over 2^53, so
// that whatever looks into a number is a function of ours.
type query struct{ node parsing.ASTNode }

// compileQuery parses an expression.
func compileQuery(expression string) (q *query, err error) {
	// The library panics at some expressions.
	// https://github.com/jmespath-community/go-jmespath/pull/164
	defer fault.FromPanic(&err, "the expression can't be read")
	marked, err := markNumbers(expression)
	if err != nil {
		return nil, err
	}
	node, err := parsing.NewParser().Parse(marked.text)
	if err != nil {
		return nil, marked.problem(err)
	}
	node = withExactNumbers(node)
	if err := checkFunctions(node); err != nil {
		return nil, err
	}
	return &query{node}, nil
}

// search evaluates the expression on a value whose numbers are json.Number, and
// gives one of the same kind; a length may also be a float64.
func (q *query) search(v any) (result any, err error) {
	defer fault.FromPanic(&err, "the expression can't be evaluated")
	own := exactCaller{interpreter.NewFunctionCaller(functions.GetDefaultFunctions()...)}
	result, err = interpreter.NewInterpreter(v, own, nil).Execute(q.node, v)
	var failed callError
	if err != nil && !errors.As(err, &failed) {
		return nil, errors.New("the expression can't be evaluated on this answer")
	}
	return result, err
}

// withExactNumbers makes functions of the operators that look into numbers, and numbers
// of the literals that markNumbers marked.
func withExactNumbers(node parsing.ASTNode) parsing.ASTNode {
	for i, child := range node.Children {
		node.Children[i] = withExactNumbers(child)
	}
	switch node.NodeType {
	case parsing.ASTComparator, parsing.ASTArithmeticExpression:
		node.NodeType, node.Value = parsing.ASTFunctionExpression, operatorName(node.Value)
	case parsing.ASTArithmeticUnaryExpression:
		node.NodeType, node.Value = parsing.ASTFunctionExpression, "unary "+operatorName(node.Value)
	case parsing.ASTLiteral:
		node.Value = unmarked(node.Value)
	}
	return node
}

// operatorName is a name that no function of an expression can have.
func operatorName(operator any) string { return fmt.Sprint("operator ", operator) }

func unmarked(v any) any {
	return converted(v, func(v any) any {
		if text, ok := v.(string); ok {
			if n, marked := strings.CutPrefix(text, numberMark); marked {
				return json.Number(n)
			}
		}
		return v
	})
}

// converted changes all values of a JSON value that hold no others.
func converted(v any, change func(any) any) any {
	switch v := v.(type) {
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = converted(list[i], change)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, value := range v {
			object[name] = converted(value, change)
		}
		return object
	}
	return change(v)
}

// exactJSON reads one JSON value; its numbers are json.Number.
func exactJSON(raw []byte) (any, error) {
	var v any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, fmt.Errorf("there is more after the value")
	}
	return v, nil
}
