package audit_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// hours makes a file with a before and an after record for each of n calls,
// an hour apart.
func hours(t *testing.T, n int) (*audit.File, time.Time) {
	t.Helper()
	f := open(t, filepath.Join(t.TempDir(), "audit.jsonl"))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		r := record(i)
		r.Time = start.Add(time.Duration(i) * time.Hour)
		r.Phase, r.Outcome = audit.Before, ""
		if i%2 == 1 {
			r.Tool, r.Actor = "ec2.list", "ada"
		}
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.Phase, r.Outcome = audit.After, audit.OK
		if i%4 == 3 {
			r.Outcome = audit.Refused
		}
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return f, start
}

func seqs(records []audit.Record) (out []uint64) {
	for _, r := range records {
		out = append(out, r.Seq)
	}
	return out
}

func TestListFilters(t *testing.T) {
	f, start := hours(t, 100)
	tests := map[string]struct {
		filter audit.Filter
		want   []uint64
	}{
		"newest first": {audit.Filter{Limit: 3}, []uint64{200, 199, 198}},
		"tool":         {audit.Filter{Tool: "s3.*", Limit: 2}, []uint64{198, 197}},
		"no such tool": {audit.Filter{Tool: "rds.*"}, nil},
		"actor":        {audit.Filter{Actor: "ada", Limit: 2}, []uint64{200, 199}},
		"outcome":      {audit.Filter{Outcome: audit.Refused, Limit: 2}, []uint64{200, 192}},
		"phase":        {audit.Filter{Phase: audit.Before, Limit: 2}, []uint64{199, 197}},
		"call":         {audit.Filter{ID: "call-000004"}, []uint64{10, 9}},
		"until":        {audit.Filter{Until: start.Add(time.Hour)}, []uint64{4, 3, 2, 1}},
		"since":        {audit.Filter{Since: start.Add(98 * time.Hour)}, []uint64{200, 199, 198, 197}},
		"both":         {audit.Filter{Since: start.Add(2 * time.Hour), Until: start.Add(2 * time.Hour)}, []uint64{6, 5}},
		"all together": {audit.Filter{Tool: "ec2.*", Actor: "ada", Phase: audit.After, Outcome: audit.OK, Limit: 1}, []uint64{196}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			page, err := f.List(t.Context(), tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, seqs(page.Records)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListPagesToTheStartWhileOthersAppend(t *testing.T) {
	f, _ := hours(t, 60)
	var got []uint64
	cursor := ""
	for {
		page, err := f.List(t.Context(), audit.Filter{Limit: 7, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, seqs(page.Records)...)
		appendN(t, f, 1)
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	var want []uint64
	for i := range uint64(120) {
		want = append(want, 120-i)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListCountsWhatItCannotRead(t *testing.T) {
	path, lines := chain(t, 3)
	f := rewrite(t, path, slices.Concat(lines[0], lines[1], lines[2][:100]))
	appendN(t, f, 1)
	page, err := f.List(t.Context(), audit.Filter{})
	if err != nil || page.Unreadable != 1 || len(page.Records) != 3 {
		t.Errorf("%d unreadable, %d records (%v); want 1 and 3", page.Unreadable, len(page.Records), err)
	}
}

func TestListRefusesBadFilters(t *testing.T) {
	f, _ := hours(t, 1)
	for field, filter := range map[string]audit.Filter{
		"tool":   {Tool: "["},
		"cursor": {Cursor: "x"},
	} {
		var e *fault.Error
		if _, err := f.List(t.Context(), filter); !errors.As(err, &e) || e.Kind != fault.Invalid || e.Field != field {
			t.Errorf("%+v: got %v", filter, err)
		}
	}
	if _, err := f.List(t.Context(), audit.Filter{Cursor: fmt.Sprint(1 << 40)}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a cursor beyond the end: %v", err)
	}
}
