package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestCommandsThatAreNamedExist resolves every command that a message of the
// program, README.md or a page of docs names.
func TestCommandsThatAreNamedExist(t *testing.T) {
	root := newProgram(streams{err: new(strings.Builder)}, nil).root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	named := 0
	look := func(place, text string) {
		for _, found := range namedCommand.FindAllStringSubmatch(text, -1) {
			named++
			if why := noSuchCommand(root, strings.Fields(found[1])); why != "" {
				t.Errorf("%s names %q: %s", place, found[0], why)
			}
		}
	}
	house := filepath.Join("..", "..")
	for _, dir := range []string{"cmd", "internal"} {
		for _, path := range filesBelow(t, filepath.Join(house, dir), ".go") {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil {
						look(files.Position(literal.Pos()).String(), text)
					}
				}
				return true
			})
		}
	}
	pages := append(filesBelow(t, filepath.Join(house, "docs"), ".md"), filepath.Join(house, "README.md"))
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeInPages.FindAllString(string(text), -1) {
			look(path, code)
		}
	}
	if named < 200 {
		t.Errorf("only %d commands are named", named)
	}
}

var (
	// namedCommand is the program's name and the words behind it. In messages the
	// program is hawser where a command follows, and Hawser otherwise.
	namedCommand = regexp.MustCompile(`(?:^|[^\w./-])hawser((?: [a-z][a-z0-9-]*)+)`)
	// codeInPages are blocks and spans of code.
	codeInPages = regexp.MustCompile("(?s)```.*?```|`[^`]+`")
)

// noSuchCommand says why words name no command; nothing if they do. What follows
// a command that takes arguments may be arguments, or the rest of a sentence.
func noSuchCommand(root *cobra.Command, words []string) string {
	at := root
	for _, word := range words {
		i := slices.IndexFunc(at.Commands(), func(c *cobra.Command) bool { return c.Name() == word || c.HasAlias(word) })
		if i >= 0 {
			at = at.Commands()[i]
			continue
		}
		if at == root || at.HasSubCommands() && !at.Runnable() {
			return "there is no command " + at.CommandPath() + " " + word
		}
		break
	}
	return ""
}

func filesBelow(t *testing.T, dir, ending string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ending) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
