package auth

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

const (
	// refusalStep and mostRefusals bound what is recorded: so many refusals one
	// by one in each step, and the others as a number.
	refusalStep  = time.Minute
	mostRefusals = 5
)

// longestReason is how much of a reason is recorded, in bytes: it may quote what
// the request bore as its Host or Origin.
const longestReason = 200

// authentication stands in the audit log where a call's tool does.
const authentication = "authentication"

// Refusals records requests that a door let in nobody for, at a bounded rate: a
// program that asks without end must not fill the audit log. It is safe for
// concurrent use.
type Refusals struct {
	door   string
	record func(context.Context, tool.Request, error) error
	clock  func() time.Time

	mu        sync.Mutex
	since     time.Time // when the present step began
	told      int       // recorded one by one since
	left      int       // not recorded yet
	leftSince time.Time
}

// NewRefusals makes a record of the refusals of a door. Record is
// tool.Registry.Refuse; clock is nil for time.Now.
func NewRefusals(door string, record func(context.Context, tool.Request, error) error, clock func() time.Time) *Refusals {
	if clock == nil {
		clock = time.Now
	}
	return &Refusals{door: door, record: record, clock: clock}
}

// Note records that a request was refused and why. The record says where it
// came from by kind, and holds nothing of what the request bore.
func (f *Refusals) Note(r *http.Request, why error) {
	now, late := f.clock(), 0
	f.mu.Lock()
	if now.Sub(f.since) >= refusalStep {
		late, f.left = f.left, 0
		f.since, f.told = now, 0
	}
	since, alone := f.leftSince, f.told < mostRefusals
	if alone {
		f.told++
	} else if f.left++; f.left == 1 {
		f.leftSince = now
		time.AfterFunc(refusalStep, f.flush)
	}
	f.mu.Unlock()
	f.summarize(late, since)
	if alone {
		e := fault.From(why)
		message := e.Message[:min(len(e.Message), longestReason)]
		f.write(r.Context(), fault.New(e.Kind, "%s (asked from %s)", strings.ToValidUTF8(message, ""), origin(r.RemoteAddr)))
	}
}

// flush records the number of those that were not recorded one by one.
func (f *Refusals) flush() {
	f.mu.Lock()
	n, since := f.left, f.leftSince
	f.left = 0
	f.mu.Unlock()
	f.summarize(n, since)
}

func (f *Refusals) summarize(n int, since time.Time) {
	if n > 0 {
		f.write(context.Background(), fault.New(fault.Refused, "%d more requests were refused since %s", n, since.UTC().Format(time.RFC3339)))
	}
}

func (f *Refusals) write(ctx context.Context, why error) {
	// The refusal stands, whether it could be recorded or not.
	_ = f.record(context.WithoutCancel(ctx), tool.Request{Tool: authentication, Caller: caller.Caller{Door: f.door, Actor: "unknown"}}, why)
}

// origin is the kind of place that a request came from.
func origin(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "an unknown address"
	case ip.IsLoopback():
		return "this machine"
	case ip.IsPrivate() || ip.IsLinkLocalUnicast():
		return "a private network"
	default:
		return "a public address"
	}
}
