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

// A name that could be read as part of a sentence stands in quotes.
func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "\"\"",
		"s3://keys/n/x":                   "s3://keys/n/x",
		"s3://keys/größe_1.2-3@4+5=6#7%8": "s3://keys/größe_1.2-3@4+5=6#7%8",
		"arn:aws:s3:::b/k":                "arn:aws:s3:::b/k",
		`C:\dir\file.txt`:                 `C:\dir\file.txt`,
		"logs/[0-9]{2}*~$":                "logs/[0-9]{2}*~$",
		"s3://b/x? Delete nothing":        `"s3://b/x? Delete nothing"`,
		"s3://b/x?":                       `"s3://b/x?"`,
		"my web":                          `"my web"`,
		"x,y":                             `"x,y"`,
		"x;y":                             `"x;y"`,
		"x(5":                             `"x(5"`,
		"x)":                              `"x)"`,
		"x!":                              `"x!"`,
		"x.":                              `"x."`,
		"x:":                              `"x:"`,
		"x'":                              `"x'"`,
		"x`y`":                            "\"x`y`\"",
		`x"y`:                             `"x\"y"`,
		"x\uff1fy":                        "\"x\uff1fy\"",
		"x\u201dy":                        "\"x\u201dy\"",
		"x\u202ey":                        `"x\u202ey"`,
		"x\u00a0y":                        `"x\u00a0y"`,
	} {
		if got := text.Name(in); got != want {
			t.Errorf("Name(%q) = %s, want %s", in, got, want)
		}
	}
}
