package fault_test

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestFromPanic(t *testing.T) {
	read := func(fail bool) (err error) {
		defer fault.FromPanic(&err, "the text can't be read")
		if fail {
			panic("index out of range")
		}
		return nil
	}
	if err := read(true); !errors.Is(err, fault.Invalid) || fault.From(err).Message != "the text can't be read" {
		t.Errorf("after a panic: %v", err)
	}
	if err := read(false); err != nil {
		t.Errorf("without one: %v", err)
	}
}
