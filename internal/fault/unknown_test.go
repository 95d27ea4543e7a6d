package fault_test

import (
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestWithOutcomeUnknownCopies(t *testing.T) {
	shared := fault.New(fault.Timeout, "took too long")
	before := *shared
	if unknown := shared.WithOutcomeUnknown(); !unknown.OutcomeUnknown || *shared != before {
		t.Errorf("unknown %+v, shared %+v", *unknown, *shared)
	}
}
