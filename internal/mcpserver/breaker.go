package mcpserver

import (
	"context"
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

// Breakers keep calls from AWS while it keeps failing, by tool and connection. All
// processes that serve the same agent may use the same.
type Breakers interface {
	// Admit refuses a call while AWS keeps failing.
	Admit(ctx context.Context, tool, connection string) error
	// Heard takes the outcome of a call that was admitted.
	Heard(ctx context.Context, tool, connection string, err error)
}

// NewBreakers keeps breakers in memory. Clock may be nil for time.Now.
func NewBreakers(clock func() time.Time) Breakers {
	if clock == nil {
		clock = time.Now
	}
	return &breakers{clock: clock, failing: map[breakerKey]*breaker{}}
}

// breakers are Breakers of one process. Only those that fail are kept.
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

// connectionIn is the connection that a call's input names; empty is the default.
func connectionIn(input json.RawMessage) string {
	var target struct {
		Connection string `json:"connection"`
	}
	_ = json.Unmarshal(input, &target) // what is wrong with it the registry says
	return target.Connection
}

// Admit implements Breakers.
func (b *breakers) Admit(_ context.Context, tool, connection string) error {
	key := breakerKey{tool, connection}
	b.mu.Lock()
	defer b.mu.Unlock()
	f, now := b.failing[key], b.clock()
	if f == nil || f.next.IsZero() {
		return nil
	}
	if now.Before(f.next) {
		e := fault.New(f.last.Kind, "not tried, because AWS failed %d times in a row", f.failures).
			WithCause("%s", f.last.Error()).WithFix("the next call is tried at %s", f.next.UTC().Format(time.RFC3339))
		e.Op = tool
		return e
	}
	f.next = now.Add(f.pause) // this call tries; the others wait on
	return nil
}

// Heard implements Breakers. A call that was cancelled says nothing about AWS.
func (b *breakers) Heard(_ context.Context, tool, connection string, err error) {
	key := breakerKey{tool, connection}
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
