package collect_test

import (
	"testing"

	"github.com/hawser/hawser/internal/collect"
)

// Progress counts accounts, of all that are read, and the calls so far; once the
// accounts are known it estimates the rest.
func TestProgressCountsAccounts(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	var events []collect.Event
	result := c.sync(func(o *collect.Options) {
		o.Exclude.Accounts = []string{member2}
		o.Accounts = 1
		o.Progress = func(e collect.Event) { events = append(events, e) }
	})
	first, last, estimated := events[0], events[len(events)-1], 0
	for i, e := range events {
		if e.Left > 0 {
			estimated++
		}
		if i > 0 && (e.Done < events[i-1].Done || e.Calls < events[i-1].Calls || e.Total > 0 && e.Done > e.Total) {
			t.Errorf("%+v follows %+v", e, events[i-1])
		}
	}
	if first.Total != 0 || first.Left != 0 || first.Calls == 0 {
		t.Errorf("it begins with %+v", first)
	}
	if last.Done != 2 || last.Total != 2 || last.Calls != total(result.Calls) || last.Left != 0 {
		t.Errorf("it ends with %+v, after %d calls", last, total(result.Calls))
	}
	if estimated < 10 {
		t.Errorf("%d of %d events estimate the rest", estimated, len(events))
	}
}
