package s3

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// byteRange is a range as HTTP has it: from first to last, or where last is
// open to the end, or where suffix is set the last so many bytes.
// https://www.rfc-editor.org/rfc/rfc9110#name-byte-ranges
type byteRange struct {
	first, last int64
	suffix      int64
	given       bool
}

// open represents a last byte that is not given.
const open = -1

// parseRange reads "0-99", "100-" or "-100", also with "bytes=" before it.
func parseRange(text string) (byteRange, error) {
	if text == "" {
		return byteRange{last: open}, nil
	}
	from, to, ok := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	first, okFirst := parseOffset(from)
	last, okLast := parseOffset(to)
	switch {
	case !ok || !okFirst || !okLast || (first == open && last == open):
		return byteRange{}, badRange(text, "it is not FIRST-LAST")
	case first == open && last == 0:
		return byteRange{}, badRange(text, "the last 0 bytes are none")
	case first == open:
		return byteRange{suffix: last, given: true}, nil
	case last != open && last < first:
		return byteRange{}, badRange(text, "it ends before it begins")
	}
	return byteRange{first: first, last: last, given: true}, nil
}

// parseOffset reads a whole number; nothing at all is open.
func parseOffset(text string) (int64, bool) {
	if text == "" {
		return open, true
	}
	n, err := strconv.ParseUint(text, 10, 62)
	return int64(n), err == nil && text[0] != '+'
}

func badRange(text, why string) error {
	return fault.New(fault.Invalid, "%q is not a range", text).WithCause("%s", why).At("range").
		WithFix("give 0-99 for the first hundred bytes, 100- for all after them, or -100 for the last hundred")
}

// header returns the range as a request's Range header, "" for the whole.
func (r byteRange) header() string {
	switch {
	case !r.given:
		return ""
	case r.suffix > 0:
		return fmt.Sprintf("bytes=-%d", r.suffix)
	case r.last == open:
		return fmt.Sprintf("bytes=%d-", r.first)
	default:
		return fmt.Sprintf("bytes=%d-%d", r.first, r.last)
	}
}

// within returns first and last byte in an object of that size. It is false where
// the object has no such bytes.
func (r byteRange) within(size int64) (first, last int64, ok bool) {
	switch {
	case r.suffix > 0:
		first, last = max(size-r.suffix, 0), size-1
	case r.last == open:
		first, last = r.first, size-1
	default:
		first, last = r.first, min(r.last, size-1)
	}
	return first, last, first <= last
}

// parseContentRange reads an answer's "bytes 0-99/1234".
func parseContentRange(text string) (first, last, size int64, ok bool) {
	span, total, _ := strings.Cut(strings.TrimPrefix(text, "bytes "), "/")
	from, to, _ := strings.Cut(span, "-")
	first, okFirst := parseOffset(from)
	last, okLast := parseOffset(to)
	size, okSize := parseOffset(total)
	return first, last, size, okFirst && okLast && okSize && first != open && first <= last && last < size
}

// text returns a closed range as an answer shows it.
func (r byteRange) text() string { return fmt.Sprintf("%d-%d", r.first, r.last) }
