package pace

import (
	"context"
	"sync"
)

// Counter counts the requests to AWS of the calls made with its context, by
// API. It is safe for concurrent use.
type Counter struct {
	mu  sync.Mutex
	all map[string]int
}

type counterKey struct{}

// Counting returns a context whose calls a Counter counts, in the place of the
// one that counted before.
func Counting(ctx context.Context) (context.Context, *Counter) {
	c := &Counter{all: map[string]int{}}
	return context.WithValue(ctx, counterKey{}, c), c
}

// Calls returns how many requests were sent, retries included.
func (c *Counter) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, n := range c.all {
		total += n
	}
	return total
}

// ByAPI returns the numbers by IAM action, such as "iam:ListUsers".
func (c *Counter) ByAPI() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]int, len(c.all))
	for api, n := range c.all {
		out[api] = n
	}
	return out
}

// Count adds requests of an API to the context's counter, if it has one.
func Count(ctx context.Context, api string, n int) {
	c, _ := ctx.Value(counterKey{}).(*Counter)
	if c == nil || n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[api] += n
}
