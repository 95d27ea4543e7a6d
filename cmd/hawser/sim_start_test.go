package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/fault"
)

// TestSimIsFilledUndisturbed starts with flags under which the demo company could not be
// made by calls.
func TestSimIsFilledUndisturbed(t *testing.T) {
	script := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(script, []byte(`[{"effect": "500"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string]simFlags{
		"slow time": {scale: 0.001}, "latency": {latency: time.Hour}, "faults": {faults: script}, "propagation": {unknown: time.Hour}, "pages": {pages: "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			flags.listen = "127.0.0.1:0"
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			sim, err := startSim(ctx, flags)
			if err != nil {
				t.Fatal(err)
			}
			if err := sim.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestInterruptEndsSimsStart interrupts while it begins, which takes seconds for the
// largest organizations.
func TestInterruptEndsSimsStart(t *testing.T) {
	const most = mostThings
	for name, tt := range map[string]struct {
		flags simFlags
		after time.Duration
	}{
		"the demo company": {simFlags{}, 0},
		"many accounts":    {simFlags{size: acme.Size{Accounts: most, Users: 1, Seed: 1}}, 20 * time.Millisecond},
		"many users":       {simFlags{size: acme.Size{Accounts: 1, Users: most, Keys: most, Roles: most, Groups: 1, Seed: 1}}, 20 * time.Millisecond},
		"many people":      {simFlags{size: acme.Size{Accounts: 1, People: most, Teams: most, PermissionSets: 20, Assignments: most, Seed: 1}}, 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			tt.flags.listen = "127.0.0.1:0"
			ctx, cancel := context.WithCancel(t.Context())
			if tt.after == 0 {
				cancel()
			}
			defer time.AfterFunc(tt.after, cancel).Stop()
			sim, err := startSim(ctx, tt.flags)
			if err == nil {
				_ = sim.Close()
			}
			if !errors.Is(err, fault.Canceled) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
