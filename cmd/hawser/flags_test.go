package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// FuzzParseLists reads --name=value,value: written anew it means the same.
func FuzzParseLists(f *testing.F) {
	f.Add("instance-state-name=running,stopped")
	f.Add("tag:Name=")
	f.Add("=x")
	f.Add("none")
	f.Fuzz(func(t *testing.T, pair string) {
		lists, err := parseLists("filters", []string{pair, pair})
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", pair, err)
			}
			return
		}
		for name, values := range lists {
			half := values[:len(values)/2]
			if name+"="+strings.Join(half, ",") != pair || !slices.Equal(half, values[len(half):]) {
				t.Errorf("%q gives %q", pair, lists)
			}
		}
	})
}
