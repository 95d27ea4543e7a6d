package hawser_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultsOfThePlaceHaveAFix: an error that something is not there, not reached, or not in
// the right state says at once what to do about it. For other kinds the door has general
// advice (fault.Complete).
func TestFaultsOfThePlaceHaveAFix(t *testing.T) {
	kinds := map[string]bool{
		"NotFound": true, "Endpoint": true, "Network": true, "Unavailable": true, "Timeout": true, "Conflict": true,
		"Quota": true, "Throttled": true, "NoCredentials": true, "Partial": true, "WrongRegion": true, "ClockSkew": true,
	}
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 1 || d.Name() == "testdata"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, made := range faultsMade(file) {
			if !kinds[made.kind] {
				continue
			}
			seen++
			if !made.fixed {
				t.Errorf("%s: this %s has no fix", set.Position(made.at), made.kind)
			}
		}
		return nil
	})
	if err != nil || seen < 50 {
		t.Errorf("%d were seen, %v", seen, err)
	}
}

// made is a place that makes a fault.
type made struct {
	kind  string
	at    token.Pos
	fixed bool // it has a fix, or is kept in a variable, which may get one
}

// faultsMade lists the calls of fault.New and fault.Wrap in a file.
func faultsMade(file *ast.File) []made {
	var out []made
	var above []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if m := (made{kind: kindMade(call), at: call.Pos()}); m.kind != "" {
				m.fixed = isFixed(above)
				out = append(out, m)
			}
		}
		above = append(above, n)
		return true
	})
	return out
}

// kindMade returns the kind of fault that a call makes; empty if it makes none.
func kindMade(call *ast.CallExpr) string {
	if name := selected(call.Fun, "fault"); name != "New" && name != "Wrap" {
		return ""
	}
	for _, arg := range call.Args {
		if kind := selected(arg, "fault"); kind != "" {
			return kind
		}
	}
	return ""
}

// selected returns what is selected of a package; empty for anything else.
func selected(n ast.Expr, of string) string {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && x.Name == of {
		return s.Sel.Name
	}
	return ""
}

// isFixed follows the methods that are called on a fault.
func isFixed(above []ast.Node) bool {
	for i := len(above) - 1; i >= 0; i-- {
		switch n := above[i].(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == "WithFix" {
				return true
			}
		case *ast.CallExpr:
			if _, method := n.Fun.(*ast.SelectorExpr); !method || i+1 < len(above) && n.Fun != above[i+1] {
				return true // it is given to a function, which may complete it
			}
		default:
			_, kept := n.(*ast.AssignStmt)
			return kept
		}
	}
	return false
}
