package mcpserver

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// A breaker opens after so many failures of AWS in a row, and lets one call
// through to try after a pause that doubles with each failed try.
const (
	breakerFailures = 5
	breakerPause    = 5 * time.Second
	breakerLongest  = 2 * time.Minute
)

// breakers keep calls from what keeps failing, by tool and connection. Only
// those that fail are kept.
type breakers struct {
	clock func() time.Time

	mu      sync.Mutex
	failing map[breakerKey]*breaker
}

type breakerKey struct{ tool, connection string }

// breaker is one that has heard of failures.
type breaker struct {
	failures int
	pause    time.Duration
	next     time.Time // no call before; zero while closed
	last     *fault.Error
}

func newBreakers(clock func() time.Time) *breakers {
	return &breakers{clock: clock, failing: map[breakerKey]*breaker{}}
}

// keyOf finds the breaker that a call belongs to.
func keyOf(name string, input json.RawMessage) breakerKey {
	var target struct {
		Connection string `json:"connection"`
	}
	_ = json.Unmarshal(input, &target) // what is wrong with it the registry says
	return breakerKey{name, target.Connection}
}

// admit refuses a call while its breaker is open.
func (b *breakers) admit(key breakerKey) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f, now := b.failing[key], b.clock()
	if f == nil || f.next.IsZero() {
		return nil
	}
	if now.Before(f.next) {
		e := fault.New(f.last.Kind, "not tried, as AWS failed %d times in a row", f.failures).
			WithCause("%s", f.last.Error()).WithFix("the next call is let through at %s", f.next.UTC().Format(time.RFC3339))
		e.Op = key.tool
		return e
	}
	f.next = now.Add(f.pause) // this call tries; the others wait on
	return nil
}

// heard takes the outcome of a call that was admitted. One that was cancelled
// says nothing about AWS.
func (b *breakers) heard(key breakerKey, err error) {
	e := fault.From(err)
	if e != nil && e.Kind == fault.Canceled {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e == nil || !e.Kind.Unwell() {
		delete(b.failing, key)
		return
	}
	f := b.failing[key]
	if f == nil {
		f = new(breaker)
		b.failing[key] = f
	}
	f.failures++
	f.last = e
	if f.failures >= breakerFailures {
		f.pause = min(max(2*f.pause, breakerPause), breakerLongest)
		f.next = b.clock().Add(f.pause)
	}
}
