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

// SetLimit limits an action ("s3:GetObject", "s3:*" or "*") from now on.
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
	name, limit, ok := mostExact(l.limits, c.action())
	if !ok {
		return true
	}
	key := counterKey{name, c.accountID(), c.Region}
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

// mostExact finds an action in a table of "service:Action", "service:*", "*".
func mostExact[V any](table map[string]V, action string) (name string, v V, ok bool) {
	service, _, _ := strings.Cut(action, ":")
	for _, name = range []string{action, service + ":*", "*"} {
		if v, ok = table[name]; ok {
			return name, v, true
		}
	}
	return "", v, false
}
