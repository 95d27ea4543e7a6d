package text_test

import (
	"testing"

	"github.com/hawser/hawser/internal/text"
)

func TestDifferInCase(t *testing.T) {
	for _, names := range [][]string{nil, {"a"}, {"a", "b", "ab"}} {
		if one, other, ok := text.DifferInCase(names); ok {
			t.Errorf("%q: %q and %q", names, one, other)
		}
	}
	if one, other, ok := text.DifferInCase([]string{"b", "owner", "a", "Owner"}); !ok || one != "Owner" || other != "owner" {
		t.Errorf("%q and %q, %v", one, other, ok)
	}
}
