package main

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/syntax"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// TestCommandLinesThatAreNamedWork gives every command line that a page, an example
// of a command or a message of the program shows to the command tree: flags, arguments
// and their values are checked as in a call, which ends before anything is done.
func TestCommandLinesThatAreNamedWork(t *testing.T) {
	trial, shown := newTrial(t), map[string]bool{}
	try := func(place string, words []string) {
		line := strings.Join(words, " ")
		if shown[line] {
			return
		}
		shown[line] = true
		if err := trial.run(words); err != nil {
			t.Errorf("%s shows %q: %v", place, "hawser "+line, err)
		}
	}
	root := top(t)
	pages := append(filesBelow(t, filepath.Join(root, "docs"), ".md"), filepath.Join(root, "README.md"),
		filepath.Join(root, "ARCHITECTURE.md"), filepath.Join(root, "CONTRIBUTING.md"))
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeInPages.FindAllStringSubmatch(string(text), -1) {
			for _, words := range linesOfHawser(code[1] + code[2]) {
				try(path, words)
			}
			for _, words := range linesOfHawser(code[3]) {
				try(path, trial.mention(words))
			}
		}
	}
	for _, cmd := range commandsBelow(trial.root) {
		for _, words := range linesOfHawser(cmd.Example) {
			try("the help of "+cmd.CommandPath(), words)
		}
	}
	for place, text := range stringsOfProgram(t, root) {
		for _, words := range trial.commandsInSentences(text) {
			try(place, trial.mention(words))
		}
	}
	if len(shown) < 150 {
		t.Errorf("only %d command lines are shown", len(shown))
	}
}

// TestFlagsThatPagesNameExist holds the flags that pages name without a command
// against those of all commands.
func TestFlagsThatPagesNameExist(t *testing.T) {
	known := map[string]bool{"--keep-alive": true} // of Schemathesis, a judge
	for _, cmd := range commandsBelow(wholeTree(cli.New(cli.Streams{Err: io.Discard}, nil, ""))) {
		cmd.InitDefaultHelpFlag()
		for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.InheritedFlags()} {
			set.VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
		}
	}
	root := top(t)
	for _, path := range append(filesBelow(t, filepath.Join(root, "docs"), ".md"), filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range flagInPages.FindAllStringSubmatch(string(text), -1) {
			if !known[flag[1]] {
				t.Errorf("%s names %s, which no command has", path, flag[1])
			}
		}
	}
}

// TestWrongCommandLinesAreFound holds the check of command lines against some that
// are wrong.
func TestWrongCommandLinesAreFound(t *testing.T) {
	trial := newTrial(t)
	for _, line := range []string{
		"hawser sync prod --organization", "hawser s3 lisst", "hawser s3 list --regoin x", "hawser s3 list -o jsn",
		"hawser ec2 list --limit ten", "hawser lambda get-logs f --since soon", "hawser snapshot export f --format xls",
		"hawser mcp install emacs", "hawser token create", "hawser token create a b", "hawser mcp inspect --confirm all",
	} {
		words := linesOfHawser(line)
		if len(words) != 1 {
			t.Fatalf("%q is taken for %q", line, words)
		}
		if trial.run(words[0]) == nil {
			t.Errorf("%q is taken for right", line)
		}
	}
	for text, want := range map[string]string{
		"hawser sync runs lists them":                     "sync runs",
		"start hawser mcp --tokens, or another":           "mcp --tokens",
		"write hawser s3 get BUCKET KEY FILE":             "s3 get BUCKET KEY FILE",
		"see hawser ec2 list --state running; then go on": "ec2 list --state running",
	} {
		if got := trial.commandsInSentences(text); len(got) != 1 || strings.Join(got[0], " ") != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

var (
	// commandInSentence is the program's name and the words behind it. In messages the
	// program is hawser where a command follows, and Hawser otherwise.
	commandInSentence = regexp.MustCompile(`(?:^|[^\w./-])hawser ([a-z][^\n]*)`)
	// codeInPages are blocks of code, those that are only indented, and spans.
	codeInPages = regexp.MustCompile("(?ms)```(?:sh)?\n(.*?)```|((?:^    [^\n]*\n)+)|`([^`]+)`")
	flagInPages = regexp.MustCompile("`(--[a-z][a-z-]*)[^`]*`")
)

// fillings are the words in capitals and the variables for which people write something of their
// own, and what is given in their place.
var fillings = map[string]string{
	"ADDR": "127.0.0.1:0", "BUCKET": "bucket", "ARN": "arn:aws:rds:us-east-1:111122223333:cluster:shop",
	"SECRET":         "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-AbCdEf",
	"$DEMO_CLUSTER":  "arn:aws:rds:us-east-1:111122223333:cluster:shop",
	"$DEMO_SECRET":   "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-AbCdEf",
	"$DEMO_INSTANCE": "i-0123456789abcdef0", "$KEY": "AKIAIOSFODNN7EXAMPLE",
	"CLIENT": "claude-code", "KIND": "iam.user", "HASH": strings.Repeat("3f", 32), "3f1c…": strings.Repeat("3f", 32),
	"NAME": "s3.list", "%s": "i-0123456789abcdef0", "s3://BUCKET/PREFIX/": "s3://bucket/prefix/",
}

// trial gives command lines to the command tree.
type trial struct {
	t     *testing.T
	home  string
	tools []*tool.Tool
	root  *cobra.Command // only to be looked at
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	p := cli.New(cli.Streams{Err: io.Discard}, nil, "")
	tr := &trial{t: t, home: t.TempDir(), tools: p.App.Tools(), root: wholeTree(p)}
	tr.root.InitDefaultHelpCmd()
	tr.root.InitDefaultCompletionCmd()
	t.Setenv("HOME", tr.home)
	t.Setenv("XDG_CONFIG_HOME", tr.home)
	text := "connections: {prod: {}}\nagents: {analyst: {}, triage: {tools: ['s3.*']}, reports: {}, helper: {}}\n"
	if err := os.WriteFile(filepath.Join(tr.home, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return tr
}

// run says why words are not a command line. What tools are called with is checked by
// the registry, whose gate then ends the call. Of Hawser's own commands some run,
// with a home that is made for the test.
func (tr *trial) run(words []string) error {
	given := make([]string, len(words))
	for i, word := range words {
		given[i] = word
		if value, ok := fillings[word]; ok {
			given[i] = value
		}
	}
	tr.t.Setenv("XDG_STATE_HOME", tr.t.TempDir())
	env := append(os.Environ(), "HAWSER_CONFIG="+filepath.Join(tr.home, "config.yaml"))
	p := cli.New(cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, env, "")
	stop := &stopGate{}
	registry, err := tool.NewRegistry(tr.tools, tool.Options{Log: &tooltest.Memory{}, Gates: []tool.Gate{stop}})
	if err != nil {
		return err
	}
	p.Registry = func() (*tool.Registry, error) { return registry, nil }
	root := wholeTree(p)
	for _, cmd := range commandsBelow(root) {
		ofTool := cli.IsTool(cmd)
		if !ofTool && !slices.Contains(commandsToRun, cmd.CommandPath()) {
			cmd.RunE = func(*cobra.Command, []string) error { return nil }
		}
	}
	if len(given) > 1 && given[0] == "mcp" && given[1] == "install" {
		given = append(given, "--dry-run")
	}
	root.SetArgs(given)
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	if err := root.ExecuteContext(tr.t.Context()); err != nil && !stop.reached {
		return err
	}
	return nil
}

// mention are the words of a command that a sentence names. One that has names alone
// is not meant to be typed as it stands, and is asked for its help.
func (tr *trial) mention(words []string) []string {
	at := tr.root
	for _, word := range words {
		if at = commandNamed(at, word); at == nil {
			return words
		}
	}
	return append(slices.Clip(words), "--help")
}

// commandsToRun are Hawser's own commands that trial runs.
var commandsToRun = []string{"hawser tools", "hawser token create", "hawser token list", "hawser mcp inspect", "hawser mcp install"}

// stopGate refuses all calls, and remembers that there was one.
type stopGate struct{ reached bool }

func (g *stopGate) Admit(context.Context, tool.Attempt) error {
	g.reached = true
	return fault.New(fault.Refused, "the command line is right")
}

// commandsBelow are a command and all that stand under it.
func commandsBelow(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		all = append(all, commandsBelow(sub)...)
	}
	return all
}

// linesOfHawser are the words of each command of hawser in a script for a shell,
// wherever it stands in it. A text that is not a script has none.
func linesOfHawser(text string) (lines [][]string) {
	script, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return nil
	}
	syntax.Walk(script, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) < 2 || call.Args[0].Lit() != "hawser" {
			return true
		}
		var words []string
		for _, word := range call.Args[1:] {
			words = append(words, wordOf(word))
		}
		lines = append(lines, words)
		return true
	})
	return lines
}

// wordOf is a word of a shell without its quotes. A variable stays as $NAME.
func wordOf(word *syntax.Word) string {
	var b strings.Builder
	for _, part := range word.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(part.Value, `\`, ""))
		case *syntax.ParamExp:
			b.WriteString("$" + part.Param.Value)
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				switch inner := inner.(type) {
				case *syntax.Lit:
					b.WriteString(inner.Value)
				case *syntax.ParamExp:
					b.WriteString("$" + inner.Param.Value)
				}
			}
		}
	}
	return b.String()
}

// commandsInSentences are the words of each command in a message: its names, its
// flags with their values, and the arguments that are written in capitals. The first
// other word goes on with the sentence.
func (tr *trial) commandsInSentences(text string) (commands [][]string) {
	for _, found := range commandInSentence.FindAllStringSubmatch(text, -1) {
		at, words, named := tr.root, []string(nil), false
		for rest := strings.Fields(found[1]); len(rest) > 0; rest = rest[1:] {
			word, ends := endOfSentence(rest[0])
			sub := commandNamed(at, word)
			switch {
			case sub != nil && !named:
				at = sub
			case strings.HasPrefix(word, "--"):
				named = true
				if f := at.Flag(strings.TrimPrefix(word, "--")); f != nil && f.NoOptDefVal == "" && len(rest) > 1 && !ends {
					words, rest = append(words, word), rest[1:]
					word, ends = endOfSentence(rest[0])
				}
			case argumentInSentence.MatchString(word):
				named = true
			case !named && (at == tr.root || at.HasSubCommands() && !at.Runnable()):
				ends = true // no command: the tree will say so
			default:
				word = ""
			}
			if word != "" {
				words = append(words, word)
			}
			if word == "" || ends {
				break
			}
		}
		commands = append(commands, words)
	}
	return commands
}

// argumentInSentence is an argument in a message: a word in capitals, or one that
// is filled in.
var argumentInSentence = regexp.MustCompile(`^([A-Z][A-Z_]*|%[sq])$`)

// endOfSentence is a word without the mark that ends its sentence.
func endOfSentence(word string) (string, bool) {
	bare := strings.TrimRight(word, ".,;:)`")
	return bare, bare != word
}

// commandNamed is the command of a name that stands under another; nil for none.
func commandNamed(at *cobra.Command, name string) *cobra.Command {
	for _, cmd := range at.Commands() {
		if cmd.Name() == name || cmd.HasAlias(name) {
			return cmd
		}
	}
	return nil
}

// stringsOfProgram are the literals of strings in the program's source, by where
// they stand.
func stringsOfProgram(t *testing.T, root string) map[string]string {
	t.Helper()
	literals := map[string]string{}
	for _, dir := range []string{"cmd", "internal"} {
		for _, path := range filesBelow(t, filepath.Join(root, dir), ".go") {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING && strings.Contains(literal.Value, "hawser ") {
					if text, err := strconv.Unquote(literal.Value); err == nil {
						literals[files.Position(literal.Pos()).String()] = text
					}
				}
				return true
			})
		}
	}
	return literals
}

// top is the directory that holds the module.
func top(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
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
