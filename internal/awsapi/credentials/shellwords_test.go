package credentials

import (
	"slices"
	"strings"
	"testing"
)

func TestShellWords(t *testing.T) {
	tests := map[string][]string{
		``:                 nil,
		`a b`:              {"a", "b"},
		` a  b `:           {"a", "b"},
		`"a b" c`:          {"a b", "c"},
		`'a b'`:            {"a b"},
		`a"b c"d`:          {"ab cd"},
		`""`:               {""},
		`a\ b`:             {"a b"},
		`"a\"b\\c\d"`:      {`a"b\c\d`},
		`'a\b'`:            {`a\b`},
		"profile 'my dev'": {"profile", "my dev"},
		"a\tb":             {"a", "b"},
	}
	for text, want := range tests {
		if got, err := shellWords(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{`"a`, `'a`, `a\`} {
		if got, err := shellWords(text); err == nil {
			t.Errorf("%q gives %q", text, got)
		}
	}
}

// FuzzShellWords puts words into quotes and takes them out again, and holds
// the rewriting of files to their lines.
func FuzzShellWords(f *testing.F) {
	f.Add("a 'b c' \"d\"", "[profile 'x y']\ncredential_process = \"/a b\"\n")
	f.Add(`\`, "[\"")
	f.Fuzz(func(t *testing.T, text, file string) {
		if words, err := shellWords(text); err == nil {
			var quoted []string
			for _, word := range words {
				quoted = append(quoted, quotedForShell(word))
			}
			again, err := shellWords(strings.Join(quoted, " "))
			if err != nil || !slices.Equal(words, again) {
				t.Errorf("%q: %q, then %q, %v", text, words, again, err)
			}
		}
		for _, sections := range []bool{true, false} {
			once := asCLIReads(file, sections)
			if strings.Count(once, "\n") != strings.Count(file, "\n") {
				t.Errorf("%q became %q", file, once)
			}
		}
	})
}
