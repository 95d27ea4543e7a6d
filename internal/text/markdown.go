package text

import (
	"fmt"
	"strings"
	"unicode"
)

// Markdown is a text in a form that looks the same where Markdown or HTML is rendered
// and where it is not: each character that could begin or end a style, a link, a tag,
// an entity or a table is written as an escape such as \u002a, of which every character
// shows. A backslash is written so too where it would be taken for a part of an escape.
//
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func Markdown(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		if active(runes, i) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// active reports whether the character at an index could change how Markdown is rendered.
func active(runes []rune, i int) bool {
	next := rune(0)
	if i+1 < len(runes) {
		next = runes[i+1]
	}
	switch r := runes[i]; r {
	case '\\':
		return next == 'u' || next < unicode.MaxASCII && (unicode.IsPunct(next) || unicode.IsSymbol(next))
	case '_': // within a word it has no meaning
		return i == 0 || !wordRune(runes[i-1]) || !wordRune(next)
	default:
		return strings.ContainsRune("*`~<>&|[]$#", r)
	}
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
