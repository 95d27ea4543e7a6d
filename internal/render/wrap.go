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
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var out []string
	current := indent
	for i, word := range strings.Fields(line) {
		if i > 0 && lipgloss.Width(current)+1+lipgloss.Width(word) > width {
			out, current = append(out, current), indent
		}
		if current != indent {
			current += " "
		}
		current += word
	}
	return append(out, current)
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
