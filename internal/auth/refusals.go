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
	// refusalPeriod and mostRefusals limit what is recorded: at most mostRefusals
	// single refusals in each period, and the number of the others.
	refusalPeriod = time.Minute
	mostRefusals  = 5
	// recordTime is how long the answer to a refused request waits for its record.
	recordTime = 5 * time.Second
)

// longestReason is how much of a reason is recorded, in bytes. A reason may quote
// the request's Host or Origin.
const longestReason = 200

// authentication is written in the audit log in place of a tool's name.
const authentication = "authentication"

// Refusals records the requests that a server refused before it knew the caller.
// The rate is limited, so that a client that repeats its requests does not fill
// the audit log. It is safe for concurrent use.
type Refusals struct {
	door   string
	record func(context.Context, tool.Request, error) error
	clock  func() time.Time

	mu              sync.Mutex
	since           time.Time // start of the current period
	recorded        int       // singly, in the current period
	unrecorded      int       // not recorded yet
	unrecordedSince time.Time
}

// NewRefusals records the refusals of a server. Door is the server's name in the
// audit log, record is tool.Registry.Refuse, and clock may be nil for time.Now.
func NewRefusals(door string, record func(context.Context, tool.Request, error) error, clock func() time.Time) *Refusals {
	if clock == nil {
		clock = time.Now
	}
	return &Refusals{door: door, record: record, clock: clock}
}

// Note records that a request was refused and why. The record names the kind of
// address that the request came from, and has no credentials.
func (f *Refusals) Note(r *http.Request, why error) {
	now, late := f.clock(), 0
	f.mu.Lock()
	if now.Sub(f.since) >= refusalPeriod {
		late, f.unrecorded = f.unrecorded, 0
		f.since, f.recorded = now, 0
	}
	since, single := f.unrecordedSince, f.recorded < mostRefusals
	if single {
		f.recorded++
	} else if f.unrecorded++; f.unrecorded == 1 {
		f.unrecordedSince = now
		time.AfterFunc(refusalPeriod, f.flush)
	}
	f.mu.Unlock()
	f.summarize(late, since)
	if single {
		message := recorded(why)
		message = strings.ToValidUTF8(message[:min(len(message), longestReason)], "")
		f.write(r.Context(), fault.New(fault.From(why).Kind, "%s (asked from %s)", message, origin(r.RemoteAddr)))
	}
}

// flush records the number of refusals that were not recorded singly.
func (f *Refusals) flush() {
	f.mu.Lock()
	n, since := f.unrecorded, f.unrecordedSince
	f.unrecorded = 0
	f.mu.Unlock()
	f.summarize(n, since)
}

func (f *Refusals) summarize(n int, since time.Time) {
	if n > 0 {
		f.write(context.Background(), fault.New(fault.Refused, "%d more requests were refused since %s", n, since.UTC().Format(time.RFC3339)))
	}
}

func (f *Refusals) write(ctx context.Context, why error) {
	// The request is refused even if that could not be recorded.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	_ = f.record(ctx, tool.Request{Tool: authentication, Caller: caller.Caller{Door: f.door, Actor: "unknown"}}, why)
}

// origin returns the kind of address that a request came from.
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
