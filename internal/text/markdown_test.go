package text_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/text"
)

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"Delete my_bucket-1, 2 (in eu-west-1)?": "Delete my_bucket-1, 2 (in eu-west-1)?",
		"<b>a</b>":                              `\u003cb\u003ea\u003c/b\u003e`,
		"**a** ~b~ _c_":                         `\u002a\u002aa\u002a\u002a \u007eb\u007e \u005fc\u005f`,
		"[x](https://a.example.com)":            `\u005bx\u005d(https://a.example.com)`,
		"`a` | $b$ &lt; # c":                    `\u0060a\u0060 \u007c \u0024b\u0024 \u0026lt; \u0023 c`,
		`"a\"b" C:\x \*`:                        `"a\u005c"b" C:\x \u005c\u002a`,
		`\u002a`:                                `\u005cu002a`,
		"Größe 日本":                              "Größe 日本",
	} {
		if got := text.Markdown(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// FuzzMarkdown: what is written has none of the characters that mean something, and
// different texts are written differently.
func FuzzMarkdown(f *testing.F) {
	f.Add("<b>", `\u003cb\u003e`)
	f.Add("a_b", "_a")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")
		written := text.Markdown(a)
		if strings.ContainsAny(written, "*`~<>&|[]$#") {
			t.Errorf("%q is written as %s", a, written)
		}
		if a != b && written == text.Markdown(b) {
			t.Errorf("%q and %q are both written as %s", a, b, written)
		}
	})
}
