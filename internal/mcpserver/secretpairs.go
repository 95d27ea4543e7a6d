package mcpserver

import (
	"slices"
	"strings"
)

// mostMembers bounds how many lines around a name its value is looked for.
const mostMembers = 50

// memberLine is a line of YAML, or of JSON over several lines.
type memberLine struct {
	indent int
	column int // of its key, behind the dashes that begin items of lists
	item   bool
	// key and value are empty where the line has none.
	key, value span
	end        int
}

// pairs masks the values of objects that hold a name and its value as two members, each
// on its line. Other members and comments may stand between, and the value may be first.
func (s scrubber) pairs(text string, did *changes) string {
	lines := membersOf(text)
	found := map[int]verdict{}
	for i, line := range lines {
		if key := text[line.key.from:line.key.to]; key == "" || !slices.Contains(s.names.pairNames, s.joined(key)) {
			continue
		}
		name := pairedName(text[line.value.from:line.value.to])
		of := s.verdictOn(name)
		if of == noSecret {
			continue
		}
		for _, j := range siblings(lines, i) {
			if key := text[lines[j].key.from:lines[j].key.to]; key != "" && slices.Contains(s.names.pairValues, s.joined(key)) {
				found[j] = of
			}
		}
	}
	if len(found) == 0 {
		return text
	}
	var out strings.Builder
	done := 0
	for i, line := range lines {
		of, ok := found[i]
		if !ok || line.key.from < done {
			continue
		}
		from, to := s.memberExtent(text, line, of)
		if value := text[from:to]; s.secretValue(uncommented(value), of) && !short(uncommented(value)) {
			did.masked++
			out.WriteString(text[done:from] + mask)
			done = to
		}
	}
	return out.String() + text[done:]
}

// memberExtent is where the value of a member stands, which may be on the lines below.
func (s scrubber) memberExtent(text string, line memberLine, of verdict) (from, to int) {
	if value := text[line.value.from:line.value.to]; value != "" && value[0] != '#' {
		return s.settingExtent(text, position{line.key.from, line.key.from, line.key.to, line.value.from}, of)
	}
	below := text[line.end:]
	below = strings.TrimRight(below[:blockEnd(below, line.column)], " \t\r\n")
	content := strings.TrimLeft(below, " \t\r\n")
	if strings.HasPrefix(content, "- ") || s.patterns.key.MatchString(content[:lineEnd(content)]) {
		return line.end, line.end // a list or members, which have names of their own
	}
	return line.end + len(below) - len(content), line.end + len(below)
}

// siblings are the lines of the other members of the object that a line belongs to.
func siblings(lines []memberLine, at int) []int {
	var out []int
	column := lines[at].column
	for i := at; i > max(0, at-mostMembers) && (lines[i].column != column || !lines[i].item); {
		i--
		if lines[i].column == column {
			out = append(out, i)
		} else if lines[i].indent < column {
			break
		}
	}
	for i := at + 1; i < min(len(lines), at+mostMembers) && lines[i].indent >= column; i++ {
		if lines[i].column == column {
			out = append(out, i)
		}
	}
	return out
}

// membersOf are the lines of a text that are neither empty nor comments.
func membersOf(text string) []memberLine {
	var out []memberLine
	begin := 0
	for line := range strings.Lines(text) {
		content := strings.TrimLeft(line, " \t")
		m := memberLine{indent: len(line) - len(content), end: begin + len(line)}
		for strings.HasPrefix(content, "- ") {
			m.item = true
			content = strings.TrimLeft(content[1:], " \t")
		}
		m.column = len(line) - len(content)
		if strings.TrimSpace(content) != "" && content[0] != '#' {
			m.key, m.value = keyAndValue(content, begin+m.column)
			out = append(out, m)
		}
		begin += len(line)
	}
	return out
}

// longestKey is the most bytes that the key of a name or a value has.
const longestKey = 40

// keyAndValue are where the key and the value of a line stand that begins at an offset.
func keyAndValue(content string, at int) (key, value span) {
	colon := strings.IndexByte(content[:min(len(content), longestKey)], ':')
	if colon < 0 {
		return span{}, span{}
	}
	name := strings.Trim(content[:colon], "\"' \t")
	rest := content[colon+1:]
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 || !nameByte(byte(r)) }) || rest != "" && !strings.ContainsAny(rest[:1], " \t\r\n") {
		return span{}, span{}
	}
	from := at + strings.Index(content, name)
	first := at + len(content) - len(strings.TrimLeft(rest, " \t\r\n"))
	return span{from, from + len(name)}, span{first, max(first, at+len(strings.TrimRight(content, " \t\r\n")))}
}

// pairedName is the name that is the value of a member, without quotes and a comment.
func pairedName(value string) string {
	value = strings.Trim(uncommented(value), "\"', \t")
	if strings.ContainsFunc(value, func(r rune) bool { return r != '/' && (r >= 0x80 || !nameByte(byte(r))) }) {
		return ""
	}
	return value
}

// uncommented is a value of YAML in one line without the comment behind it.
func uncommented(value string) string {
	if i := strings.Index(value, " #"); i >= 0 && !strings.Contains(value, "\n") {
		return value[:i]
	}
	return value
}
