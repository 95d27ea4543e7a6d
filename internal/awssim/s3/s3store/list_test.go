package s3store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListing holds pages against a model that looks at every key.
func TestListing(t *testing.T) {
	s, b := newStore(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := map[string]bool{}
	for round := range 300 {
		for range 5 {
			key := randomKey(rnd)
			if rnd.IntN(3) == 0 {
				if _, err := b.Delete(Deletion{Key: key}); err != nil {
					t.Fatal(err)
				}
				delete(keys, key)
				continue
			}
			put(t, s, b, key, "")
			keys[key] = true
		}
		if round == 150 {
			if err := b.SetVersioning(Enabled); err != nil {
				t.Fatal(err)
			}
		}
		q := Query{Prefix: randomKey(rnd)[:rnd.IntN(2)], Max: 1 + rnd.IntN(7)}
		q.Delimiter = []string{"", "/", "a", "/b"}[rnd.IntN(4)]
		if rnd.IntN(2) == 0 {
			q.After = randomKey(rnd)
		}
		if diff := cmp.Diff(naive(keys, q), pages(t, b, q)); diff != "" {
			t.Fatalf("round %d, %+v (-want +got):\n%s", round, q, diff)
		}
	}
}

func randomKey(rnd *rand.Rand) string {
	var key strings.Builder
	for range 1 + rnd.IntN(5) {
		key.WriteString([]string{"a", "b", "/", "é", "~", "//"}[rnd.IntN(6)])
	}
	return key.String()
}

// naive gives all lines of a listing.
func naive(keys map[string]bool, q Query) []string {
	lines := []string{}
	for key := range keys {
		rest, ok := strings.CutPrefix(key, q.Prefix)
		if !ok {
			continue
		}
		if head, _, ok := strings.Cut(rest, q.Delimiter); ok && q.Delimiter != "" {
			key = q.Prefix + head + q.Delimiter
		}
		if key > q.After {
			lines = append(lines, key)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// pages collects the lines of all pages.
func pages(t *testing.T, b *Bucket, q Query) []string {
	t.Helper()
	lines := []string{}
	for {
		page := b.List(q)
		got := slices.Clone(page.Prefixes)
		for _, o := range page.Items {
			got = append(got, o.Key)
		}
		slices.Sort(got)
		if len(got) > q.Max || page.Truncated && len(got) < q.Max {
			t.Fatalf("%d lines on a page of %d, truncated %v", len(got), q.Max, page.Truncated)
		}
		lines = append(lines, got...)
		if !page.Truncated {
			return lines
		}
		q.After = page.Next
	}
}

// byPages reads a listing to its end, a line for each item.
func byPages[T any](limit int, list func(Query) Page[T], line func(T) string) (lines []string) {
	for q := (Query{Max: limit}); ; {
		page := list(q)
		for _, item := range page.Items {
			lines = append(lines, line(item))
		}
		if !page.Truncated {
			return lines
		}
		q.After, q.AfterID = page.Next, page.NextID
	}
}

func TestListingVersionsByPages(t *testing.T) {
	s, b := newStore(t)
	if err := b.SetVersioning(Enabled); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, key := range []string{"a", "b/1", "b/2", "c"} {
		var versions []string
		for range 3 {
			versions = append(versions, key+" "+put(t, s, b, key, "x").VersionID)
		}
		slices.Reverse(versions)
		want = append(want, versions...)
	}
	for limit := 1; limit <= 13; limit++ {
		got := byPages(limit, b.ListVersions, func(v Version) string { return v.Key + " " + v.VersionID })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	page := b.ListVersions(Query{Delimiter: "/", Max: 100})
	if !slices.Equal(page.Prefixes, []string{"b/"}) || len(page.Items) != 6 {
		t.Errorf("rolled up: %d items, prefixes %q", len(page.Items), page.Prefixes)
	}
}

func TestListingUploadsByPages(t *testing.T) {
	_, b := newStore(t)
	var want []string
	for _, key := range []string{"a", "a", "b/1", "b/2", "c"} {
		if _, err := b.CreateUpload(Object{Key: key}, "", "", false); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range b.sortedUploads() {
		want = append(want, u.Key+" "+u.ID)
	}
	for limit := 1; limit <= 6; limit++ {
		got := byPages(limit, b.ListUploads, func(u *Upload) string { return u.Key + " " + u.ID })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	page := b.ListUploads(Query{Delimiter: "/", Max: 2})
	if len(page.Items) != 2 || !page.Truncated {
		t.Errorf("first page: %d, truncated %v", len(page.Items), page.Truncated)
	}
	page = b.ListUploads(Query{Delimiter: "/", Max: 2, After: page.Next, AfterID: page.NextID})
	if !slices.Equal(page.Prefixes, []string{"b/"}) || len(page.Items) != 1 || page.Truncated {
		t.Errorf("second page: %+v", page)
	}
}

func BenchmarkListing(b *testing.B) {
	s, bucket := newStore(b)
	for i := range 100_000 {
		put(b, s, bucket, fmt.Sprintf("folder-%d/key-%d", i%100, i), "")
	}
	for b.Loop() {
		if n := len(bucket.List(Query{Delimiter: "/", Max: 1000}).Prefixes); n != 100 {
			b.Fatal(n)
		}
	}
}
