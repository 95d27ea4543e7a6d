package render

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/token"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// The YAML of answers is written here and not by the library that reads the
// configuration: that one writes control characters as they are, loses digits
// of large numbers, and its block scalars do not always read back.

// member is one name and value of a JSON object, in the object's order.
type member struct {
	name  string
	value any // members, []any, string, json.Number, bool or nil
}

type members []member

// yaml writes an answer as YAML that reads back as the same value. Texts with
// control characters are double-quoted, with the characters as escapes.
func (p *Printer) yaml(raw json.RawMessage) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	v, err := ordered(decoder)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be read back")
	}
	var b strings.Builder
	writeYAML(&b, v, 0)
	return p.write([]byte(b.String()))
}

// ordered reads the next JSON value and keeps the order of its members.
func ordered(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		object := members{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := ordered(d)
			if err != nil {
				return nil, err
			}
			text, ok := name.(string)
			if !ok {
				return nil, io.ErrUnexpectedEOF
			}
			object = append(object, member{text, value})
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := ordered(d)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

// writeYAML writes a value in block style, each line indented by two spaces for
// each depth.
func writeYAML(b *strings.Builder, v any, depth int) {
	indent := strings.Repeat("  ", depth)
	switch v := v.(type) {
	case members:
		for _, m := range v {
			b.WriteString(indent + yamlName(m.name) + ":")
			writeYAMLBelow(b, m.value, depth)
		}
		if len(v) == 0 {
			b.WriteString(indent + "{}\n")
		}
	case []any:
		for _, item := range v {
			var inner strings.Builder
			writeYAML(&inner, item, depth+1)
			b.WriteString(indent + "- " + strings.TrimPrefix(inner.String(), indent+"  "))
		}
		if len(v) == 0 {
			b.WriteString(indent + "[]\n")
		}
	default:
		b.WriteString(indent + yamlScalar(v, depth) + "\n")
	}
}

// writeYAMLBelow writes a member's value behind its colon.
func writeYAMLBelow(b *strings.Builder, v any, depth int) {
	switch v := v.(type) {
	case members:
		if len(v) > 0 {
			b.WriteString("\n")
			writeYAML(b, v, depth+1)
			return
		}
	case []any:
		if len(v) > 0 {
			b.WriteString("\n")
			writeYAML(b, v, depth) // a list may stand as far left as its name
			return
		}
	default:
		b.WriteString(" " + yamlScalar(v, depth+1) + "\n")
		return
	}
	b.WriteString(" ")
	writeYAML(b, v, 0)
}

// yamlScalar writes a text, number, boolean or null; the lines of a block are
// indented to depth, and to one space at least.
func yamlScalar(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return yamlText(v, depth)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return "null"
}

// yamlPlain are the texts that may stand without quotes, if they are not words of
// YAML's own.
var yamlPlain = regexp.MustCompile(`^[\pL_/$(][\pL\pN_./@$()+=,;*: -]*$`)

func yamlText(s string, depth int) string {
	if block, ok := yamlBlock(s, depth); ok {
		return block
	}
	if yamlIsPlain(s) && !strings.ContainsFunc(s, text.Hidden) {
		return s
	}
	return text.Quoted(s)
}

func yamlIsPlain(s string) bool {
	return yamlPlain.MatchString(s) && !token.IsNeedQuoted(s) && !strings.Contains(s, ": ") && !strings.HasSuffix(s, " ")
}

// yamlName writes a member's name.
func yamlName(s string) string {
	if yamlIsPlain(s) && !strings.ContainsAny(s, `:?{}[],'"`) {
		return s
	}
	return text.Quoted(s)
}

// yamlBlock writes a text of several lines as they are, where nothing in it can
// be misread.
func yamlBlock(s string, depth int) (string, bool) {
	body, ended := strings.CutSuffix(s, "\n")
	if !strings.Contains(s, "\n") || body == "" || strings.HasSuffix(body, "\n") ||
		strings.ContainsFunc(strings.ReplaceAll(s, "\n", ""), text.Hidden) {
		return "", false
	}
	lines := strings.Split(body, "\n")
	if lines[0] == "" || lines[0][0] == ' ' {
		return "", false
	}
	header := "|-"
	if ended {
		header = "|"
	}
	indent := strings.Repeat("  ", max(depth, 1))
	for i, line := range lines {
		if strings.TrimRightFunc(line, unicode.IsSpace) != line {
			return "", false // readers take blanks at a line's end away
		}
		if line != "" {
			lines[i] = indent + line
		}
	}
	return header + "\n" + strings.Join(lines, "\n"), true
}
