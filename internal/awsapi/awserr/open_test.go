package awserr_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

func TestLeaveOpenCopies(t *testing.T) {
	shared := fault.New(fault.Timeout, "took too long")
	before := *shared
	if open := awserr.LeaveOpen(shared); !open.OutcomeUnknown || *shared != before {
		t.Errorf("open %+v, shared %+v", *open, *shared)
	}
}
