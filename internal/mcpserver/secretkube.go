package mcpserver

import (
	"regexp"
	"strings"
)

var (
	kubeKind = regexp.MustCompile(`(?m)^[ \t-]*kind:[ \t]*["']?Secret["']?[ \t]*\r?$`)
	kubeData = regexp.MustCompile(`(?m)^[ \t-]*(?:data|stringData):[ \t]*\r?\n`)
)

// kubeSecrets masks the data of Kubernetes Secrets in a text of YAML.
//
// https://kubernetes.io/docs/concepts/configuration/secret/
func (s scrubber) kubeSecrets(text string, did *changes) string {
	documents := strings.SplitAfter(text, "\n---")
	for i, document := range documents {
		if kubeKind.MatchString(document) {
			documents[i] = s.kubeDocument(document, did)
		}
	}
	return strings.Join(documents, "")
}

func (s scrubber) kubeDocument(text string, did *changes) string {
	var out strings.Builder
	for {
		at := kubeData.FindStringIndex(text)
		if at == nil {
			return out.String() + text
		}
		key := text[at[0]:at[1]]
		indent := len(key) - len(strings.TrimLeft(key, " \t-"))
		end := at[1] + blockEnd(text[at[1]:], indent)
		out.WriteString(text[:at[1]])
		s.kubeEntries(&out, text[at[1]:end], did)
		text = text[end:]
	}
}

// kubeEntries writes the entries of a block with their values masked.
func (s scrubber) kubeEntries(out *strings.Builder, block string, did *changes) {
	level, shown := -1, false
	for line := range strings.Lines(block) {
		name, value, ok := strings.Cut(line, ":")
		if level < 0 && strings.TrimSpace(line) != "" {
			level = indentOf(line)
		}
		switch {
		case ok && indentOf(line) == level:
			if shown = s.reveals(strings.Trim(name, " \t\"'")) || !secretValue(value); shown {
				break
			}
			did.masked++
			out.WriteString(name + ": " + mask + line[len(strings.TrimRight(line, "\r\n")):])
			continue
		case !shown && strings.TrimSpace(line) != "":
			continue // of a value that is masked
		}
		out.WriteString(line)
	}
}

// kubeObject masks the data of an object that is a Kubernetes Secret.
func (s scrubber) kubeObject(v map[string]any, did *changes) {
	if kind, ok := v["kind"].(string); !ok || kind != "Secret" {
		return
	}
	for _, name := range []string{"data", "stringData"} {
		if data, ok := v[name].(map[string]any); ok && !s.reveals(name) {
			v[name] = s.mask(data, did)
		}
	}
}
