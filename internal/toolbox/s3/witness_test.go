package s3

import (
	"strings"
	"testing"
)

func FuzzHeadOfKey(f *testing.F) {
	f.Add("00000000000000000012-" + strings.Repeat("a", 64))
	f.Add("-")
	f.Fuzz(func(t *testing.T, name string) {
		if h, ok := headOfKey(name); ok && (h.Seq == 0 || len(h.Hash) != 64) {
			t.Errorf("%q is taken for a head", name)
		}
	})
}
