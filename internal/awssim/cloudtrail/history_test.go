package cloudtrail

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// TestHistoryIsBounded wants the oldest events to give way, and the rest to be found
// newest first.
func TestHistoryIsBounded(t *testing.T) {
	var h history
	now := time.Now()
	for i := range mostEvents + 5 {
		h.add(&record{at: now, id: strconv.Itoa(i)})
	}
	all := span{from: now, to: now, seen: now, below: math.MaxUint64}
	found, below := h.find(all, mostEvents+5, func(*record) bool { return true })
	if len(found) != mostEvents || below != 0 || found[0].id != strconv.Itoa(mostEvents+4) || found[len(found)-1].id != "5" {
		t.Errorf("%d events from %s to %s, below %d", len(found), found[0].id, found[len(found)-1].id, below)
	}
	page, below := h.find(all, 2, func(*record) bool { return true })
	all.below = below
	next, _ := h.find(all, 1, func(*record) bool { return true })
	if len(page) != 2 || len(next) != 1 || next[0] != found[2] {
		t.Errorf("the page after %v is %v", page, next)
	}
}
