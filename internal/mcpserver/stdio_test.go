package mcpserver

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// closing is a writer with a Close.
type closing struct{ *bytes.Buffer }

func (closing) Close() error { return nil }

func FuzzLines(f *testing.F) {
	for _, seed := range []string{"{}\n[1]\n", "{\n}\n", "\n\n", "null", "{\"a\":\"\\u0000\"}\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var answers bytes.Buffer
		l := newLines(io.NopCloser(strings.NewReader(text)), closing{&answers})
		got, err := io.ReadAll(l)
		if err != nil {
			t.Fatal(err)
		}
		good := 0
		for line := range strings.Lines(string(got)) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%q let %q through", text, line)
			}
			good++
		}
		lines := 0
		for line := range strings.Lines(text) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		if bad := strings.Count(answers.String(), "-32700"); good+bad > lines+1 {
			t.Errorf("%q: %d good and %d bad of %d lines", text, good, bad, lines)
		}
	})
}
