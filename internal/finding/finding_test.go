package finding_test

import (
	"slices"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/finding"
)

func TestOf(t *testing.T) {
	got := finding.Of("region", fault.New(fault.Invalid, "no such region").WithCause("it is mistyped").WithFix("use us-east-1"))
	want := finding.Finding{Check: "region", Severity: finding.Failure, Message: "no such region", Cause: "it is mistyped", Fix: "use us-east-1"}
	if got != want {
		t.Errorf("got %+v", got)
	}
	if lines := got.Lines(); !slices.Equal(lines, []string{"no such region", "cause: it is mistyped", "fix: use us-east-1"}) {
		t.Errorf("lines %q", lines)
	}
	if lines := (finding.Finding{Message: "fine"}).Lines(); !slices.Equal(lines, []string{"fine"}) {
		t.Errorf("lines %q", lines)
	}
}
