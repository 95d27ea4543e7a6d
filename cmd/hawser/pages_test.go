package main

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

// TestDocsPages runs the commands of the tutorial and of the pages about jobs in a shell,
// from top to bottom, against the simulated company that the page names. A command must
// exit with 0, or with the code that a comment behind it says ("# exit code 3"). The
// block of output behind it must appear, line by line; a line of three dots stands for
// any number of lines. A block of YAML whose first line is a comment with a path is
// written to that file.
func TestDocsPages(t *testing.T) {
	for _, needed := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("the pages need %s", needed)
		}
	}
	docs := filepath.Join(top(t), "docs")
	pages := append(filesBelow(t, filepath.Join(docs, "jobs"), ".md"), filepath.Join(docs, "tutorial.md"))
	for _, path := range pages {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p := readPage(t, string(text))
			if len(p.commands) < 4 {
				t.Errorf("only %d commands are shown", len(p.commands))
			}
			p.run(t)
		})
	}
}

// TestDocsRecording runs the commands of the recorded session again, and looks for what
// the recording shows of them. make recording records anew. What is asked about needs a
// terminal, and is only run.
func TestDocsRecording(t *testing.T) {
	docs := filepath.Join(top(t), "docs")
	p := &page{sim: simFlags{listen: "127.0.0.1:0", scale: 50}}
	p.addCommands(t, readText(t, filepath.Join(docs, "terminal.sh")))
	shown := strings.Split(linesOfRecording(readText(t, filepath.Join(docs, "terminal.svg"))), "$ ")[1:]
	if len(shown) != len(p.commands) {
		t.Fatalf("%d commands are shown, want %d", len(shown), len(p.commands))
	}
	p.run(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range p.commands {
		command, output, _ := strings.Cut(shown[i], "\n")
		if command != c.text {
			t.Errorf("the recording shows %s, want %s", command, c.text)
		}
		wrote := strings.ReplaceAll(c.output, me.Username, "ada")
		if c.exit == 0 && unwrapped(output) != unwrapped(wrote) {
			t.Errorf("%s\nis recorded with\n%s\nand writes\n%s\nmake recording records it anew", c.text, output, c.output)
		}
	}
}

// unwrapped is an output without what changes and without space: how a table breaks its
// lines depends on what changes.
func unwrapped(text string) string {
	return strings.ReplaceAll(strings.Join(comparable(text), ""), " ", "")
}

var textInRecording = regexp.MustCompile(`(?s)<text class="hawser-r\d+" x="[\d.]+" y="([\d.]+)"[^>]*>(.*?)</text>`)

// linesOfRecording are the lines of text of a recorded terminal.
func linesOfRecording(svg string) string {
	var b strings.Builder
	at := ""
	for _, text := range textInRecording.FindAllStringSubmatch(svg, -1) {
		if text[1] != at && at != "" {
			b.WriteByte('\n')
		}
		at = text[1]
		b.WriteString(strings.ReplaceAll(strings.TrimSuffix(html.UnescapeString(text[2]), "\n"), "\u00a0", " "))
	}
	return b.String()
}

// page is what a page shows in its blocks.
type page struct {
	sim      simFlags
	lines    []string // of the shell
	commands []*shownCommand
	outputs  []shownOutput
}

// shownCommand is a command of a page.
type shownCommand struct {
	text   string
	exit   int
	output string // what it wrote, after run
}

// shownOutput is the output that a page shows for some of its commands.
type shownOutput struct {
	of   []*shownCommand
	text string
}

var (
	blocksOfPage = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```")
	simOfPage    = regexp.MustCompile(`hawser sim(?: --org (\w+))?`)
	exitInPage   = regexp.MustCompile(`exit code (\d+)`)
)

func readPage(t *testing.T, text string) *page {
	t.Helper()
	sim := simOfPage.FindStringSubmatch(text)
	if sim == nil {
		t.Fatal("the page does not name the simulated company that its commands work on, such as hawser sim")
	}
	p := &page{sim: simFlags{listen: "127.0.0.1:0", scale: 50, org: sim[1]}}
	var last []*shownCommand
	for _, block := range blocksOfPage.FindAllStringSubmatch(text, -1) {
		switch kind, body := block[1], block[2]; {
		case kind == "sh" && strings.HasPrefix(body, "hawser sim"): // is running
		case kind == "sh":
			last = p.addCommands(t, body)
		case kind == "yaml" && strings.HasPrefix(body, "# "):
			p.addFile(body)
		case kind == "":
			p.outputs = append(p.outputs, shownOutput{last, body})
		}
	}
	return p
}

// addCommands adds the commands of a block, each of which writes what it says into a
// file of its own.
func (p *page) addCommands(t *testing.T, body string) (added []*shownCommand) {
	t.Helper()
	script, err := syntax.NewParser(syntax.KeepComments(true)).Parse(strings.NewReader(body), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, stmt := range script.Stmts {
		c := &shownCommand{text: body[stmt.Pos().Offset():stmt.End().Offset()]}
		for _, comment := range stmt.Comments {
			if found := exitInPage.FindStringSubmatch(comment.Text); found != nil && comment.Pos().After(stmt.Pos()) {
				c.exit, _ = strconv.Atoi(found[1])
			}
		}
		p.lines = append(p.lines, fmt.Sprintf("{ %s\n} >\"$WRITTEN/%[2]d\" 2>&1 </dev/null\necho $? >\"$WRITTEN/%[2]d.exit\"", c.text, len(p.commands)))
		p.commands, added = append(p.commands, c), append(added, c)
	}
	return added
}

// addFile adds the writing of a file, whose first line is a comment with its path.
func (p *page) addFile(body string) {
	first, _, _ := strings.Cut(body, "\n")
	path := strings.Replace(strings.TrimPrefix(first, "# "), "~/", "$HOME/", 1)
	p.lines = append(p.lines, fmt.Sprintf("mkdir -p \"$(dirname \"%[1]s\")\"\ncat > \"%[1]s\" <<'END OF FILE'\n%[2]sEND OF FILE", path, body))
}

func (p *page) run(t *testing.T) {
	t.Helper()
	sim, err := startSim(t.Context(), p.sim)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	written := t.TempDir()
	shell := exec.CommandContext(t.Context(), "bash", "-c", sim.settings()+strings.Join(p.lines, "\n"))
	shell.Dir = t.TempDir()
	shell.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + shell.Dir, "WRITTEN=" + written, "COLUMNS=100", "NO_COLOR=1", "TZ=UTC",
		"AWS_EC2_METADATA_DISABLED=true", raceOptions + "=" + os.Getenv(raceOptions),
	}
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range p.commands {
		c.output = readText(t, filepath.Join(written, strconv.Itoa(i)))
		if exit := readText(t, filepath.Join(written, strconv.Itoa(i)+".exit")); strings.TrimSpace(exit) != strconv.Itoa(c.exit) {
			t.Errorf("%s\nexits with %s, want %d:\n%s", c.text, strings.TrimSpace(exit), c.exit, c.output)
		}
	}
	for _, o := range p.outputs {
		o.check(t)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// check looks for the lines that the page shows among those that the commands wrote.
func (o shownOutput) check(t *testing.T) {
	t.Helper()
	var wrote bytes.Buffer
	for _, c := range o.of {
		wrote.WriteString(c.output)
		if !strings.HasSuffix(c.output, "\n") {
			wrote.WriteByte('\n')
		}
	}
	rest := comparable(wrote.String())
	for _, line := range comparable(o.text) {
		if line == "..." {
			continue
		}
		at := slices.Index(rest, line)
		if at < 0 {
			t.Errorf("the page shows\n%s\nwhich does not follow in\n%s", line, wrote.String())
			return
		}
		rest = rest[at+1:]
	}
}

// changing is what differs from one simulated company to the next, or with the time.
var changing = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?( UTC|Z)?`), "TIME"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "DATE"},
	{regexp.MustCompile(`\b(AKIA|AIDA)[A-Z0-9]{16,17}\b`), "KEY"},
	{regexp.MustCompile(`\bi-[0-9a-f]{17}\b`), "INSTANCE"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "ADDRESS"},
	{regexp.MustCompile(`\b[\d.]+ ?(ms|s)\b`), "DURATION"},
	{regexp.MustCompile(`\(\d+ calls\)`), "(CALLS)"},
	{regexp.MustCompile(`--cursor \S+`), "--cursor CURSOR"},
	{regexp.MustCompile(`\b[0-9a-f]{16,64}\b`), "HEX"},
	{regexp.MustCompile(`(/[\w.-]+)+/hawser\b`), "hawser"},
	{regexp.MustCompile(`(/[\w.-]+)+/(\.claude|\.config)`), "HOME/$2"},
	{regexp.MustCompile(`~/(\.claude|\.config)`), "HOME/$1"},
	{regexp.MustCompile(`[ \t]+`), " "},
}

// comparable are the lines of an output without what changes.
func comparable(text string) (lines []string) {
	for line := range strings.Lines(text) {
		for _, c := range changing {
			line = c.what.ReplaceAllString(line, c.as)
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
