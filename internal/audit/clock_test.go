package audit_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/audit"
)

func TestClocksThatGoBackHideNothing(t *testing.T) {
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{MaxSize: 2000})
	start := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	// Days after the start: the clock is set back by a year in between.
	for i, day := range []int{0, 1, 2, -363, -362, -361, 3, -300, -299, -298} {
		r := record(i)
		r.Time = start.AddDate(0, 0, day)
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for days, want := range map[int][]uint64{2: {7, 3}, 3: {7}, 4: nil, 0: {7, 3, 2, 1}, -300: {10, 9, 8, 7, 3, 2, 1}} {
		page, err := f.List(t.Context(), audit.Filter{Since: start.AddDate(0, 0, days)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, seqs(page.Records)); diff != "" {
			t.Errorf("since day %d: %s", days, diff)
		}
	}
	r := verify(t, f, 10)
	if r.TimesBack != 6 || len(r.ClockBack) != 6 || r.ClockBack[0].Seq != 4 || r.ClockBack[0].Seconds != (365*24*time.Hour).Seconds() {
		t.Errorf("told %d: %+v", r.TimesBack, r.ClockBack)
	}
}

func TestUnendedCallsAreCounted(t *testing.T) {
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{MaxSize: 2000})
	for i := range 20 {
		r := record(i)
		r.Phase, r.Outcome = audit.Before, ""
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if i%7 == 3 {
			continue
		}
		if _, err := f.Append(t.Context(), record(i)); err != nil {
			t.Fatal(err)
		}
	}
	r := verify(t, f, 37)
	var ids []string
	for _, b := range r.Began {
		ids = append(ids, b.ID)
	}
	if diff := cmp.Diff([]string{"call-000017", "call-000010", "call-000003"}, ids); diff != "" || r.Unended != 3 {
		t.Errorf("%d: %s", r.Unended, diff)
	}
}

func TestOnlyOwnCallsAreListed(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "audit.jsonl"))
	for i, c := range []audit.Caller{{"mcp", "claude", "ada", ""}, {"cli", "claude", "ada", ""}, {"mcp", "claude", "bob", ""}, {"mcp", "other", "ada", ""}, {"mcp", "claude", "ada", ""}} {
		r := record(i)
		r.Door, r.Actor, r.OnBehalfOf = c.Door, c.Actor, c.OnBehalfOf
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	page, err := f.List(t.Context(), audit.Filter{Own: &audit.Caller{Door: "mcp", Actor: "claude", OnBehalfOf: "ada"}, Actor: ""})
	if diff := cmp.Diff([]uint64{5, 1}, seqs(page.Records)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}
