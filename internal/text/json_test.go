package text_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/text"
)

func TestExactJSON(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"a":"é€😀"}`:                      true,
		`"\ud83d\ude00"`:                   true,
		`"\uD83D\uDE00\u00e9\n\\ud800"`:    true,
		`"\\\\ud800"`:                      true,
		`"\ufffd"`:                         true,
		"\"a\xff\"":                        false,
		"\"\xed\xa0\x80\"":                 false, // a surrogate in UTF-8
		`"\ud800"`:                         false,
		`"\ud800x"`:                        false,
		`"\ud800\n"`:                       false,
		`"\ud83d\ud83d\ude00"`:             false,
		`"\ude00\ud83d"`:                   false,
		`{"\udfff":1}`:                     false,
		`"\\\ud800"`:                       false,
		`"\ud83d\ude00` + `\ud83d\\ude00"`: false,
	} {
		if got := text.ExactJSON([]byte(raw)); got != want {
			t.Errorf("%q: %t", raw, got)
		}
	}
}

// FuzzExactJSON holds the check against encoding/json, which reads U+FFFD where
// there is no Unicode.
func FuzzExactJSON(f *testing.F) {
	f.Add([]byte(`"\ud83d\ude00\\ud800"`))
	f.Add([]byte(`"\ud800\ud800"`))
	f.Add([]byte("\"\xff\""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var read string
		if bytes.Contains(raw, []byte("\ufffd")) || bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) || json.Unmarshal(raw, &read) != nil {
			return
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '"' {
			return
		}
		if got := text.ExactJSON(raw); got == bytes.ContainsRune([]byte(read), '\ufffd') {
			t.Errorf("%q is read as %q: %t", raw, read, got)
		}
	})
}
