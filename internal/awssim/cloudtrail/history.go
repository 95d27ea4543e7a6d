package cloudtrail

import (
	"sync"
	"time"
)

// history is the events of an account in a region, in the order in which they
// came. The oldest ones give way to new ones.
type history struct {
	mu     sync.Mutex
	events []*record // a ring, once it is full
	next   uint64    // number of the event that comes next
}

// add puts an event into the history.
func (h *history) add(r *record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.events) < mostEvents {
		h.events = append(h.events, r)
	} else {
		h.events[h.next%mostEvents] = r
	}
	h.next++
}

// span is the part of a history that is looked at.
type span struct {
	from, to time.Time // both included
	seen     time.Time // later events are not seen yet
	below    uint64    // the first number that is not looked at
}

// find gives up to n events that a test holds for, newest first, and whether
// more may follow. below is the number of the last one looked at.
func (h *history) find(s span, n int, match func(*record) bool) (found []*record, below uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.next - uint64(len(h.events))
	for i := min(s.below, h.next); i > first; i-- {
		r := h.events[(i-1)%mostEvents]
		if r.at.Before(s.from) || r.at.After(s.to) || r.at.After(s.seen) || !match(r) {
			continue
		}
		if len(found) == n {
			return found, i
		}
		found = append(found, r)
	}
	return found, 0
}
