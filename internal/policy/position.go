package policy

import (
	"bytes"
	"unicode/utf8"
)

// Position is a place in the text of a document. Lines and columns begin with 1.
type Position struct{ Line, Column int }

// Span returns where AWS says that a statement of the document begins and ends: what
// its parser has read before and after the statement. The beginning is behind the
// bracket of the list or behind the statement before it, and behind the statement's
// own brace where it is not in a list. It follows from the positions in
// https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html#examples
func (d *Document) Span(s *Statement) (start, end Position) {
	top, err := members(d.raw, "")
	if err != nil {
		return start, end // a document that was not parsed has no text
	}
	for _, m := range top {
		if m.key != "Statement" {
			continue
		}
		list := elements(m.value, m.path)
		if s.Index >= len(list) {
			break
		}
		from := d.offset(m.value) + 1
		if s.Index > 0 {
			before := list[s.Index-1].value
			from = d.offset(before) + len(before)
		}
		own := list[s.Index].value
		return d.position(from), d.position(d.offset(own) + len(own))
	}
	return start, end
}

// offset returns where a part of the text begins. Parts share the text's memory, and
// so its end.
func (d *Document) offset(part []byte) int { return cap(d.raw) - cap(part) }

func (d *Document) position(offset int) Position {
	read := d.raw[:offset]
	return Position{1 + bytes.Count(read, []byte("\n")), 1 + utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:])}
}
