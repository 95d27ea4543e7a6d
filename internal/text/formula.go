package text

import (
	"strings"
	"unicode/utf8"
)

// formulas are the characters with which a cell begins that a spreadsheet computes, with
// the wide forms that some take for the same, and the apostrophe that Inert puts before
// them.
//
// https://owasp.org/www-community/attacks/CSV_Injection
const formulas = "=+-@\t\r\n＝＋－＠'"

// Inert puts an apostrophe before a text that a spreadsheet would compute, and before one
// that begins with an apostrophe. A reader of the file removes one apostrophe, if there is
// one.
func Inert(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formulas, first) {
		return "'" + s
	}
	return s
}
