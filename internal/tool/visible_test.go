package tool_test

import (
	"strconv"
	"testing"

	"github.com/hawser/hawser/internal/tool"
)

func TestVisibleEscapesWhatDoesNotShow(t *testing.T) {
	for text, want := range map[string]string{
		"Müller & 港 – ü":  "Müller & 港 – ü",
		"a\u3164b":        `"a\u3164b"`, // a letter that is blank
		"a\u115fb\u2800c": `"a\u115fb\u2800c"`,
		"a\ufe0fb":        `"a\ufe0fb"`, // a mark without a form
		"a\U000e0100b":    `"a\U000e0100b"`,
	} {
		if got := tool.Visible(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// FuzzQuoted: what is quoted reads back as the same text.
func FuzzQuoted(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\u3164\xff", `\"'`, "\U000e0100"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if back, err := strconv.Unquote(tool.Quoted(text)); err != nil || back != text {
			t.Errorf("%q is quoted as %s, which reads %q, %v", text, tool.Quoted(text), back, err)
		}
	})
}
