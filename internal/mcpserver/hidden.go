package mcpserver

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hawser/hawser/internal/text"
)

// plain removes characters that a person would not see, and whole terminal escape
// sequences.
func plain(text string, did *changes) string {
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); {
		if c := text[i]; c >= ' ' && c < 0x7f {
			out.WriteByte(c)
			i++
			continue
		}
		if n := sequence(text[i:]); n > 0 {
			did.dropped += utf8.RuneCountInString(text[i : i+n])
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if hidden(r) {
			did.dropped++
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// hidden reports characters that change what a terminal or a model reads although
// a person does not see them. Line breaks, tabs and the characters that scripts
// and emoji need are not among them.
func hidden(r rune) bool {
	switch text.ClassOf(r) {
	case text.Control:
		return r != '\n' && r != '\t'
	case text.Direction, text.Invisible:
		return true
	}
	return false
}

const (
	escape = 0x1b
	// c1 is the distance between an eight-bit control and the letter that means
	// the same after ESC: CSI is 0x9b, or ESC and [.
	c1 = 0x40
)

// sequence returns the length in bytes of the escape sequence at the beginning of
// a text; 0 if there is no complete one.
func sequence(text string) int {
	r, begin := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && begin == 1 {
		r = rune(text[0]) // a byte that is not UTF-8
	}
	switch {
	case r == escape && len(text) > 1:
		r, begin = rune(text[1]), 2
	case r >= 0x80 && r < 0xa0:
		r -= c1
	default:
		return 0
	}
	switch {
	case r == '[':
		return begin + controlSequence(text[begin:])
	case strings.ContainsRune("]P^_X", r):
		if n := controlString(text[begin:]); n > 0 {
			return begin + n
		}
		return 0
	case begin == 2 && text[0] == escape:
		return escaped(text)
	}
	return 0
}

// controlSequence returns the length of the text after CSI: parameters,
// intermediate bytes and the final byte.
func controlSequence(text string) int {
	i := 0
	for i < len(text) && text[i] >= 0x30 && text[i] <= 0x3f {
		i++
	}
	for i < len(text) && text[i] >= 0x20 && text[i] <= 0x2f {
		i++
	}
	if i < len(text) && text[i] >= 0x40 && text[i] <= 0x7e {
		i++
	}
	return i
}

// controlString returns the length of the text after OSC and similar controls,
// including the terminator: BEL, or ST in either form. It is 0 if the line has no
// terminator, so that no text is lost.
func controlString(text string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\a', text[i] == 0x9c && (i == 0 || text[i-1] < 0x80):
			return i + 1
		case strings.HasPrefix(text[i:], "\u009c"), strings.HasPrefix(text[i:], "\x1b\\"):
			return i + 2
		case text[i] == '\n' || text[i] == escape:
			return 0
		}
	}
	return 0
}

// escaped returns the length of an escape sequence that is neither a control
// sequence nor a control string. Letters without a meaning after ESC are kept as
// text.
func escaped(text string) int {
	i := 1
	for i < len(text) && text[i] >= 0x20 && text[i] <= 0x2f {
		i++
	}
	if i < len(text) && (i > 1 && text[i] >= 0x30 && text[i] <= 0x7e || strings.IndexByte("0123456789:;<=>?DEHMNOVWZ\\cno|}~", text[i]) >= 0) {
		return i + 1
	}
	return 0
}

// spelled has the written-out forms of characters that a person would not see.
type spelled struct {
	// sequence matches an escape sequence as JSON, C or a shell writes it, also
	// if a UTF-8 decoder lost its first byte.
	sequence *regexp.Regexp
	// character matches a character that is escaped in JSON.
	character *regexp.Regexp
	// equals matches = as JSON escapes it for HTML.
	equals *regexp.Regexp
}

func newSpelled() spelled {
	return spelled{
		sequence:  regexp.MustCompile(`(?:\\+(?:u001[bB]|u009[bB]|x1[bB]|033|e)\[?|\x{FFFD})[0-9;:]*m`),
		character: regexp.MustCompile(`\\+u[0-9a-fA-F]{4}`),
		equals:    regexp.MustCompile(`\\+u003[dD]`),
	}
}

// folded returns a plain text in the form that is searched for secrets: without
// invisible characters, with compatible characters in their usual form
// (full-width letters), and without escape sequences that are written out.
//
// https://www.unicode.org/reports/tr15/
func (s scrubber) folded(text string) string {
	if strings.ContainsAny(text, "\\\ufffd") {
		text = s.spelled.sequence.ReplaceAllString(text, "")
		text = s.spelled.character.ReplaceAllStringFunc(text, withoutBlank)
		text = s.spelled.equals.ReplaceAllString(text, "=")
	}
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if blank(r) {
			return -1
		}
		return r
	}, text)
	return norm.NFKC.String(text)
}

// blank reports characters that are drawn as nothing, including those that
// scripts need.
func blank(r rune) bool { return hidden(r) || text.ClassOf(r) == text.Joining }

// withoutBlank returns a character that is escaped in JSON, or nothing if it is
// drawn as nothing.
func withoutBlank(written string) string {
	n, err := strconv.ParseUint(written[len(written)-4:], 16, 16)
	if err == nil && blank(rune(n)) {
		return ""
	}
	return written
}

// visible returns a text on one line without hidden characters.
func visible(text string) string {
	return plain(strings.Join(strings.Fields(text), " "), new(changes))
}
