package parallel_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/parallel"
)

// A panic reaches the goroutine that waits, with its value and stack, though another
// function failed before, and ends the context of the others.
func TestWaitPanics(t *testing.T) {
	group, ctx := parallel.WithContext(t.Context())
	failed := errors.New("failed")
	group.Go(func() error { return failed })
	group.Go(func() error {
		<-ctx.Done()
		explode()
		return nil
	})
	defer func() {
		p, ok := recover().(*parallel.Panic)
		if !ok || p.Value != "secret" || !strings.Contains(string(p.Stack), "explode") || strings.Contains(p.Error(), "secret") {
			t.Errorf("%+v", p)
		}
		if context.Cause(ctx) != failed {
			t.Errorf("the context ended with %v", context.Cause(ctx))
		}
	}()
	_ = group.Wait()
	t.Error("Wait returned")
}

func explode() { panic("secret") }

func TestWaitReturnsTheFirstError(t *testing.T) {
	var group parallel.Group
	group.SetLimit(1)
	first := errors.New("first")
	group.Go(func() error { return first })
	group.Go(func() error { return errors.New("second") })
	if err := group.Wait(); !errors.Is(err, first) {
		t.Errorf("%v", err)
	}
}

// A panic that passes several goroutines keeps its stack.
func TestSafelyPassesPanicsOn(t *testing.T) {
	inner := parallel.Safely(func() error { panic("inner") })
	outer := parallel.Safely(func() error {
		parallel.Rethrow(inner)
		return nil
	})
	if inner == nil || outer != inner {
		t.Errorf("%v, %v", inner, outer)
	}
	parallel.Rethrow(errors.New("no panic"))
}
