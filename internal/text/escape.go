package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape writes hidden characters as escapes such as \x1b, \u202e and
// \U000e0041, except those in keep. It is for terminals, which would obey some
// of them; it does not read back.
func Escape(s, keep string) string {
	return escape(s, func(r rune) bool { return Hidden(r) && !strings.ContainsRune(keep, r) }, func(r rune) string {
		switch {
		case r < 0x100:
			return fmt.Sprintf(`\x%02x`, r)
		case r < 0x10000:
			return fmt.Sprintf(`\u%04x`, r)
		default:
			return fmt.Sprintf(`\U%08x`, r)
		}
	})
}

// EscapeJSON writes the hidden characters that JSON lets stand in its texts as
// escapes, which read back as the same.
func EscapeJSON(s string) string {
	return escape(s, func(r rune) bool { return r >= 0x7f && Hidden(r) }, func(r rune) string {
		if high, low := utf16.EncodeRune(r); r >= 0x10000 {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// escape writes some characters of a text in another form.
func escape(s string, which func(rune) bool, form func(rune) string) string {
	if !strings.ContainsFunc(s, which) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if which(r) {
			b.WriteString(form(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Quoted is a text in double quotes, with escapes for what does not show, as Go
// and YAML write it.
func Quoted(s string) string {
	return escape(strconv.Quote(s), func(r rune) bool { return !Shows(r) }, func(r rune) string {
		return strings.Trim(strconv.QuoteRuneToASCII(r), "'")
	})
}

// hasUnshown reports whether a text holds anything of which a person does not see
// what it is.
func hasUnshown(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !Shows(r) })
}
