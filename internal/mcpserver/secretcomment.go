package mcpserver

import "strings"

// longestComment bounds a comment between a name and its value.
const longestComment = 400

// commentEnd is where the value begins behind comments in the manner of C, as JSON with
// comments has them.
func commentEnd(text string, at int) int {
	for {
		rest := text[at:min(len(text), at+longestComment)]
		end := -1
		if strings.HasPrefix(rest, "/*") {
			end = strings.Index(rest, "*/") + len("*/")
		} else if strings.HasPrefix(rest, "//") && at > 0 && text[at-1] == ' ' {
			end = strings.IndexByte(rest, '\n')
		}
		if end < len("*/") {
			return at
		}
		next := at + len(text[at:]) - len(strings.TrimLeft(text[at+end:], " \t\r\n"))
		if rest[1] == '/' && !strings.HasPrefix(text[next:], `"`) && !strings.HasPrefix(text[next:], "//") {
			return at // not followed by a value
		}
		at = next
	}
}
