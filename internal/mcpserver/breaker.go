package mcpserver

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// A breaker opens after this many failures of AWS in a row. After a pause it lets
// one call through as a try; the pause doubles with each failed try.
const (
	breakerFailures = 5
	breakerPause    = 5 * time.Second
	breakerLongest  = 2 * time.Minute
)

// Breakers refuse calls while AWS keeps failing. There is one breaker for each
// tool and connection. All processes that serve the same agent may share them.
type Breakers interface {
	// Admit refuses a call while AWS keeps failing.
	Admit(ctx context.Context, tool, connection string) error
	// Heard records the outcome of a call that was admitted.
	Heard(ctx context.Context, tool, connection string, err error)
}

// NewBreakers keeps breakers in memory. Clock may be nil for time.Now.
func NewBreakers(clock func() time.Time) Breakers {
	if clock == nil {
		clock = time.Now
	}
	return &breakers{clock: clock, failing: map[breakerKey]*breaker{}}
}

// breakers implements Breakers for one process. Only breakers with failures are
// kept.
type breakers struct {
	clock func() time.Time

	mu      sync.Mutex
	failing map[breakerKey]*breaker
}

type breakerKey struct{ tool, connection string }

// breaker counts the failures of one tool and connection.
type breaker struct {
	failures int
	pause    time.Duration
	next     time.Time // no call is admitted before; zero while closed
	last     *fault.Error
}

// connectionIn returns the connection that a call's input names; empty means the
// default.
func connectionIn(input json.RawMessage) string {
	var target struct {
		Connection string `json:"connection"`
	}
	_ = json.Unmarshal(input, &target) // the registry reports invalid input
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
	f.next = now.Add(f.pause) // this call is the try; the others keep waiting
	return nil
}

// Heard implements Breakers. It ignores calls that were cancelled, because they
// say nothing about AWS.
func (b *breakers) Heard(_ context.Context, tool, connection string, err error) {
	key := breakerKey{tool, connection}
	e := fault.From(err)
	if e != nil && e.Kind == fault.Canceled {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e == nil || !e.Kind.Outage() {
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
