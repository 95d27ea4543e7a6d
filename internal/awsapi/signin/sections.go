package signin

import "strings"

// section is a section of the shared config file, such as [sso-session corp].
type section struct {
	kind, name string
	settings   map[string]string
}

// sections reads the config file's sections that have a kind and a name, and the
// settings in them. A section that is there twice is one section, and of settings with
// the same name the last one counts. Indented lines are settings of settings, which are
// not read.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
func sections(text string) []section {
	var all []section
	current := -1
	for line := range strings.Lines(text) {
		body := strings.TrimSpace(line)
		switch {
		case body == "" || strings.ContainsAny(body[:1], "#;"):
		case body[0] == '[':
			kind, name := header(body)
			all, current = find(all, kind, name)
		case current < 0 || strings.ContainsAny(line[:1], " \t"):
		default:
			if name, value, ok := strings.Cut(body, "="); ok {
				all[current].settings[strings.ToLower(strings.TrimSpace(name))] = plainValue(value)
			}
		}
	}
	return all
}

// header takes a section's first line apart. Both are empty for a section that has no
// name, such as [default].
func header(line string) (kind, name string) {
	inner, _, closed := strings.Cut(line[1:], "]")
	words := strings.Fields(inner)
	if !closed || len(words) < 2 {
		return "", ""
	}
	return words[0], strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(inner), words[0]))
}

// find returns the index of a section, which is added if it is not there. The index is
// -1 for a section without a name.
func find(all []section, kind, name string) ([]section, int) {
	if name == "" {
		return all, -1
	}
	for i := range all {
		if all[i].kind == kind && all[i].name == name {
			return all, i
		}
	}
	return append(all, section{kind, name, map[string]string{}}), len(all)
}

// plainValue returns a value without the comment after it.
func plainValue(text string) string {
	for _, comment := range []string{" #", " ;", "\t#", "\t;"} {
		text, _, _ = strings.Cut(text, comment)
	}
	return strings.TrimSpace(text)
}
