package render

import (
	"fmt"
	"strings"

	"github.com/jmespath-community/go-jmespath/pkg/functions"
	"github.com/jmespath-community/go-jmespath/pkg/parsing"

	"github.com/hawser/hawser/internal/fault"
)

// checkFunctions returns an error for a function that does not exist, or that does not
// take the number of arguments it has. The library notices both only when it evaluates the
// expression, and a call has been made by then.
func checkFunctions(node parsing.ASTNode) error {
	all := arities()
	var check func(parsing.ASTNode) error
	check = func(node parsing.ASTNode) error {
		if node.NodeType == parsing.ASTFunctionExpression {
			if err := all.check(fmt.Sprint(node.Value), len(node.Children)); err != nil {
				return err
			}
		}
		for _, child := range node.Children {
			if err := check(child); err != nil {
				return err
			}
		}
		return nil
	}
	return check(node)
}

// arity is how many arguments a function takes.
type arity struct{ least, most int }

// unlimited is the most of a function that takes any number of arguments.
const unlimited = -1

type arityTable map[string]arity

// arities returns the functions of the library and ours.
func arities() arityTable {
	all := arityTable{}
	for _, f := range functions.GetDefaultFunctions() {
		a := arity{most: len(f.Arguments)}
		for _, argument := range f.Arguments {
			if !argument.Optional {
				a.least++
			}
			if argument.Variadic {
				a.most = unlimited
			}
		}
		all[f.Name] = a
	}
	for name, own := range ownFunctions() {
		all[name] = arity{own.arguments, own.arguments}
	}
	return all
}

func (t arityTable) check(name string, given int) error {
	a, ok := t[name]
	switch {
	case !ok:
		return t.unknown(name)
	case given >= a.least && (a.most == unlimited || given <= a.most):
		return nil
	case a.most == unlimited:
		return fmt.Errorf("%s takes at least %s, not %d", name, countArguments(a.least), given)
	case a.least == a.most:
		return fmt.Errorf("%s takes %s, not %d", name, countArguments(a.least), given)
	default:
		return fmt.Errorf("%s takes %d to %d arguments, not %d", name, a.least, a.most, given)
	}
}

func countArguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// unknown is the error about a function that does not exist.
func (t arityTable) unknown(name string) error {
	var names []string
	for known := range t {
		if !strings.Contains(known, " ") { // that of an operator
			names = append(names, known)
		}
	}
	if near := fault.Nearest(name, names); near != "" {
		return fmt.Errorf("there is no function %s; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no function %s", name)
}
