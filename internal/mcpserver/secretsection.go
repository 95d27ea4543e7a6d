package mcpserver

import (
	"slices"
	"strings"
)

// sections masks the values below a section of TOML or INI that is named as a secret
// is: [secret], [db.credentials].
//
// https://toml.io/en/v1.0.0#table
func (s scrubber) sections(text string, did *changes) string {
	var out strings.Builder
	done := 0
	for at := 0; at < len(text); {
		head, ok := nextSection(text, at)
		if !ok {
			break
		}
		at = head.value
		of := s.sectionOf(text[head.name:head.nameEnd], strings.HasPrefix(text[head.begin:], "[["))
		if of == noSecret {
			continue
		}
		end := s.sectionEnd(text, at)
		out.WriteString(text[done:at] + s.section(text[at:end], of, did))
		at, done = end, end
	}
	return out.String() + text[done:]
}

// nextSection finds the next section that begins a line; its value stands below.
func nextSection(text string, from int) (position, bool) {
	for {
		i := strings.IndexByte(text[from:], '[')
		if i < 0 {
			return position{}, false
		}
		begin := from + i
		from = begin + 1
		if before := trimBack(text, begin, " \t"); before > 0 && text[before-1] != '\n' {
			continue
		}
		end := begin + lineEnd(text[begin:])
		line := text[begin:end]
		name := strings.TrimLeft(line, "[ \t")
		closing := strings.IndexByte(name, ']')
		if closing < 0 {
			continue
		}
		if behind := strings.TrimSpace(strings.TrimLeft(name[closing:], "] \t")); behind != "" && behind[0] != '#' && behind[0] != ';' {
			continue
		}
		first := begin + len(line) - len(name)
		return position{begin, first, first + len(strings.TrimRight(name[:closing], " \t")), end}, true
	}
}

// sectionOf returns the verdict on the values of a section. Below a plural name there are
// objects with names of their own, as sections or in a list.
func (s scrubber) sectionOf(name string, listed bool) verdict {
	if strings.ContainsAny(name, " \t,") {
		return noSecret // of another thing, such as [profile db-secret]
	}
	parts := strings.Split(strings.NewReplacer(`"`, "", "'", "").Replace(name), ".")
	for i, part := range parts {
		of, last := s.judge(part), i == len(parts)-1
		if s.reveals(part) {
			return noSecret
		}
		if of == aSecret || of == secrets && last && !listed {
			return of
		}
	}
	return noSecret
}

// sectionEnd is where the next section begins, which stands in no value.
func (s scrubber) sectionEnd(text string, from int) int {
	next, another := nextSection(text, from)
	for another {
		entry, ok := nextEntry(text[:next.begin], from)
		if !ok {
			return next.begin
		}
		_, end := s.entryExtent(text, entry)
		if from = max(end, entry.value); from > next.begin {
			next, another = nextSection(text, from)
		}
	}
	return len(text)
}

// section masks the values of a section, and leaves those that say what they are.
func (s scrubber) section(text string, of verdict, did *changes) string {
	var out strings.Builder
	done := 0
	for at := 0; ; {
		entry, ok := nextEntry(text, at)
		if !ok {
			return out.String() + text[done:]
		}
		from, to := s.entryExtent(text, entry)
		at = max(to, entry.value)
		name, value := text[entry.name:entry.nameEnd], text[from:to]
		if s.label(name) || s.reveals(name) || short(value) || !s.secretValue(value, of) {
			continue
		}
		did.masked++
		out.WriteString(text[done:from] + mask)
		done = to
	}
}

// nextEntry finds the next line that gives a name a value.
func nextEntry(text string, from int) (position, bool) {
	for from < len(text) {
		end := from + lineEnd(text[from:])
		line := text[from:end]
		if i := strings.IndexAny(line, "=:"); i > 0 && !slices.Contains([]byte("#;"), strings.TrimLeft(line, " \t")[0]) {
			name := strings.Trim(line[:i], " \t\"'")
			begin := from + strings.Index(line, name)
			if name != "" {
				return position{begin, begin, begin + len(name), blankEnd(text, from+i+1)}, true
			}
		}
		from = end
	}
	return position{}, false
}

// entryExtent is where the value of a line in a section stands.
func (s scrubber) entryExtent(text string, at position) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	if end, ok := s.structureEnd(text[at.value:]); ok {
		return at.value, at.value + end
	}
	line := 1 + strings.LastIndexByte(text[:at.begin], '\n')
	end := at.value + until(text[at.value:], "\r\n")
	return at.value, end + s.continued(text[at.value:], end-at.value, indentOf(text[line:]))
}
