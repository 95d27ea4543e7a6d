package render

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Wrap breaks each long line of a text between words. A word that is longer
// than a line, such as a URL, stays whole.
func Wrap(text string, width int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

func wrapLine(line string, width int) []string {
	if lipgloss.Width(line) <= width {
		return []string{line}
	}
	current, indent := indentOf(line)
	words := strings.Fields(line[len(current):])
	var out []string
	begun := false // whether the current line has a word
	for _, word := range words {
		if begun && lipgloss.Width(current)+1+lipgloss.Width(word) > width {
			out, current, begun = append(out, current), indent, false
		}
		if begun {
			current += " "
		}
		current, begun = current+word, true
	}
	return append(out, current)
}

// indentOf returns what a line begins with, blanks and the branches of a tree, and what
// the lines begin with that continue it.
func indentOf(line string) (first, next string) {
	first = line[:len(line)-len(strings.TrimLeft(line, " │├└─"))]
	return first, strings.NewReplacer("├", "│", "└", " ", "─", " ").Replace(first)
}

// Fold breaks a text at blanks, so that its lines fit in width columns. Every
// other character stays, doubled blanks too. A width of 0 breaks nothing.
func Fold(text string, width int) string {
	if width <= 0 {
		return text
	}
	var lines []string
	line, first := "", true
	for word := range strings.SplitSeq(text, " ") {
		if !first && lipgloss.Width(line)+1+lipgloss.Width(word) > width {
			lines, line = append(lines, line), word
			continue
		}
		if !first {
			line += " "
		}
		line, first = line+word, false
	}
	return strings.Join(append(lines, line), "\n")
}
