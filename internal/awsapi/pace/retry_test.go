package pace_test

import (
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi/pace"
)

func TestBackoffIsJitteredAndCapped(t *testing.T) {
	b := pace.Backoff{Base: 100 * time.Millisecond, Cap: 2 * time.Second}
	for attempt, ceiling := range map[int]time.Duration{
		0: 100 * time.Millisecond, 1: 200 * time.Millisecond, 4: 1600 * time.Millisecond, 5: 2 * time.Second, 60: 2 * time.Second,
	} {
		var longest time.Duration
		for range 300 {
			d, err := b.BackoffDelay(attempt, nil)
			if err != nil || d < 0 || d > ceiling {
				t.Fatalf("attempt %d waits %s, at most %s: %v", attempt, d, ceiling, err)
			}
			longest = max(longest, d)
		}
		if longest < ceiling/2 {
			t.Errorf("attempt %d never waits longer than %s of %s", attempt, longest, ceiling)
		}
	}
}
