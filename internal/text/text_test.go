package text_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/hawser/hawser/internal/text"
)

// ignorable is the property Default_Ignorable_Code_Point.
//
// https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
var ignorable = [][2]rune{
	{0x00AD, 0x00AD},
	{0x034F, 0x034F},
	{0x061C, 0x061C},
	{0x115F, 0x1160},
	{0x17B4, 0x17B5},
	{0x180B, 0x180F},
	{0x200B, 0x200F},
	{0x202A, 0x202E},
	{0x2060, 0x206F},
	{0x3164, 0x3164},
	{0xFE00, 0xFE0F},
	{0xFEFF, 0xFEFF},
	{0xFFA0, 0xFFA0},
	{0xFFF0, 0xFFF8},
	{0x1BCA0, 0x1BCA3},
	{0x1D173, 0x1D17A},
	{0xE0000, 0xE0FFF},
}

func isIgnorable(r rune) bool {
	for _, span := range ignorable {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

func TestTrimJSON(t *testing.T) {
	for in, want := range map[string]string{" \t\r\n{} \n": "{}", "\v{}": "\v{}", "\u00a0": "\u00a0", "\f": "\f", "": ""} {
		if got := string(text.TrimJSON([]byte(in))); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestClassesFitUnicode holds the list against Unicode's own properties, for
// every character.
func TestClassesFitUnicode(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		class := text.ClassOf(r)
		switch {
		case class == text.Drawn && (isIgnorable(r) || unicode.Is(unicode.Cc, r)):
			t.Errorf("%U counts as drawn", r)
		case class == text.Drawn && unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
			t.Errorf("%U is a control of formats and counts as drawn", r)
		case class == text.Invisible && !isIgnorable(r) && !unicode.Is(unicode.Cf, r):
			t.Errorf("%U counts as invisible", r)
		case class == text.Joining && !isIgnorable(r) && r != 0x2800:
			t.Errorf("%U counts as joining", r)
		case text.Shows(r) && (class != text.Drawn || unicode.IsSpace(r) && r != ' '):
			t.Errorf("%U counts as shown", r)
		}
	}
}

func TestClassOf(t *testing.T) {
	for want, chars := range map[text.Class]string{
		text.Drawn:     " aé港🚀\u0600\u00a0\ue000\ufffd",
		text.Control:   "\x00\t\n\r\x1b\x7f\u0080\u0085\u009b",
		text.Separator: "\u2028\u2029",
		text.Direction: "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
		text.Invisible: "\u00ad\u200b\u2060\ufeff\u180e\u115f\u3164\uffa0\ufff9\U000e0041\U000e0100\U0001d173",
		text.Joining:   "\u200c\u200d\u034f\u180b\ufe00\ufe0f\u2800",
	} {
		for _, r := range chars {
			if got := text.ClassOf(r); got != want {
				t.Errorf("%U is of class %d, want %d", r, got, want)
			}
			if hidden := want != text.Drawn && want != text.Joining; text.Hidden(r) != hidden {
				t.Errorf("%U is hidden: %t", r, !hidden)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":             "plain",
		"a\nb\tc":           "a\nb\tc",
		"a\x1b[2J\r":        `a\x1b[2J\x0d`,
		"\u202egnp.exe":     `\u202egnp.exe`,
		"ig\u200bnore":      `ig\u200bnore`,
		"soft\u00adhyphen":  `soft\xadhyphen`,
		"tag\U000e0041":     `tag\U000e0041`,
		"👩\u200d🚀 ❤\ufe0f":  "👩\u200d🚀 ❤\ufe0f",
		"a\u0085b\u2028c":   `a\x85b\u2028c`,
		"می\u200cخواهم":     "می\u200cخواهم",
		"blank\u3164filler": `blank\u3164filler`,
	} {
		if got := text.Escape(in, "\n\t"); got != want {
			t.Errorf("%q became %s, want %s", in, got, want)
		}
	}
	if got := text.Escape("a\nb", ""); got != `a\x0ab` {
		t.Errorf("a line break became %s", got)
	}
}

func FuzzEscapedTextHidesNothing(f *testing.F) {
	f.Add("plain")
	f.Add("a\x1b]0;owned\x07b\u202egnp.exe\u0085")
	f.Add("\xff\xfe\U000e0041\u200b")
	f.Fuzz(func(t *testing.T, s string) {
		if got := text.Escape(s, ""); strings.ContainsFunc(got, text.Hidden) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// FuzzEscapedJSONReadsBack: what is escaped in JSON is the same value.
func FuzzEscapedJSONReadsBack(f *testing.F) {
	f.Add("a\x1b\u009b\u202e\u200b\U000e0041\U0001d173🚀")
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Skip()
		}
		var want, got string
		escaped := text.EscapeJSON(string(raw))
		if json.Unmarshal(raw, &want) != nil || json.Unmarshal([]byte(escaped), &got) != nil || got != want {
			t.Errorf("%s reads as %q, want %q", escaped, got, want)
		}
		if strings.ContainsFunc(escaped, text.Hidden) {
			t.Errorf("%q is hidden in", escaped)
		}
	})
}
