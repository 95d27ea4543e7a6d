package mcpserver

import "strings"

// blocks masks what stands in the lines below a key of YAML: below the name of a
// secret, and the data of Kubernetes Secrets.
//
// https://kubernetes.io/docs/concepts/configuration/secret/
func (s scrubber) blocks(text string, low *lowered, did *changes) string {
	if !strings.Contains(low.text, "kind:") || !s.patterns.kind.MatchString(text) {
		return s.document(text, false, did)
	}
	documents := strings.SplitAfter(text, "\n---")
	for i, document := range documents {
		documents[i] = s.document(document, s.patterns.kind.MatchString(document), did)
	}
	return strings.Join(documents, "")
}

// document masks the blocks of one document.
func (s scrubber) document(text string, kube bool, did *changes) string {
	var out strings.Builder
	for text != "" {
		line := text[:lineEnd(text)]
		out.WriteString(line)
		text = text[len(line):]
		if trimmed := strings.TrimRight(line, " \t\r\n"); !strings.HasSuffix(trimmed, ":") && !strings.ContainsAny(trimmed, "#&!") {
			continue
		}
		key := s.patterns.header.FindStringSubmatch(line)
		if key == nil {
			continue
		}
		b := block{scrubber: s, of: s.judge(key[2]), labels: true}
		if kube && (key[2] == "data" || key[2] == "stringData") {
			b.of, b.labels = aSecret, false
		}
		if b.of == noSecret || s.reveals(key[2]) {
			continue
		}
		end := nestedEnd(text, len(key[1]))
		if below := text[:end]; !b.labels || !s.patterns.resource.MatchString(below) {
			masked := b.mask(below, did)
			out.WriteString(s.document(masked, false, did))
			text = text[end:]
		}
	}
	return out.String()
}

func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

// block is what stands below a key.
type block struct {
	scrubber
	of     verdict
	labels bool // members that say what the secret is stay
}

// mask masks the values in a block, and leaves its keys, its lists and what has a
// name of its own.
func (b block) mask(text string, did *changes) string {
	var out strings.Builder
	// The column of the entry whose deeper lines are dropped because its value is
	// masked, and of the entry whose deeper lines are kept because its value is not
	// a secret; -1 means no such entry.
	dropped, kept := -1, -1
	for line := range strings.Lines(text) {
		content := strings.TrimLeft(line, " \t")
		column := len(line) - len(content)
		if strings.TrimSpace(line) == "" {
			if dropped < 0 {
				out.WriteString(line)
			}
			continue
		}
		switch {
		case dropped >= 0 && column > dropped:
			continue
		case kept >= 0 && column > kept || content[0] == '#':
			out.WriteString(line)
			continue
		}
		var masked string
		if masked, dropped, kept = b.maskLine(line, column); masked != "" {
			did.masked++
			line = masked
		}
		out.WriteString(line)
	}
	return out.String()
}

// maskLine returns a line with its value masked, or "" if it has no secret, and which
// deeper lines are dropped or kept with it, as mask has them.
func (b block) maskLine(line string, column int) (masked string, dropped, kept int) {
	content := line[column:]
	for strings.HasPrefix(content, "- ") {
		content = strings.TrimLeft(content[1:], " \t")
	}
	own := len(line) - len(content)
	listed := own > column
	key, value := b.entry(content)
	switch {
	case key != "" && listed && b.of == secrets: // things with names of their own
		return "", -1, column
	case key != "" && (b.labels && b.label(key) || b.reveals(key)):
		return "", -1, own
	case strings.TrimSpace(value) == "" || strings.TrimSpace(content) == "-":
		if b.of == secrets && key != "" {
			return "", -1, own
		}
	case b.secretValue(value, b.under(listed)) && !short(value):
		dropped = column
		if key != "" && listed {
			dropped = own
		}
		return line[:len(line)-len(value)] + mask + line[len(strings.TrimRight(line, "\r\n")):], dropped, -1
	}
	return "", -1, -1
}

// under returns the verdict on a value. An item of a list is never a count.
func (b block) under(listed bool) verdict {
	if listed {
		return aSecret
	}
	return b.of
}

// short reports whether a value is a number with too few digits for a secret.
func short(value string) bool {
	value = strings.TrimSpace(value)
	return len(value) < shortest && strings.Trim(value, "0123456789") == ""
}

// entry takes an entry apart; one without a key is a value.
func (b block) entry(content string) (key, value string) {
	at := b.patterns.key.FindStringSubmatchIndex(content)
	if at == nil {
		return "", content
	}
	return content[at[2]:at[3]], content[at[1]:]
}

// nestedEnd is where what belongs to a key ends: the lines that are indented
// deeper than it, or a list as deep as it.
func nestedEnd(text string, column int) int {
	first := strings.TrimLeft(text, " \t\r\n")
	listed := strings.HasPrefix(first, "- ") && indentOf(text[strings.LastIndexByte(text[:len(text)-len(first)], '\n')+1:]) == column
	end := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" && indentOf(line) <= column && (!listed || indentOf(line) < column || !strings.HasPrefix(line[column:], "- ")) {
			break
		}
		end += len(line)
	}
	return end
}

// blockEnd is where a YAML block ends: before the next line that is indented no
// deeper than its key.
func blockEnd(rest string, column int) int {
	end := 0
	for line := range strings.Lines(rest) {
		if strings.TrimSpace(line) != "" && indentOf(line) <= column {
			return end
		}
		end += len(line)
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
