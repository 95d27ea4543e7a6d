package render

import (
	"encoding/json"
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
	node, err := parsing.NewParser().Parse(markNumbers(expression))
	if err != nil {
		return nil, err
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
	return interpreter.NewInterpreter(v, own, nil).Execute(q.node, v)
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

// numberMark stands before a number that is written as a text.
const numberMark = "\x00number "

// markNumbers writes the numbers in an expression's JSON literals as texts, as
// the parser would round them.
func markNumbers(expression string) string {
	var b strings.Builder
	for rest := expression; rest != ""; {
		length := 1
		if strings.ContainsRune("'\"`", rune(rest[0])) {
			length = quotedLength(rest)
		}
		part := rest[:length]
		if part[0] == '`' && length > 1 {
			part = markedLiteral(part)
		}
		b.WriteString(part)
		rest = rest[length:]
	}
	return b.String()
}

// quotedLength is the length of the quoted text at the beginning of an
// expression, with its quotes.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

func markedLiteral(literal string) string {
	v, err := exactJSON([]byte(strings.ReplaceAll(strings.Trim(literal, "`"), "\\`", "`")))
	if err != nil {
		return literal // the parser says what is wrong with it
	}
	raw, err := json.Marshal(converted(v, func(v any) any {
		if n, ok := v.(json.Number); ok {
			return numberMark + n.String()
		}
		return v
	}))
	if err != nil {
		return literal
	}
	return "`" + strings.ReplaceAll(string(raw), "`", `\u0060`) + "`"
}

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
