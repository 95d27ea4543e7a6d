package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/tool"
)

func theTools(t *testing.T) []*tool.Tool {
	t.Helper()
	return cli.New(cli.Streams{}, nil, "").App.Tools()
}

// TestReferencePagesAreCurrent fails when a declaration was changed and
// `make docs` was not run.
func TestReferencePagesAreCurrent(t *testing.T) {
	const dir = "../../docs/tools"
	pages := toolPages(theTools(t))
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; run make docs", err)
			continue
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is out of date, run make docs\n-want +got\n%s", name, diff)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := pages[e.Name()]; !ok {
			t.Errorf("%s is the page of no tool", e.Name())
		}
	}
}

var (
	needForm = regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$`)
	nameForm = regexp.MustCompile(`^[a-z0-9]+\.[a-z-]+$`)
)

// TestEveryToolIsFullyDeclared holds each declaration against what the doors
// make of it.
func TestEveryToolIsFullyDeclared(t *testing.T) {
	for _, tl := range theTools(t) {
		t.Run(tl.Name, func(t *testing.T) {
			if !nameForm.MatchString(tl.Name) {
				t.Errorf("the name is not noun.verb")
			}
			if len(tl.Examples) == 0 {
				t.Error("no example")
			}
			for _, n := range tl.Needs {
				if !needForm.MatchString(n.Action) || n.Resource == "" {
					t.Errorf("need %+v", n)
				}
			}
			fields := map[string]tool.Field{}
			for _, f := range tl.Fields() {
				fields[f.Name] = f
				if f.Doc == "" {
					t.Errorf("field %s says nothing of itself", f.Name)
				}
			}
			for _, name := range placeholders(tl) {
				if _, ok := fields[name]; !ok {
					t.Errorf("a needed resource names %s, which is not a field", name)
				}
			}
			for name, f := range fields {
				for _, other := range f.Xor {
					if _, ok := fields[other]; !ok {
						t.Errorf("%s excludes %s, which is not a field", name, other)
					}
				}
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// placeholders are the input fields that a tool's resources name.
func placeholders(tl *tool.Tool) []string {
	var names []string
	for _, n := range tl.Needs {
		for _, m := range placeholder.FindAllStringSubmatch(n.Resource, -1) {
			switch m[1] {
			case "partition", "account", "region":
			default:
				names = append(names, m[1])
			}
		}
	}
	return names
}
