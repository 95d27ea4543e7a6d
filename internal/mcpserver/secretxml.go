package mcpserver

import (
	"encoding/xml"
	"slices"
	"strings"
)

// elements masks the content of XML elements with the name of a secret, and of their
// children.
func (s scrubber) elements(text string, did *changes) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		at := s.patterns.element.FindStringSubmatchIndex(text[from:])
		if at == nil {
			break
		}
		begin, tag := from+at[0], from+at[1]
		name := text[from+at[2] : from+at[3]]
		from = tag
		of := s.verdictOn(name)
		if of == noSecret {
			continue
		}
		spans, end := s.inElement(text[begin:], tag-begin, of)
		for _, at := range spans {
			did.masked++
			out.WriteString(text[done:begin+at.from] + mask)
			done = begin + at.to
		}
		if len(spans) > 0 {
			from = max(begin+end, done)
		}
	}
	return out.String() + text[done:]
}

// span is a part of a text.
type span struct{ from, to int }

// deepestElement limits how deep nested elements are searched, so that elements without
// an end take no longer than others.
const deepestElement = 8

// inElement finds the values in the element that a text begins with, and its end.
// Its tag ends at the offset tag. An element without an end tag was cut off; if no value
// follows its tag directly, it is not an element.
func (s scrubber) inElement(text string, tag int, of verdict) (spans []span, end int) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict = false
	var open []string
	add := func(from, to int) {
		value := text[from:to]
		if inner, ok := strings.CutPrefix(value, "<![CDATA["); ok {
			from, to = from+len("<![CDATA["), from+len("<![CDATA[")+len(strings.TrimSuffix(inner, "]]>"))
			value = text[from:to]
		}
		from += len(value) - len(strings.TrimLeft(value, " \t\r\n"))
		to -= len(value) - len(strings.TrimRight(value, " \t\r\n"))
		if from < to && s.secretValue(text[from:to], of) {
			spans = append(spans, span{from, to})
		}
	}
	for {
		begin := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		end = int(decoder.InputOffset())
		if err != nil || len(open) > deepestElement {
			if end = cutEnd(text, tag, begin); end == 0 {
				return nil, tag
			}
			add(begin, end)
			return spans, end
		}
		owned := !slices.ContainsFunc(open[min(1, len(open)):], s.label) && (of != secrets || len(open) <= 2)
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
			for _, at := range s.patterns.attribute.FindAllStringSubmatchIndex(text[begin:end], -1) {
				if value := max(at[4], at[6]); owned && slices.Contains(s.names.pairValues, s.joined(text[begin+at[2]:begin+at[3]])) {
					add(begin+value, begin+max(at[5], at[7]))
				}
			}
		case xml.EndElement:
			if open = open[:len(open)-1]; len(open) == 0 {
				return spans, end
			}
		case xml.CharData:
			if owned {
				add(begin, end)
			}
		}
	}
}

// cutEnd returns where the value ends in an element that was read up to an offset and
// has no end tag; 0 if it is not an element.
func cutEnd(text string, tag, at int) int {
	rest := text[tag:]
	content := strings.TrimLeft(rest, " \t\r\n")
	blank := rest[:len(rest)-len(content)]
	if rest = rest[:min(len(rest), farthest)]; blank != "" && (!strings.Contains(blank, "\n") || !strings.HasPrefix(content, "<")) && !strings.Contains(rest, "</") {
		return 0
	}
	if i := strings.Index(text[at:], "</"); i >= 0 {
		return at + i
	}
	return len(text)
}
