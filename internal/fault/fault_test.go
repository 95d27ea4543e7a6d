package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestEveryKindHasBothFaces(t *testing.T) {
	for _, k := range fault.Kinds() {
		if k.ExitCode() == 0 || k.HTTPStatus() < 200 {
			t.Errorf("%s: exit %d, status %d", k, k.ExitCode(), k.HTTPStatus())
		}
	}
}

func TestFrom(t *testing.T) {
	own := fault.New(fault.NotFound, "no such bucket")
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"a fault keeps its kind":    {fmt.Errorf("listing: %w", own), fault.NotFound},
		"cancelled":                 {fmt.Errorf("call: %w", context.Canceled), fault.Canceled},
		"deadline":                  {context.DeadlineExceeded, fault.Timeout},
		"anything else is internal": {errors.New("boom"), fault.Internal},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fault.From(tt.err); got.Kind != tt.want {
				t.Errorf("kind = %s, want %s", got.Kind, tt.want)
			}
		})
	}
	if fault.From(nil) != nil {
		t.Error("From(nil) must be nil")
	}
	if !errors.Is(own, fault.NotFound) || errors.Is(own, fault.Denied) {
		t.Error("errors.Is must match the kind and only it")
	}
}

func TestErrorNamesPlaceOpAndCause(t *testing.T) {
	e := fault.New(fault.Invalid, "unknown key %q", "regoin").WithCause("did you mean region?").At("connections.a.regoin")
	e.File, e.Line, e.Op = "hawser.yaml", 4, "config"
	want := `hawser.yaml:4: config: unknown key "regoin": did you mean region?`
	if e.Error() != want {
		t.Errorf("got %q, want %q", e.Error(), want)
	}
}

// A fault may be shared: a validator's error that two fields meet, or one that
// several callers wait for.
func TestASharedFaultStaysAsItIs(t *testing.T) {
	shared := fault.New(fault.Invalid, "too long").WithCause("a cause").WithFix("a fix").At("field")
	before := *shared
	changed := []*fault.Error{shared.WithCause("another"), shared.WithFix("another"), shared.At("another"), fault.From(fmt.Errorf("wrapped: %w", shared)).At("another")}
	if *shared != before {
		t.Errorf("changed to %+v", *shared)
	}
	for i, e := range changed {
		if e == shared || *e == before || e.Message != shared.Message {
			t.Errorf("%d: %+v", i, *e)
		}
	}
}
