package pace

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// API is one operation of one service in one account and region, which is how
// AWS counts calls.
type API struct {
	// Account is twelve digits, or the connection's name for calls in its own
	// account.
	Account   string `json:"account"`
	Region    string `json:"region"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
}

// Stats is what an API was asked and how it answered.
type Stats struct {
	API
	Attempts  int64         `json:"attempts"`
	Failures  int64         `json:"failures"`
	Throttled int64         `json:"throttled"`
	Waited    time.Duration `json:"waited"` // in nanoseconds, on our own limit
	Rate      float64       `json:"rate"`   // calls a second allowed now; 0 means no limit
}

// Meters holds a meter for every API that was called.
type Meters struct{ all, shared sync.Map }

// Of returns the meter of an API.
func (m *Meters) Of(key API) *Meter {
	if found, ok := m.all.Load(key); ok {
		return found.(*Meter)
	}
	meter := &Meter{api: key, published: publishedLimit(key.Service, key.Operation)}
	if meter.published.Shared {
		meter.shared, meter.published = m.bucket(key, meter.published), Limit{}
	}
	made, _ := m.all.LoadOrStore(key, meter)
	return made.(*Meter)
}

// bucket returns the limiter of all operations of a service, where AWS counts them
// together. It stays as AWS publishes it: an operation that is throttled slows itself.
func (m *Meters) bucket(key API, published Limit) *rate.Limiter {
	key.Operation = "*"
	made, _ := m.shared.LoadOrStore(key, rate.NewLimiter(published.Rate, published.Burst))
	return made.(*rate.Limiter)
}

// Stats lists every API that was called, busiest first.
func (m *Meters) Stats() []Stats {
	var out []Stats
	m.all.Range(func(_, value any) bool {
		out = append(out, value.(*Meter).stats())
		return true
	})
	slices.SortFunc(out, func(a, b Stats) int {
		return cmp.Or(cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Account, b.Account))
	})
	return out
}

// How the rate adapts.
const (
	slowDown    = 0.7              // what a throttle leaves of the rate
	slowest     = 0.2              // calls a second, never less
	recoverStep = 0.05             // of the target rate, regained ...
	recoverTime = 2 * time.Second  // ... every so often
	settle      = time.Second / 2  // throttles within it count as one
	leastSeen   = 20               // calls a second that an unlimited API starts from, at least
	unlisted    = rate.Limit(1000) // where an API without a table entry ends its recovery
)

// Meter counts the calls of one API and holds them to a rate. The rate falls
// when AWS throttles and climbs back slowly.
type Meter struct {
	api       API
	published Limit
	shared    *rate.Limiter // of all operations of the service; may be nil

	attempts, failures, throttled, waited atomic.Int64
	limiter                               atomic.Pointer[rate.Limiter]

	mu       sync.Mutex
	target   rate.Limit // where recovery ends
	changed  time.Time  // when the rate was last changed
	windowAt time.Time  // the present second, for measuring an unlimited rate
	window   int
}

// Wait holds the caller until the API may be asked. table says whether AWS's
// published rates apply to the host being asked.
func (m *Meter) Wait(ctx context.Context, table bool) (time.Duration, error) {
	waited, err := m.waitOwn(ctx, table)
	if err != nil || m.shared == nil || !table {
		return waited, err
	}
	more, err := m.hold(ctx, m.shared)
	return waited + more, err
}

// waitOwn waits for the rate of the API itself.
func (m *Meter) waitOwn(ctx context.Context, table bool) (time.Duration, error) {
	limiter := m.limiter.Load()
	if limiter == nil && table && m.published.Rate > 0 {
		limiter = m.start(m.published.Rate, m.published.Burst)
	}
	if limiter == nil {
		m.count()
		return 0, nil
	}
	m.recover(limiter)
	return m.hold(ctx, limiter)
}

// hold waits for a limiter.
func (m *Meter) hold(ctx context.Context, limiter *rate.Limiter) (time.Duration, error) {
	if limiter.Allow() {
		return 0, nil
	}
	begun := time.Now()
	err := limiter.Wait(ctx)
	waited := time.Since(begun)
	m.waited.Add(int64(waited))
	return waited, err
}

// start begins to limit, once.
func (m *Meter) start(r rate.Limit, burst int) *rate.Limiter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.limiter.Load(); l != nil {
		return l
	}
	m.target, m.changed = r, time.Now()
	l := rate.NewLimiter(r, burst)
	m.limiter.Store(l)
	return l
}

// count measures how fast an unlimited API is called, so that its first
// throttle knows what was too fast.
func (m *Meter) count() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.windowAt) > time.Second {
		m.windowAt, m.window = now, 0
	}
	m.window++
}

// recover lets the rate climb by a step when it was left alone long enough.
func (m *Meter) recover(l *rate.Limiter) {
	if l.Limit() >= m.target {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.changed) < recoverTime {
		return
	}
	m.changed = time.Now()
	l.SetLimit(min(m.target, l.Limit()+m.target*recoverStep))
}

// Answered counts an attempt and slows down after a throttle.
func (m *Meter) Answered(err error) {
	m.attempts.Add(1)
	if err == nil {
		return
	}
	m.failures.Add(1)
	if !awserr.IsThrottle(err) {
		return
	}
	m.throttled.Add(1)
	m.slow()
}

func (m *Meter) slow() {
	l := m.limiter.Load()
	if l == nil {
		m.mu.Lock()
		seen := rate.Limit(max(m.window, leastSeen))
		m.mu.Unlock()
		l = m.start(min(unlisted, seen), max(1, int(seen/4)))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.changed) < settle && l.Limit() < m.target {
		return
	}
	m.changed = time.Now()
	l.SetLimit(max(slowest, l.Limit()*slowDown))
}

func (m *Meter) stats() Stats {
	s := Stats{
		API: m.api, Attempts: m.attempts.Load(), Failures: m.failures.Load(),
		Throttled: m.throttled.Load(), Waited: time.Duration(m.waited.Load()),
	}
	if l := m.limiter.Load(); l != nil {
		s.Rate = float64(l.Limit())
	}
	return s
}
