package cli

import (
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
)

// TestHelpListsTheExitCodes holds the exit codes in the help against those of all
// kinds of errors.
func TestHelpListsTheExitCodes(t *testing.T) {
	want := []int{0}
	for _, kind := range fault.Kinds() {
		want = append(want, kind.ExitCode())
	}
	slices.Sort(want)
	var got []int
	for _, found := range regexp.MustCompile(`(?m)^  (\d+) `).FindAllStringSubmatch(exitCodes, -1) {
		code, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, code)
	}
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
