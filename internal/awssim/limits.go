package awssim

import (
	"maps"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is a token bucket: Rate calls a second, and Burst at once.
type Limit struct {
	Rate  float64 `json:"rate"`
	Burst int     `json:"burst"`
	// Shared is set where all actions that a pattern matches draw on one
	// bucket, as Identity Center's do.
	Shared bool `json:"shared,omitempty"`
}

// limiter holds a bucket per limited action, account and region.
type limiter struct {
	limits map[string]Limit

	mu      sync.Mutex
	buckets map[counterKey]*rate.Limiter
}

// set replaces all limits.
func (l *limiter) set(limits map[string]Limit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits, l.buckets = maps.Clone(limits), nil
}

// SetLimit limits actions from now on, each by itself unless they share: one
// ("s3:GetObject"), or those that a pattern ending in * matches ("s3:Get*",
// "s3:*", "*").
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
	pattern, ok := mostExactPattern(l.limits, c.action())
	if !ok {
		return true
	}
	limit, key := l.limits[pattern], counterKey{c.action(), c.accountID(), c.Region}
	if limit.Shared {
		key.action = pattern
	}
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
	pattern, ok := mostExactPattern(table, action)
	return table[pattern], ok
}

// mostExactPattern finds what mostExact finds, by its key.
func mostExactPattern[V any](table map[string]V, action string) (found string, ok bool) {
	if _, ok := table[action]; ok {
		return action, true
	}
	for pattern := range table {
		prefix, open := strings.CutSuffix(pattern, "*")
		if open && strings.HasPrefix(action, prefix) && (!ok || len(pattern) > len(found)) {
			found, ok = pattern, true
		}
	}
	return found, ok
}
