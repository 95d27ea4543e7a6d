package audit_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
)

const goodLine = `{"seq":1,"prev":"","time":"2026-01-01T00:00:00Z","id":"a","phase":"before","tool":"s3.list","hash":"e0d19d2fbb9ffe0a4bbfdc3edfd29e9b7bba7cd5c7ee37ccda2c72ea1af2d3e0"}`

// FuzzDecode checks that no line makes the parser panic, and that what it
// takes the hash over is the line without its hash.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(goodLine))
	f.Add([]byte(goodLine[:100]))
	f.Add([]byte(`{"hash":"` + strings.Repeat("0", 64) + `"}`))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, body, err := audit.Decode(line)
		audit.CrashLeft(line, 1, "")
		if err != nil {
			return
		}
		whole := slices.Concat(body[:len(body)-1], line[len(line)-len(`,"hash":""}`)-64:])
		if !bytes.Equal(whole, line) {
			t.Errorf("%q is taken apart into %q", line, body)
		}
		if _, err := audit.Verify(context.Background(), bytes.NewReader(line), r.Hash); err != nil {
			t.Error(err)
		}
	})
}

// FuzzBackward checks that reading lines backward gives those that reading
// forward does.
func FuzzBackward(f *testing.F) {
	f.Add("a\nbb\n\nccc", 3)
	f.Add("\n", 1)
	f.Add("", 1)
	f.Add("x", 70000)
	f.Fuzz(func(t *testing.T, text string, repeat int) {
		if repeat < 0 || repeat > 100_000 || len(text)*repeat > 1<<20 {
			return
		}
		text = strings.Repeat(text, repeat)
		lines, at := audit.Backward(strings.NewReader(text), int64(len(text)))
		slices.Reverse(lines)
		if got := strings.Join(lines, "\n"); got != text {
			t.Fatalf("%d bytes read, %d wanted", len(got), len(text))
		}
		for i, start := range at {
			if line := lines[len(lines)-1-i]; !strings.HasPrefix(text[start:], line) {
				t.Fatalf("line %q does not start at %d", line, start)
			}
		}
	})
}
