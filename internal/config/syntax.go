package config

import (
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// This file says what is wrong with a text that is not YAML, by looking at the line. The
// library's messages speak of tokens and contexts, which nobody has to know. No value is
// repeated, since it could be a secret.

// syntaxFault returns the fault of a text that the library does not read as YAML; line is
// where it stopped.
func syntaxFault(path string, text []byte, line int) *fault.Error {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	line = min(max(line, 1), len(lines))
	json := strings.HasPrefix(strings.TrimSpace(string(text)), "{")
	if next := line + 1; !json && next <= len(lines) && !indentedByTab(lines[line-1]) && (indentedByTab(lines[next-1]) || deeper(lines[line-1], lines[next-1])) {
		line = next
	}
	e := fault.New(fault.Invalid, "the text is not valid YAML").WithFix("write KEY: VALUE, with two blanks more for what belongs to the key above")
	if json {
		e = fault.New(fault.Invalid, "the text is not valid JSON").WithFix("look in this line and the one before for a missing comma, quote or bracket")
	}
	if says, fix := diagnose(lines, line, json); says != "" {
		e = e.WithCause("%s", says).WithFix("%s", fix)
	}
	if !json {
		e.Field = strings.Join(keysAbove(lines, line), ".")
	}
	return placed(path, line, e)
}

// diagnose says what is wrong with a line, and what to do; empty texts if it can't tell.
func diagnose(lines []string, n int, json bool) (says, fix string) {
	line := lines[n-1]
	key, value := splitLine(line)
	switch {
	case indentedByTab(line) && !json:
		return "the line is indented with a tab", "indent it with blanks"
	case oddQuotes(value, '"'):
		return "a quote is opened and not closed", `close it, as in region: "eu-central-1"`
	case !json && oddQuotes(value, '\'') && strings.HasPrefix(value, "'"):
		return "a quote is opened and not closed", "close it, as in region: 'eu-central-1'"
	case value != "" && strings.ContainsAny(value[:1], "@`%") && !json:
		return "a text can't begin with " + value[:1], "put the value in quotes, as in \"" + value[:1] + "...\""
	case strings.HasPrefix(value, "*") && !json:
		return "there is no anchor of this name before it", "write &NAME before the value that *NAME repeats, or put the value in quotes"
	case open(lines[n-1:]):
		return "a bracket is opened and not closed", "close it, as in regions: [eu-central-1, us-east-1]"
	case json:
		return "", ""
	case n > 1 && deeper(lines[n-2], line):
		return "the line is indented further than the one before, which has a value already", "indent both alike"
	case key == "" && value != "" && !strings.HasPrefix(value, "-"):
		return "a colon is missing", "write KEY: VALUE, as in region: eu-central-1"
	}
	return "", ""
}

// splitLine splits a line of YAML into a key and its value; the key is empty where there
// is none.
func splitLine(line string) (key, value string) {
	line = strings.TrimLeft(line, " \t")
	if strings.HasPrefix(line, "#") {
		return "", ""
	}
	line = strings.TrimPrefix(line, "- ")
	key, value, ok := strings.Cut(line+" ", ": ")
	if !ok {
		return "", strings.TrimSpace(line)
	}
	return strings.Trim(strings.TrimSpace(key), `"'`), strings.TrimSpace(value)
}

// keysAbove returns the path of keys that leads to a line, by their indentation.
func keysAbove(lines []string, n int) []string {
	var path []string
	indent := len(lines[n-1]) + 1
	if key, _ := splitLine(lines[n-1]); key != "" && n > 1 && deeper(lines[n-2], lines[n-1]) {
		above := keysAbove(lines, n-1) // it was meant to stand beside the line before
		return append(above[:max(0, len(above)-1)], key)
	}
	for ; n > 0; n-- {
		key, _ := splitLine(lines[n-1])
		at := len(lines[n-1]) - len(strings.TrimLeft(lines[n-1], " \t-"))
		if key == "" || at >= indent || strings.ContainsAny(key, "{[") {
			continue
		}
		path, indent = append([]string{key}, path...), at
	}
	return path
}

func indentedByTab(line string) bool {
	blanks := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.Contains(blanks, "\t")
}

// deeper reports whether a line is indented further than the one before although that
// has a key and a value.
func deeper(before, line string) bool {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	key, value := splitLine(before)
	return key != "" && value != "" && !strings.ContainsAny(value[:1], "|>&#") &&
		strings.TrimSpace(line) != "" && indent(line) > indent(before)
}

// oddQuotes reports whether a quote of the text is not closed.
func oddQuotes(text string, quote rune) bool {
	odd, escaped := false, false
	for _, r := range text {
		if r == quote && !escaped {
			odd = !odd
		}
		escaped = r == '\\' && !escaped && quote == '"'
	}
	return odd
}

// open reports whether more brackets are opened than closed from here on.
func open(lines []string) bool {
	depth := 0
	for _, r := range strings.Join(lines, "\n") {
		switch r {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	return depth > 0
}

// placed gives a fault its file and line. The message begins with the key, because a line
// of JSON may have many.
func placed(path string, line int, e *fault.Error) *fault.Error {
	c := *e
	c.File, c.Line = filepath.Clean(path), line
	if c.Field != "" {
		c.Message = c.Field + ": " + c.Message
	}
	return &c
}
