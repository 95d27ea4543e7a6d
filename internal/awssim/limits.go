package awssim

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is a token bucket: Rate calls a second, and Burst at once.
type Limit struct {
	Rate  float64 `json:"rate"`
	Burst int     `json:"burst"`
}

// limiter holds a bucket per limited action, account and region.
type limiter struct {
	limits map[string]Limit

	mu      sync.Mutex
	buckets map[counterKey]*rate.Limiter
}

// SetLimit limits actions from now on, each by itself: one ("s3:GetObject"),
// or those that a pattern ending in * matches ("s3:Get*", "s3:*", "*").
func (w *World) SetLimit(action string, l Limit) {
	w.limits.mu.Lock()
	defer w.limits.mu.Unlock()
	if w.limits.limits == nil {
		w.limits.limits = make(map[string]Limit)
	}
	w.limits.limits[action] = l
	w.limits.buckets = nil
}

// allow takes a token for the call.
func (l *limiter) allow(c *Call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.limits) == 0 {
		return true
	}
	limit, ok := mostExact(l.limits, c.action())
	if !ok {
		return true
	}
	key := counterKey{c.action(), c.accountID(), c.Region}
	b := l.buckets[key]
	if b == nil {
		if l.buckets == nil {
			l.buckets = make(map[counterKey]*rate.Limiter)
		}
		b = rate.NewLimiter(rate.Limit(limit.Rate), max(limit.Burst, 1))
		l.buckets[key] = b
	}
	return b.AllowN(time.Now(), 1)
}

// mostExact finds an action in a table of actions and of patterns that end in
// *, the longest of which counts.
func mostExact[V any](table map[string]V, action string) (v V, ok bool) {
	if v, ok = table[action]; ok {
		return v, true
	}
	longest := -1
	for pattern, found := range table {
		prefix, open := strings.CutSuffix(pattern, "*")
		if open && len(prefix) > longest && strings.HasPrefix(action, prefix) {
			v, ok, longest = found, true, len(prefix)
		}
	}
	return v, ok
}
