package text_test

import (
	"strconv"
	"testing"

	"github.com/hawser/hawser/internal/text"
)

func TestVisibleEscapesWhatDoesNotShow(t *testing.T) {
	for in, want := range map[string]string{
		"Müller & 港 – ü":  "Müller & 港 – ü",
		"a\u3164b":        `"a\u3164b"`, // a letter that is blank
		"a\u115fb\u2800c": `"a\u115fb\u2800c"`,
		"a\ufe0fb":        `"a\ufe0fb"`, // a mark without a form
		"a\U000e0100b":    `"a\U000e0100b"`,
	} {
		if got := text.Visible(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// FuzzQuoted: what is quoted reads back as the same text.
func FuzzQuoted(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\u3164\xff", `\"'`, "\U000e0100"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if back, err := strconv.Unquote(text.Quoted(s)); err != nil || back != s {
			t.Errorf("%q is quoted as %s, which reads %q, %v", s, text.Quoted(s), back, err)
		}
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"web-1":           "web-1",
		"two words":       "two words",
		"Größe 日本":        "Größe 日本",
		"":                `""`,
		" a":              `" a"`,
		"a ":              `"a "`,
		"a  b":            `"a  b"`,
		"a\u00a0b":        `"a\u00a0b"`,
		"a\u200bb":        `"a\u200bb"`,
		"\u202eexe.txt":   `"\u202eexe.txt"`,
		"a\x1b[31mb":      `"a\x1b[31mb"`,
		"a\nb":            `"a\nb"`,
		"a\xffb":          `"a\xffb"`,
		`"a"`:             `"\"a\""`,
		"tag\U000E0041":   `"tag\U000e0041"`,
		"SELECT 1 FROM t": "SELECT 1 FROM t",
	} {
		if got := text.Visible(in); got != want {
			t.Errorf("Visible(%q) = %s, want %s", in, got, want)
		}
	}
}
