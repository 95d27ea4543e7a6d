package audit_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

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

// FuzzDecodeHead checks that what is taken for a head is one, and that what is
// written is read back.
func FuzzDecodeHead(f *testing.F) {
	f.Add([]byte(`{"seq":1,"hash":"`+strings.Repeat("0", 64)+`","size":7,"latest":"2026-01-01T00:00:00Z"}`), uint64(1), int64(9))
	f.Add([]byte("\x00\x00"), uint64(1<<63), int64(1)<<62)
	f.Fuzz(func(t *testing.T, text []byte, seq uint64, size int64) {
		if h, err := audit.DecodeHead(text); err == nil && (h.Seq == 0 || len(h.Hash) != 64 || h.Size < 0) {
			t.Errorf("%q is taken for a head", text)
		}
		if _, err := audit.DecodeWitness(text); err == nil && !bytes.Contains(text, []byte("{")) {
			t.Errorf("%q is taken for a head", text)
		}
		latest := time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC)
		written, err := audit.EncodeHead(seq, strings.Repeat("a", 64), size, latest)
		if err != nil || len(written) != 256 {
			t.Fatalf("%d bytes, %v", len(written), err)
		}
		h, err := audit.DecodeHead(written)
		if good := seq > 0 && size >= 0; good != (err == nil) || good && (h.Seq != seq || h.Size != size || !h.Latest.Equal(latest)) {
			t.Errorf("%q is read as %+v, %v", written, h, err)
		}
	})
}
