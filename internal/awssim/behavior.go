package awssim

import (
	"fmt"
	"maps"
	"time"
)

// behavior is what calls are answered by, where neither the clock, the limits nor the
// faults keep it.
type behavior struct {
	latency     map[string]time.Duration
	pages       Pages
	propagation time.Duration
}

// Behave makes the World behave by new options from now on, which allows to fill it
// without latency, limits and faults. The faults of o are added to those that are
// installed. It fails, and changes nothing, if a fault is wrong.
func (w *World) Behave(o Options) error {
	for _, f := range o.Faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("awssim: fault: %w", err)
		}
	}
	w.behavior.Store(&behavior{latency: maps.Clone(o.Latency), pages: o.Pages, propagation: o.Propagation})
	w.Clock.SetScale(o.Scale)
	w.Clock.SetSkew(o.Skew)
	w.limits.set(o.Limits)
	for _, f := range o.Faults {
		if err := w.AddFault(f); err != nil {
			return err
		}
	}
	return nil
}
