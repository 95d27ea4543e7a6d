package awssim_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
)

// FuzzPage reads listings by whatever token: what is taken for one of Page's
// goes on to the end, in order and each item once.
func FuzzPage(f *testing.F) {
	_, next, _ := awssim.Page([]string{"a", "b"}, strings.Clone, 1, nil)
	f.Add(*next, 1)
	f.Add("x", 2)
	f.Fuzz(func(t *testing.T, token string, size int) {
		items, last := []string{"a", "b", "c", "d"}, ""
		size = 1 + size&3
		for at := &token; at != nil; {
			page, next, ok := awssim.Page(items, strings.Clone, size, at)
			if !ok {
				return
			}
			for _, item := range page {
				if item <= last {
					t.Fatalf("%q comes after %q", item, last)
				}
				last = item
			}
			if len(page) == 0 && next != nil {
				t.Fatalf("an empty page goes on after %q", last)
			}
			at = next
		}
	})
}
