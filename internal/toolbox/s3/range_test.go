package s3

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestParseRange(t *testing.T) {
	tests := map[string]struct {
		header      string
		first, last int64 // in an object of 10 bytes
		none        bool
	}{
		"":           {"", 0, 9, false},
		"0-2":        {"bytes=0-2", 0, 2, false},
		"bytes=4-":   {"bytes=4-", 4, 9, false},
		"-3":         {"bytes=-3", 7, 9, false},
		"-30":        {"bytes=-30", 0, 9, false},
		"8-30":       {"bytes=8-30", 8, 9, false},
		"10-":        {"bytes=10-", 0, 0, true},
		"9-9":        {"bytes=9-9", 9, 9, false},
		"00012-0012": {"bytes=12-12", 0, 0, true},
	}
	for text, want := range tests {
		r, err := parseRange(text)
		first, last, ok := r.within(10)
		if err != nil || r.header() != want.header || ok == want.none || (ok && (first != want.first || last != want.last)) {
			t.Errorf("%q: %q, %d-%d %v, %v", text, r.header(), first, last, ok, err)
		}
	}
	for _, bad := range []string{"-", "x", "5", "9-2", "-0", "+1-2", "1-2-3", "1,2", "0-9223372036854775808", "--5", "items=1-2"} {
		if _, err := parseRange(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	f.Add("bytes=0-99", int64(10))
	f.Add("-5", int64(0))
	f.Fuzz(func(t *testing.T, text string, size int64) {
		r, err := parseRange(text)
		if err != nil || size < 0 {
			return
		}
		if first, last, ok := r.within(size); ok && (first < 0 || last >= size) {
			t.Errorf("%q of %d bytes gives %d-%d", text, size, first, last)
		}
		again, err := parseRange(r.header())
		if err != nil || again != r {
			t.Errorf("%q became %q", text, r.header())
		}
	})
}

func FuzzParseContentRange(f *testing.F) {
	f.Add("bytes 0-99/1234")
	f.Add("bytes */10")
	f.Fuzz(func(t *testing.T, text string) {
		if first, last, size, ok := parseContentRange(text); ok && (first < 0 || last < first || size <= last) {
			t.Errorf("%q: %d-%d/%d", text, first, last, size)
		}
	})
}

func FuzzParsePlace(f *testing.F) {
	f.Add("s3://harbour/a/b")
	f.Add("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/quay/a/b")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseLocation("from", text)
		if err == nil && p.remote() && "s3://"+p.bucket+"/"+p.key != text && "s3://"+p.bucket != text {
			t.Errorf("%q became bucket %q, key %q", text, p.bucket, p.key)
		}
	})
}
