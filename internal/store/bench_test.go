package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/db/dbtest"
	"github.com/hawser/hawser/internal/snapshot"
)

// edgesInAll is how many edges the benchmark loads: HAWSER_EDGES, or few.
func edgesInAll(b *testing.B) int {
	b.Helper()
	text := os.Getenv("HAWSER_EDGES")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkManyEdges loads edges, account by account, and then asks for the
// grants of one principal and one entitlement, for one entity, for all edges of
// one account, and for what an unchanged account's commit takes. make bench-store
// loads ten million.
func BenchmarkManyEdges(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { manyEdges(b, filepath.Join(b.TempDir(), "hawser.db")) })
	b.Run("postgres", func(b *testing.B) { manyEdges(b, dbtest.Postgres(b)) })
}

const edgesEach = 10_000 // of an account: 1,000 users in 10 groups each

func manyEdges(b *testing.B, location string) {
	s := open(b, location)
	accounts := max(1, edgesInAll(b)/edgesEach)
	run, err := s.Begin(b.Context(), "bench", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	commit := func(account int) {
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: number(account), Facet: "iam.users"}, Status: snapshot.OK}
		if _, _, err := s.Commit(b.Context(), run, o, benchBatch(account), snapshot.Rules{}); err != nil {
			b.Fatal(err)
		}
	}
	begun := time.Now()
	for a := range accounts {
		commit(a)
	}
	load := time.Since(begun)
	for b.Loop() {
		commit(rand.IntN(accounts))
	}
	b.ReportMetric(float64(accounts*edgesEach)/load.Seconds(), "edges/s")
	b.ReportMetric(load.Seconds(), "load-s")
	asked := func(name string, ask func() error) {
		var took []time.Duration
		for range 200 {
			begun := time.Now()
			if err := ask(); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[100].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(took[198].Microseconds())/1000, name+"-p99-ms")
	}
	some := func() (int, int) { return rand.IntN(accounts), rand.IntN(1000) }
	asked("principal", func() error {
		a, u := some()
		_, err := s.Grants(b.Context(), snapshot.GrantFilter{Principal: benchUser(a, u), Limit: 100})
		return err
	})
	asked("entitlement", func() error {
		a, u := some()
		_, err := s.Grants(b.Context(), snapshot.GrantFilter{Entitlement: benchGroup(a, u), Limit: 100})
		return err
	})
	asked("entity", func() error {
		a, u := some()
		_, err := s.Entity(b.Context(), benchUser(a, u), 0)
		return err
	})
	for name, at := range map[string]snapshot.RunID{"scan": 0, "scan-past": run} {
		asked(name, func() error {
			a, _ := some()
			n := 0
			for _, err := range s.Scan(b.Context(), number(a), snapshot.MemberOf, at) {
				if err != nil {
					return err
				}
				n++
			}
			if n != edgesEach {
				return fmt.Errorf("%d edges of account %d", n, a)
			}
			return nil
		})
	}
}

func number(account int) string { return fmt.Sprintf("%012d", account) }

func benchUser(account, n int) snapshot.ID {
	return snapshot.ID{Kind: snapshot.User, Key: fmt.Sprintf("arn:aws:iam::%012d:user/people/user-%d", account, n)}
}

func benchGroup(account, n int) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Group, Key: fmt.Sprintf("arn:aws:iam::%012d:group/group-%d", account, n)}
}

func benchBatch(account int) *snapshot.Batch {
	b := &snapshot.Batch{}
	for u := range edgesEach / 10 {
		id := benchUser(account, u)
		b.Add(id, number(account), fmt.Sprintf("user-%d", u), snapshot.PrincipalBody{ID: fmt.Sprintf("AIDA%d", u), Path: "/people/"})
		for g := range 10 {
			b.Link(id, snapshot.MemberOf, benchGroup(account, (u+g*100)%1000), nil)
		}
	}
	return b
}
