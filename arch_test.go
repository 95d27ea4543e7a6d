package hawser_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/hawser/hawser/"

// floors are the rooms from top to bottom. A package may import those on lower
// floors and those to its left on its own.
var floors = [][]string{
	{"cmd/hawser"},
	{"internal/render", "internal/mcpclients", "internal/config", "internal/agent", "internal/app", "internal/cli"},
	{"internal/auth", "internal/httpserver", "internal/jobs", "internal/web", "internal/mcpserver"},
	{"internal/toolbox"},
	{"internal/collect", "internal/provision", "internal/review", "internal/request", "internal/store"},
	{"internal/awsapi", "internal/db", "internal/awssim"},
	{"internal/access", "internal/correlate", "internal/posture", "internal/setup"},
	{"internal/fault", "internal/jsonfile", "internal/idempotency", "internal/arn", "internal/text", "internal/strictjson", "internal/finding", "internal/policy", "internal/snapshot", "internal/files", "internal/parallel", "internal/audit", "internal/caller", "internal/tool"},
}

// inside are packages below one room, from top to bottom. One may import those on
// lower lines, and none on its own line. A star is for every package directly below
// that is on no other line, such as the nouns of the toolbox.
var inside = map[string][][]string{
	"internal/awsapi": {
		{"internal/awsapi"},
		{"internal/awsapi/scim", "internal/awsapi/signin"},
		{"internal/awsapi/credentials", "internal/awsapi/pace", "internal/awsapi/answer"},
		{"internal/awsapi/awserr", "internal/awsapi/settings"},
		{"internal/awsapi/actions", "internal/awsapi/regions"},
	},
	"internal/awssim": {
		{"internal/awssim/acme", "internal/awssim/demo"},
		{"internal/awssim/roster"},
		{"internal/awssim/cloudtrail", "internal/awssim/identitycenter", "internal/awssim/lambda", "internal/awssim/rds"},
		{"internal/awssim/*"},
		{"internal/awssim"},
		{
			"internal/awssim/cloudwatch/metricstat", "internal/awssim/logs/logpattern", "internal/awssim/rds/datasql", "internal/awssim/s3/s3store",
			"internal/awssim/awsmanaged", "internal/awssim/sigv4", "internal/awssim/wire", "internal/awssim/model/gen",
		},
		{"internal/awssim/model"},
	},
	"internal/store": {
		{"internal/store", "internal/store/export"},
		{"internal/store/c1z", "internal/store/table"},
		{"internal/store/scratch"},
	},
	"internal/toolbox": {{"internal/toolbox"}, {"internal/toolbox/*"}, {"internal/toolbox/kit"}},
	"internal/collect": {{"internal/collect/sources"}, {"internal/collect/*"}, {"internal/collect"}},
}

// doors know what the registry holds, never how it is done.
var (
	doors         = []string{"internal/auth", "internal/httpserver", "internal/jobs", "internal/web", "internal/mcpserver"}
	closedToDoors = []string{"internal/toolbox", "internal/store", "internal/awsapi", "internal/db", "internal/awssim"}
)

// unknown are the imports that rooms must not have, by the beginning of their paths.
// It is the last column of the table of rooms in ARCHITECTURE.md, as far as imports
// show it.
var unknown = map[string][]string{
	"cmd/hawser":          {"github.com/aws/"},
	"internal/render":     {"github.com/spf13/", "github.com/aws/", module + "internal/toolbox", module + "internal/store", module + "internal/awsapi"},
	"internal/mcpclients": {"github.com/spf13/", module + "internal/mcpserver", module + "internal/toolbox"},
	"internal/config": {
		"github.com/spf13/", "github.com/aws/", module + "internal/web", module + "internal/mcpserver", module + "internal/toolbox",
		module + "internal/collect", module + "internal/store", module + "internal/db", module + "internal/audit",
	},
	"internal/agent": {"github.com/spf13/", "github.com/aws/", module + "internal/web", module + "internal/mcpserver", module + "internal/db", module + "internal/store", module + "internal/audit"},
	"internal/app":   {"github.com/spf13/", "github.com/aws/", module + "internal/render", module + "internal/awssim"},
	"internal/cli": {
		"github.com/aws/", module + "internal/toolbox", module + "internal/store", module + "internal/db", module + "internal/awsapi", module + "internal/awssim",
		module + "internal/web", module + "internal/mcpserver", module + "internal/agent",
	},
	"internal/httpserver": {"github.com/aws/", "github.com/spf13/", module + "internal/tool", module + "internal/caller"},
	"internal/auth":       {"github.com/aws/", "github.com/modelcontextprotocol/"},
	"internal/web":        {"github.com/aws/", "github.com/modelcontextprotocol/", module + "internal/mcpserver"},
	"internal/mcpserver":  {"github.com/aws/", module + "internal/web"},
	"internal/collect":    {module + "internal/store", module + "internal/db"},
	"internal/correlate":  {"github.com/aws/"},
	"internal/store":      {"github.com/aws/", module + "internal/awsapi", module + "internal/awssim"},
	"internal/db":         {"github.com/aws/", module + "internal/snapshot"},
	"internal/awsapi":     {module + "internal/tool", module + "internal/snapshot", module + "internal/awssim"},
	"internal/awssim":     {module + "internal/awsapi", module + "internal/db", module + "internal/tool"},
	"internal/tool":       {"github.com/aws/", module + "internal/arn", module + "internal/policy", module + "internal/snapshot"},
	"internal/audit":      {"github.com/aws/"},
}

// only are the rooms that know no others but these.
var only = map[string][]string{
	"internal/fault": {}, "internal/arn": {}, "internal/text": {}, "internal/caller": {},
	"internal/parallel":    {},
	"internal/policy":      {"internal/fault", "internal/arn"},
	"internal/access":      {"internal/fault", "internal/arn", "internal/strictjson", "internal/policy"},
	"internal/strictjson":  {"internal/text"},
	"internal/finding":     {"internal/fault"},
	"internal/jsonfile":    {"internal/fault"},
	"internal/idempotency": {"internal/fault", "internal/jsonfile"},
	"internal/snapshot":    {"internal/fault", "internal/arn", "internal/text"},
	"internal/correlate":   {"internal/fault", "internal/arn", "internal/policy", "internal/snapshot"},
	"internal/files":       {"internal/fault", "internal/text"},
}

// pure packages never touch network, clock or disk.
var (
	pure   = []string{"internal/text", "internal/strictjson", "internal/policy", "internal/access", "internal/correlate", "internal/posture", "internal/setup"}
	impure = []string{"net", "net/http", "os", "os/exec", "io/ioutil", "database/sql", "syscall", "log", "log/slog"}
)

// TestImportsRunDownwardOrLeftward compares the code with the diagram in
// ARCHITECTURE.md. It parses the source itself, as the test cache would not
// see a change behind `go list`.
func TestImportsRunDownwardOrLeftward(t *testing.T) {
	for _, f := range sources(t) {
		from := roomOf(f.dir)
		if from == "" {
			continue
		}
		for _, path := range f.imports {
			if slices.Contains(pure, from) && !f.test && slices.Contains(impure, path) {
				t.Errorf("%s imports %s: %s is pure", f.path, path, from)
			}
			to := roomOf(strings.TrimPrefix(path, module))
			if !strings.HasPrefix(path, module) || to == from || f.test {
				continue
			}
			if to == "" {
				t.Errorf("%s imports %s, which is on no floor", f.path, path)
				continue
			}
			if !allowed(from, to) {
				t.Errorf("%s imports %s: imports run downward, or leftward on the same floor", f.path, to)
			}
		}
	}
}

// TestPackagesKnowNoMoreThanTheyMay holds the source against unknown and only.
func TestPackagesKnowNoMoreThanTheyMay(t *testing.T) {
	for _, f := range sources(t) {
		from := roomOf(f.dir)
		known, bounded := only[from]
		for _, path := range f.imports {
			if f.test {
				continue
			}
			if slices.ContainsFunc(unknown[from], func(start string) bool { return strings.HasPrefix(path, start) }) {
				t.Errorf("%s imports %s, which %s must not know", f.path, path, from)
			}
			to := roomOf(strings.TrimPrefix(path, module))
			if bounded && to != "" && to != from && !slices.Contains(known, to) {
				t.Errorf("%s imports %s, which %s must not know", f.path, path, from)
			}
		}
	}
}

// TestHelpersOfTestsStayInTests keeps packages that serve tests out of the
// program. Their paths end in "test".
func TestHelpersOfTestsStayInTests(t *testing.T) {
	for _, f := range sources(t) {
		for _, path := range f.imports {
			if !f.test && strings.HasPrefix(path, module) && strings.HasSuffix(path, "test") {
				t.Errorf("%s imports %s, which serves tests alone", f.path, path)
			}
		}
	}
}

// TestTemplatesAreNotExecuted keeps out the two packages whose use turns off
// the linker's removal of dead methods and doubles the binary.
func TestTemplatesAreNotExecuted(t *testing.T) {
	for _, f := range sources(t) {
		for _, path := range f.imports {
			if !f.test && (path == "text/template" || path == "html/template") {
				t.Errorf("%s imports %s", f.path, path)
			}
		}
	}
}

// TestEveryPackageSaysWhatItIs wants a package comment in every package.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if !f.test {
			documented[f.dir] = documented[f.dir] || f.doc
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// TestImportsRunDownwardInsideRooms compares the packages below one room with inside.
// Each must be on a line.
func TestImportsRunDownwardInsideRooms(t *testing.T) {
	for _, f := range sources(t) {
		room := roomOf(f.dir)
		lines, ok := inside[room]
		if !ok || f.test {
			continue
		}
		from := lineOf(lines, f.dir)
		if from < 0 {
			t.Errorf("%s is on no line of %s", f.dir, room)
		}
		for _, path := range f.imports {
			to := strings.TrimPrefix(path, module)
			if roomOf(to) == room && lineOf(lines, to) <= from {
				t.Errorf("%s imports %s: imports run downward", f.path, path)
			}
		}
	}
}

// lineOf returns the line of a package: the one that names it, or else the one with a
// star that fits; -1 if there is none.
func lineOf(lines [][]string, dir string) int {
	named := slices.IndexFunc(lines, func(dirs []string) bool { return slices.Contains(dirs, dir) })
	if named >= 0 {
		return named
	}
	return slices.IndexFunc(lines, func(dirs []string) bool { return slices.Contains(dirs, path.Dir(dir)+"/*") })
}

// TestCopiesOfFaultsAreUsed finds calls of the methods of fault.Error that return a
// copy where the copy is dropped.
func TestCopiesOfFaultsAreUsed(t *testing.T) {
	files := token.NewFileSet()
	for _, f := range sources(t) {
		parsed, err := parser.ParseFile(files, f.path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if statement, ok := n.(*ast.ExprStmt); ok && copiesFault(statement.X) {
				t.Errorf("%s: the copy is dropped", files.Position(n.Pos()))
			}
			return true
		})
	}
}

func copiesFault(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"WithCause", "WithFix", "At", "WithOutcomeUnknown"}, method.Sel.Name)
}

// goroutines are the files that may start goroutines by themselves, each with the reason
// why no panic can end the program there. All others use internal/parallel.
var goroutines = map[string]string{
	"internal/parallel/parallel.go":         "it recovers the panics",
	"internal/tool/gather.go":               "each cell is read by parallel.Safely",
	"internal/audit/witness.go":             "each witness is asked by parallel.Safely",
	"internal/audit/witness_syslog_unix.go": "it sends by parallel.Safely",
	"internal/auth/ended.go":                "it reads the record of tokens, as the request before it did",
	"internal/httpserver/server.go":         "net/http recovers the panics of handlers",
	"internal/app/agents.go":                "it waits for the end of a token and ends sessions",
	"internal/cli/input.go":                 "it reads standard input for the only call of its process",
	"internal/mcpserver/stdio.go":           "it reads lines; the methods that they call are recovered in watch.go",
	"internal/mcpserver/http_auth.go":       "it closes a session",
	"internal/mcpserver/server.go":          "it waits for a session and closes it",
	"cmd/hawser/mcp.go":                     "it waits for signals; Agents.Reload recovers",
	"cmd/hawser/login.go":                   "it opens a browser by parallel.Safely",
	"internal/awsapi/signin/callback.go":    "net/http recovers the panics of handlers",
}

// TestGoroutinesPassPanicsOn finds goroutines whose panics would end the program, with
// every call that runs in it. In tools and in the engine of a sync there may be none.
func TestGoroutinesPassPanicsOn(t *testing.T) {
	left := map[string]bool{}
	for name := range goroutines {
		left[name] = true
	}
	for _, f := range sources(t) {
		room := roomOf(f.dir)
		if f.test || room == "" || room == "internal/awssim" {
			continue
		}
		started := startsGoroutines(t, f.path)
		delete(left, f.path)
		tools := room == "internal/toolbox" || room == "internal/collect"
		if started != "" && (tools || goroutines[f.path] == "") {
			t.Errorf("%s starts goroutines (%s); use internal/parallel", f.path, started)
		}
		if started == "" && goroutines[f.path] != "" {
			t.Errorf("%s starts no goroutine; remove it from the list", f.path)
		}
	}
	for name := range left {
		t.Errorf("%s does not exist; remove it from the list", name)
	}
}

// startsGoroutines says by what a file starts goroutines, or "".
func startsGoroutines(t *testing.T, path string) (by string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			by = "a go statement"
		case *ast.ImportSpec:
			if n.Path.Value == `"golang.org/x/sync/errgroup"` {
				by = "errgroup"
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "sync" && n.Sel.Name == "WaitGroup" {
				by = "sync.WaitGroup"
			}
		}
		return true
	})
	return by
}

func allowed(from, to string) bool {
	if slices.Contains(doors, from) && slices.Contains(closedToDoors, to) {
		return false
	}
	fromFloor, fromIndex := positionOf(from)
	toFloor, toIndex := positionOf(to)
	return toFloor > fromFloor || (toFloor == fromFloor && toIndex < fromIndex)
}

// positionOf finds a room on the floors.
func positionOf(room string) (floor, index int) {
	for i, rooms := range floors {
		if j := slices.Index(rooms, room); j >= 0 {
			return i, j
		}
	}
	return -1, -1
}

// roomOf returns the package of the diagram that dir belongs to; a package's
// subfolders belong to it.
func roomOf(dir string) string {
	for _, rooms := range floors {
		for _, room := range rooms {
			if dir == room || strings.HasPrefix(dir, room+"/") {
				return room
			}
		}
	}
	return ""
}

type source struct {
	path, dir string
	imports   []string
	test, doc bool
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		f := source{
			path: path, dir: filepath.ToSlash(filepath.Dir(path)),
			// A package whose path ends in "test" serves tests alone.
			test: strings.HasSuffix(name, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test"),
			doc:  parsed.Doc != nil,
		}
		for _, imp := range parsed.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, p)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
