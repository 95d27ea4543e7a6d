package s3_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestDu(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		if empty := s.Call(t, "s3.du", s.in(m{})); empty["objects"] != 0.0 || empty["bytes"] != 0.0 {
			t.Error(empty)
		}
		s.fill(t, "a", "logs/b", "logs/c")
		for url, want := range map[string]string{s.url(""): "3 46", s.url("logs/"): "2 34", s.url("lo"): "2 34"} {
			sum := s.Call(t, "s3.du", m{"bucket": url})
			if got := fmt.Sprint(sum["objects"], " ", sum["bytes"]); got != want {
				t.Errorf("%s: %s", url, got)
			}
		}
		if _, err := s.Try(t.Context(), "s3.du", m{"bucket": s.url("none")}); !errors.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// All pages are counted.
func TestDuOfManyPages(t *testing.T) {
	s, sim := simStore(t)
	for i := range 1001 {
		s.put(t, fmt.Sprintf("many/%d", i), "x")
	}
	before := sim.Count("")
	if sum := s.Call(t, "s3.du", m{"bucket": s.url("many/")}); sum["objects"] != 1001.0 || sum["bytes"] != 1001.0 {
		t.Error(sum)
	}
	if n := sim.Count("") - before; n != 3 {
		t.Errorf("%d calls, want one look and two pages", n)
	}
}
