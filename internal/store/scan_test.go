package store_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

var (
	scanAccounts  = []string{account, "444455556666"}
	scanRelations = []snapshot.Relation{snapshot.MemberOf, snapshot.Attached, snapshot.MayAssume}
)

// scanned writes each edge of a scan as a line.
func scanned(t *testing.T, b *writer, account string, r snapshot.Relation, run snapshot.RunID) []string {
	t.Helper()
	lines := []string{}
	for e, err := range b.Scan(t.Context(), account, r, run) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Relation != r {
			t.Errorf("a scan of %s has %+v", r, e)
		}
		lines = append(lines, edgeLine(e.From, e.To, string(e.Body), e.Digest))
	}
	return lines
}

func edgeLine(from, to snapshot.ID, body string, d store.Digest) string {
	return fmt.Sprintf("%s > %s %s %x", from, to, body, d)
}

// history is six runs of two connections that read the same accounts. Edges
// come, go, come again, change their bodies, and stand in several cells.
func history(t *testing.T, b *writer) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ids := []snapshot.ID{user("Z"), user("a"), user("é"), user("a/b"), group("a"), policyID("x"), {Kind: snapshot.Role, Key: "a"}, {Kind: snapshot.External, Key: "*"}}
	bodies := []any{nil, nil, note{"one"}, note{"two ✓"}}
	for i := range 6 {
		run, err := b.Begin(t.Context(), []string{"main", "other"}[i%2], b.now.Add(time.Duration(i)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, account := range scanAccounts {
			for _, facet := range []snapshot.Facet{"iam.users", "iam.groups"} {
				batch := &snapshot.Batch{}
				for range 40 {
					batch.Link(ids[r.IntN(len(ids))], scanRelations[r.IntN(3)], ids[r.IntN(len(ids))], bodies[r.IntN(len(bodies))])
				}
				o := snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: facet}, Status: snapshot.OK}
				if _, _, err := b.Commit(t.Context(), run, o, batch, snapshot.Rules{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.end(run)
	}
}

// testScan holds scans of each account and relation, as of each run, against
// what the tables hold, as the test itself reads them.
func testScan(t *testing.T, b *writer) {
	history(t, b)
	rows := edgeRows(t, b)
	total := 0
	for _, account := range scanAccounts {
		for _, r := range scanRelations {
			for run := range snapshot.RunID(7) {
				got, want := scanned(t, b, account, r, run), expected(rows, account, r, run)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("%s of %s as of %d: %s", r, account, run, diff)
				}
				total += len(got)
			}
		}
	}
	if total < 1000 {
		t.Errorf("only %d edges were compared", total)
	}
}

// edgeRow is a row of the table of edges, as its columns have it.
type edgeRow struct {
	source, code, target, cell, body, first, gone int64
	account, data                                 string
	from, to                                      snapshot.ID
}

// edgeRows reads whole tables, without conditions, and joins them itself.
func edgeRows(t *testing.T, b *writer) []edgeRow {
	t.Helper()
	nodes, accounts, bodies := map[int64]snapshot.ID{}, map[int64]string{}, map[int64]string{}
	read := func(query string, row func(db.Scan) error) {
		t.Helper()
		if err := b.DB().Each(t.Context(), row, query); err != nil {
			t.Fatal(err)
		}
	}
	read("SELECT id, kind, key FROM node", func(scan db.Scan) error {
		var n int64
		var id snapshot.ID
		err := scan(&n, &id.Kind, &id.Key)
		nodes[n] = id
		return err
	})
	text := func(into map[int64]string) func(db.Scan) error {
		return func(scan db.Scan) error {
			var n int64
			var s string
			err := scan(&n, &s)
			into[n] = s
			return err
		}
	}
	read("SELECT id, account FROM cell", text(accounts))
	read("SELECT id, data FROM body", text(bodies))
	var rows []edgeRow
	read("SELECT source, relation, target, cell, body, first_run, gone_run FROM edge", func(scan db.Scan) error {
		var e edgeRow
		err := scan(&e.source, &e.code, &e.target, &e.cell, &e.body, &e.first, &e.gone)
		e.from, e.to, e.account, e.data = nodes[e.source], nodes[e.target], accounts[e.cell], bodies[e.body]
		rows = append(rows, e)
		return err
	})
	return rows
}

// expected are the lines of a scan, sorted and without those that are equal.
func expected(rows []edgeRow, account string, r snapshot.Relation, run snapshot.RunID) []string {
	codes := map[snapshot.Relation]int64{snapshot.MemberOf: 1, snapshot.Attached: 2, snapshot.MayAssume: 4}
	rows = slices.DeleteFunc(slices.Clone(rows), func(e edgeRow) bool {
		then := e.first <= int64(run) && int64(run) < e.gone
		if run == 0 {
			then = e.gone == 1<<63-1
		}
		return !then || e.account != account || e.code != codes[r]
	})
	digest := func(e edgeRow) (d store.Digest) {
		if e.data != "" {
			d = sha256.Sum256([]byte(e.data))
		}
		return d
	}
	slices.SortFunc(rows, func(a, b edgeRow) int {
		da, db := digest(a), digest(b)
		return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to), strings.Compare(string(da[:]), string(db[:])))
	})
	lines := []string{}
	for _, e := range rows {
		lines = append(lines, edgeLine(e.from, e.to, e.data, digest(e)))
	}
	return slices.Compact(lines)
}

// testScanAgainstSnapshots holds scans against the snapshots of both
// connections, cell by cell, as they travel in files.
func testScanAgainstSnapshots(t *testing.T, b *writer) {
	history(t, b)
	for run := range snapshot.RunID(7) {
		want := map[string]bool{}
		for _, connection := range []string{"main", "other"} {
			err := b.Cells(t.Context(), connection, run, func(o snapshot.Outcome, batch *snapshot.Batch) error {
				for _, e := range batch.Edges {
					want[fmt.Sprint(o.Account, e.Relation, e.From, e.To, string(e.Body))] = true
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]bool{}
		for _, account := range scanAccounts {
			for _, r := range scanRelations {
				for e, err := range b.Scan(t.Context(), account, r, run) {
					if err != nil {
						t.Fatal(err)
					}
					got[fmt.Sprint(account, e.Relation, e.From, e.To, string(e.Body))] = true
				}
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("as of %d: %s", run, diff)
		}
	}
}

// testScanEnds breaks off, scans within a scan, cancels, and asks for what there
// is not.
func testScanEnds(t *testing.T, b *writer) {
	history(t, b)
	for range b.Scan(t.Context(), account, snapshot.MemberOf, 0) {
		for range b.Scan(t.Context(), account, snapshot.Attached, 1) {
			b.sync("iam.roles", users("ada", ""))
			break
		}
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range b.Scan(ctx, account, snapshot.MemberOf, 0) {
		if !errors.Is(err, fault.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	for _, err := range b.Scan(t.Context(), account, "likes", 0) {
		if !errors.Is(err, fault.Internal) {
			t.Errorf("got %v", err)
		}
	}
	if none := scanned(t, b, "999999999999", snapshot.MemberOf, 0); len(none) > 0 {
		t.Errorf("an account that was not read: %v", none)
	}
}
