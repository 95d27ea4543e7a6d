package awssim

import (
	"cmp"
	"slices"
	"sync"
)

// Counter is how often an action was called in an account and region. Calls of
// unknown callers have no account.
type Counter struct {
	Action  string `json:"action"` // "s3:GetObject", by the operation's name
	Account string `json:"account"`
	Region  string `json:"region"`
	Calls   int64  `json:"calls"`
}

type counterKey struct{ action, account, region string }

type counters struct {
	mu    sync.Mutex
	calls map[counterKey]int64
}

// action returns the call's name in counters, limits and faults.
func (c *Call) action() string { return c.Service.Prefix + ":" + c.Operation }

func (c *Call) accountID() string {
	if c.Account == nil {
		return ""
	}
	return c.Account.ID
}

func (n *counters) add(c *Call) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls == nil {
		n.calls = make(map[counterKey]int64)
	}
	n.calls[counterKey{c.action(), c.accountID(), c.Region}]++
}

// Counters returns all counters, by action, account and region.
func (w *World) Counters() []Counter {
	w.counts.mu.Lock()
	defer w.counts.mu.Unlock()
	out := make([]Counter, 0, len(w.counts.calls))
	for k, n := range w.counts.calls {
		out = append(out, Counter{k.action, k.account, k.region, n})
	}
	slices.SortFunc(out, func(a, b Counter) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	return out
}

// Count returns how often an action, such as "sts:AssumeRole", was called in all
// accounts and regions; with an empty action, how often anything was.
func (w *World) Count(action string) int64 {
	w.counts.mu.Lock()
	defer w.counts.mu.Unlock()
	var sum int64
	for k, n := range w.counts.calls {
		if action == "" || k.action == action {
			sum += n
		}
	}
	return sum
}

// ResetCounters sets all counters to zero.
func (w *World) ResetCounters() {
	w.counts.mu.Lock()
	defer w.counts.mu.Unlock()
	w.counts.calls = nil
}
