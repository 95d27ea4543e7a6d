package mcpserver

import "strings"

// continues tells whether a line goes on in the next one: a backslash that is not
// escaped ends it, as in properties of Java and in shells.
//
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
func continues(line string) bool {
	return (len(line)-len(strings.TrimRight(line, "\\")))%2 == 1
}

// logicalEnd is where a value ends that reaches up to an offset, together with the
// lines in which it goes on. In each it ends at one of the stops.
func logicalEnd(rest string, end int, stops string) int {
	for end < len(rest) && continues(rest[:end]) && strings.IndexByte("\r\n", rest[end]) >= 0 {
		end += lineEnd(rest[end:])
		end = blankEnd(rest, end)
		end += until(rest[end:], stops)
	}
	return end
}

// continued is how much longer a plain value of YAML is whose first line ends at an
// offset: lines that are indented deeper than its key go on with it.
//
// https://yaml.org/spec/1.2.2/#733-plain-style
func (s scrubber) continued(rest string, end, column int) int {
	first := strings.TrimSpace(rest[:end])
	if first == "" || strings.ContainsAny(first[len(first)-1:], "{[(,;|>") || strings.Contains(first, " #") || !s.secretValue(first, aSecret) {
		return 0
	}
	at, more := 0, 0
	for line := range strings.Lines(rest[end:]) {
		content := strings.TrimSpace(line)
		if content != "" && (indentOf(line) <= column || s.patterns.assigned.MatchString(content)) {
			break
		}
		if at += len(line); content != "" {
			more = at - len(line) + len(strings.TrimRight(line, "\r\n"))
		}
	}
	return more
}
