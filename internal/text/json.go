package text

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ExactJSON reports whether valid JSON holds Unicode alone, so that all readers
// read the same texts: it is UTF-8, and no escape stands for half of a surrogate
// pair. encoding/json reads U+FFFD in the place of both.
//
// https://datatracker.ietf.org/doc/html/rfc7493#section-2.1
func ExactJSON(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	for {
		begin := bytes.IndexByte(raw, '\\')
		if begin < 0 {
			return true
		}
		raw = raw[begin:]
		first, ok := escapedUnit(raw)
		if !ok { // an escape of two characters
			raw = raw[min(2, len(raw)):]
			continue
		}
		raw = raw[unitLength:]
		if !utf16.IsSurrogate(first) {
			continue
		}
		second, ok := escapedUnit(raw)
		if !ok || utf16.DecodeRune(first, second) == utf8.RuneError {
			return false
		}
		raw = raw[unitLength:]
	}
}

// unitLength is the length of an escape such as \u00e9.
const unitLength = 6

// escapedUnit is the UTF-16 code unit that an escape at the beginning stands for.
func escapedUnit(raw []byte) (rune, bool) {
	if len(raw) < unitLength || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:unitLength]), 16, 16)
	return rune(unit), err == nil
}

// TrimJSON is data without the white space of JSON at its ends: blanks, tabs, line
// feeds and carriage returns. Other white space is not part of JSON.
//
// https://datatracker.ietf.org/doc/html/rfc8259#section-2
func TrimJSON(data []byte) []byte { return bytes.Trim(data, " \t\r\n") }
