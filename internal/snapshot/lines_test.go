package snapshot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

func sample() ([]snapshot.Outcome, []*snapshot.Batch) {
	ada := snapshot.ID{Kind: snapshot.User, Key: "arn:aws:iam::111122223333:user/ada"}
	ops := snapshot.ID{Kind: snapshot.Group, Key: "arn:aws:iam::111122223333:group/ops"}
	full := &snapshot.Batch{}
	full.Add(ada, "111122223333", "ada", snapshot.PrincipalBody{ID: "AIDA", Path: "/"})
	full.Link(ada, snapshot.MemberOf, ops, snapshot.TrustBody{Actions: []string{"sts:AssumeRole"}})
	full.Link(ada, snapshot.Owns, snapshot.ID{Kind: snapshot.AccessKey, Key: "AKIA"}, nil)
	return []snapshot.Outcome{
		{Cell: snapshot.Cell{Account: "111122223333", Facet: "iam.users"}, Status: snapshot.OK, Way: "ListUsers", Calls: 2, Took: time.Second, Seen: 3, AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), ReadAt: taken.Add(-time.Hour)},
		{Cell: snapshot.Cell{Account: "111122223333", Region: "eu-west-1", Facet: "sso.users"}, Status: snapshot.Denied, Reason: "no", Fix: "allow", AsOf: taken},
	}, []*snapshot.Batch{full, {}}
}

// taken is when the sample was taken.
var taken = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func encoded(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	e, err := snapshot.NewEncoder(&out, snapshot.Header{Connection: "main", Run: 7, Taken: taken})
	if err != nil {
		t.Fatal(err)
	}
	outcomes, batches := sample()
	for i, o := range outcomes {
		if err := e.Cell(o, batches[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What was written is read back, every field of it.
func TestLines(t *testing.T) {
	d, err := snapshot.NewDecoder(bytes.NewReader(encoded(t)))
	if err != nil || d.Connection != "main" || d.Run != 7 {
		t.Fatalf("%+v, %v", d, err)
	}
	outcomes, batches := sample()
	for i := range outcomes {
		o, b, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(outcomes[i], o); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(batches[i], b); diff != "" {
			t.Error(diff)
		}
	}
	if _, _, err := d.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestLinesThatAreNone(t *testing.T) {
	good := strings.SplitAfter(string(encoded(t)), "\n")
	tests := map[string]struct {
		text string
		line int
	}{
		"empty":                  {"", 0},
		"something else":         {`{"a": 1}` + "\n", 1},
		"another version":        {`{"hawser":"snapshot","version":4}` + "\n", 1},
		"only a header":          {good[0], 1},
		"a line less":            {strings.Join(slices.Delete(slices.Clone(good), 3, 4), ""), 6},
		"a cell less":            {strings.Join(slices.Delete(slices.Clone(good), 5, 6), ""), 6},
		"no last line":           {strings.Join(good[:6], ""), 6},
		"the end twice":          {strings.Join(good, "") + good[6], 8},
		"a cell after it":        {strings.Join(good, "") + good[1], 8},
		"version 1, a line less": {`{"hawser":"snapshot","version":1}` + "\n" + strings.Join(good[1:4], ""), 4},
		"an entity first":        {good[0] + good[2], 2},
		"an unknown field":       {good[0] + good[1] + `{"entity":{"kind":"a","key":"b","color":"red"}}` + "\n", 3},
		"an unknown facet":       {good[0] + `{"cell":{"facet":"iam.usres","status":"ok"}}` + "\n", 2},
		"an unknown status":      {good[0] + `{"cell":{"facet":"iam.users","status":"fine"}}` + "\n", 2},
		"an unknown kind":        {good[0] + good[1] + `{"entity":{"kind":"iam.usr","key":"b"}}` + "\n", 3},
		"an unknown relation":    {good[0] + good[1] + `{"edge":{"from":{"kind":"iam.user","key":"a"},"relation":"likes","to":{"kind":"iam.user","key":"b"}}}` + "\n", 3},
		"an edge to a kind":      {good[0] + good[1] + `{"edge":{"from":{"kind":"iam.user","key":"a"},"relation":"is","to":{"kind":"cat","key":"b"}}}` + "\n", 3},
		"two in one":             {good[0] + `{"cell":{"facet":"a","status":"ok"},"entity":{"kind":"a","key":"b"}}` + "\n", 2},
		"cut off":                {good[0] + good[1] + good[2][:len(good[2])/2], 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := snapshot.NewDecoder(strings.NewReader(tt.text))
			for err == nil {
				_, _, err = d.Next()
			}
			if f := fault.From(err); errors.Is(err, io.EOF) || !errors.Is(err, fault.Invalid) || f.Line != tt.line {
				t.Errorf("%v, line %d", err, f.Line)
			}
		})
	}
}

// A file of version 1 has no last line. It does not tell how old a gap's contents are.
func TestVersion1(t *testing.T) {
	lines := strings.SplitAfter(string(encoded(t)), "\n")
	old := strings.Replace(lines[0], `"version":3`, `"version":1`, 1) + strings.Join(lines[1:5], "") +
		`{"cell":{"account":"111122223333","facet":"sso.users","status":"denied","calls":0,"took":0,"seen":0}}` + "\n"
	if err := snapshot.Check(strings.NewReader(old)); err != nil {
		t.Fatal(err)
	}
	d, err := snapshot.NewDecoder(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		o, _, err := d.Next()
		if err != nil || o.Facet == "sso.users" && !o.AsOf.IsZero() {
			t.Errorf("%+v, %v", o, err)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add(encoded(f))
	f.Add([]byte(`{"hawser":"snapshot","version":1}` + "\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := snapshot.NewDecoder(bytes.NewReader(text))
		for err == nil {
			var b *snapshot.Batch
			if _, b, err = d.Next(); err == nil {
				for _, p := range b.Parts {
					if p.Key == "" || len(p.Body) > 0 && !json.Valid(p.Body) {
						t.Fatalf("%+v", p)
					}
				}
			}
		}
	})
}
