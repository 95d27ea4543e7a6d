package answer_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

const servicePath = "github.com/aws/aws-sdk-go-v2/service/"

// helpers are packages of the SDK that call operations for Hawser.
var helpers = []string{
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager",
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds",
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds",
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds",
}

// TestEveryCalledOperationIsChecked reads the source for operations that are
// called and that the table lacks.
func TestEveryCalledOperationIsChecked(t *testing.T) {
	called := map[string]string{} // "package.Operation" -> where
	for _, dir := range []string{"../../../internal", "../../../cmd"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && (d.Name() == "awssim" || strings.HasSuffix(d.Name(), "test")) {
				return filepath.SkipDir
			}
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				calls(t, name, called)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, helper := range helpers {
		dir, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", helper).Output()
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				calls(t, name, called)
			}
		}
	}
	if len(called) < 90 {
		t.Fatalf("only %d operations were found; the test looks in the wrong place", len(called))
	}
	checked := map[string]bool{}
	for service, client := range awsapitest.Clients(aws.Config{}) {
		for name := range answer.Operations()[service] {
			checked[packageOf(client)+"."+name] = true
		}
	}
	for name, where := range called {
		if !checked[name] {
			t.Errorf("%s is called (%s) and its answer is not checked: add it to the table", name, where)
		}
	}
}

// packageOf is the name of the package of a service's client.
func packageOf(client any) string {
	return path.Base(reflect.TypeOf(client).Elem().PkgPath())
}

// calls notes the operations whose inputs, paginators or waiters a file names.
func calls(t *testing.T, name string, called map[string]string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]string{}
	for _, spec := range file.Imports {
		full, err := strconv.Unquote(spec.Path.Value)
		if rest, ok := strings.CutPrefix(full, servicePath); err == nil && ok && !strings.Contains(rest, "/") {
			services[path.Base(full)] = rest
			if spec.Name != nil {
				services[spec.Name.Name] = rest
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		of, ok := selector.X.(*ast.Ident)
		if !ok || services[of.Name] == "" {
			return true
		}
		if operation := operationIn(selector.Sel.Name); operation != "" {
			called[services[of.Name]+"."+operation] = files.Position(n.Pos()).String()
		}
		return true
	})
}

// operationIn is the operation that a name of the SDK belongs to, or "".
func operationIn(name string) string {
	if operation, ok := strings.CutSuffix(name, "Input"); ok {
		return operation
	}
	operation, ok := strings.CutPrefix(name, "New")
	for _, suffix := range []string{"Paginator", "Waiter"} {
		if short, is := strings.CutSuffix(operation, suffix); ok && is {
			return short
		}
	}
	return ""
}
