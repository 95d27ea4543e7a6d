package rds_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	simrds "github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// dataCalls are the calls of the Data API that were received.
type dataCalls struct{ Begin, Execute, Batch, Rollback int64 }

func dataCallsOf(sim *simtest.Sim) dataCalls {
	return dataCalls{
		sim.Count("rds-data:BeginTransaction"), sim.Count("rds-data:ExecuteStatement"),
		sim.Count("rds-data:BatchExecuteStatement"), sim.Count("rds-data:RollbackTransaction"),
	}
}

// onMySQL is the rig's second cluster.
func (q *queryRig) onMySQL(t *testing.T) {
	t.Helper()
	q.cluster = toolboxtest.AddCluster(t, q.sim, "eu-west-1", "mine", "aurora-mysql")
	if err := simrds.SeedDatabase(q.sim.World, q.cluster, "shop", "CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT)"); err != nil {
		t.Fatal(err)
	}
}

func TestReadsRunInAReadOnlyTransaction(t *testing.T) {
	deny := func(action string) func(*testing.T, *queryRig) {
		return func(t *testing.T, q *queryRig) {
			toolboxtest.InstallFault(t, q.sim, awssim.Fault{Service: "rds-data", Action: action, Effect: awssim.DenyAccess})
		}
	}
	sets := map[string]any{"parameter_sets": []any{map[string]any{"id": 1}, map[string]any{"id": 2}}}
	tests := map[string]struct {
		prepare       func(*testing.T, *queryRig)
		sql           string
		more          map[string]any
		held          any
		first, second dataCalls // of the call, and of its repetition
	}{
		"PostgreSQL": {
			sql: "SELECT id FROM people", held: "transaction",
			first: dataCalls{Begin: 1, Execute: 2, Rollback: 1}, second: dataCalls{Begin: 1, Execute: 2, Rollback: 1},
		},
		"sets of parameters": {
			sql: "SELECT id FROM people WHERE id = :id", more: sets, held: "transaction",
			first: dataCalls{Begin: 1, Execute: 1, Batch: 1, Rollback: 1}, second: dataCalls{Begin: 1, Execute: 1, Batch: 1, Rollback: 1},
		},
		"MySQL": {
			prepare: func(t *testing.T, q *queryRig) { t.Helper(); q.onMySQL(t) },
			sql:     "SELECT id FROM people", held: "statement",
			first: dataCalls{Begin: 1, Execute: 2, Rollback: 1}, second: dataCalls{Execute: 1},
		},
		"may not begin": {
			prepare: deny("BeginTransaction"), sql: "SELECT id FROM people", held: "statement",
			first: dataCalls{Begin: 1, Execute: 1}, second: dataCalls{Execute: 1},
		},
		"may not end": {
			prepare: deny("RollbackTransaction"), sql: "SELECT id FROM people", held: "transaction",
			first: dataCalls{Begin: 1, Execute: 2, Rollback: 1}, second: dataCalls{Execute: 1},
		},
		"a write": {
			sql: "UPDATE people SET name = 'x'", held: nil,
			first: dataCalls{Execute: 1}, second: dataCalls{Execute: 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := newQueryRig(t)
			if tt.prepare != nil {
				tt.prepare(t, q)
			}
			for i, want := range []dataCalls{tt.first, tt.second} {
				before := dataCallsOf(q.sim)
				held := q.query(t, tt.sql, tt.more)["read_only"]
				after := dataCallsOf(q.sim)
				got := dataCalls{after.Begin - before.Begin, after.Execute - before.Execute, after.Batch - before.Batch, after.Rollback - before.Rollback}
				if i == 0 && held != tt.held {
					t.Errorf("read_only is %v, want %v", held, tt.held)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("call %d: %s", i+1, diff)
				}
			}
		})
	}
}

// TestWhatTheTextDoesNotShowRunsOnlyWhereTheDatabaseHolds: for PostgreSQL dotted
// names, operators and types may be calls.
func TestWhatTheTextDoesNotShowRunsOnlyWhereTheDatabaseHolds(t *testing.T) {
	for _, sql := range []string{"SELECT people.id FROM people", "SELECT `id` FROM people", "SELECT CAST(id AS mytype) FROM people", "SELECT id ||-1 FROM people"} {
		t.Run(sql, func(t *testing.T) {
			q := newQueryRig(t)
			if got := q.query(t, sql, nil); got["read_only"] != "transaction" {
				t.Errorf("PostgreSQL: %v", got)
			}
			toolboxtest.InstallFault(t, q.sim, awssim.Fault{Service: "rds-data", Action: "BeginTransaction", Effect: awssim.DenyAccess})
			for range 2 { // the second call knows of the denial
				before := dataCallsOf(q.sim).Execute
				if _, err := q.Try(t.Context(), "rds.query", q.input(sql, nil)); !errors.Is(err, fault.Refused) {
					t.Errorf("denied: %v", err)
				}
				if after := dataCallsOf(q.sim).Execute; after != before {
					t.Errorf("%d statements ran", after-before)
				}
			}
			q.sim.ClearFaults()
			q.onMySQL(t)
			for range 2 {
				if got := q.query(t, sql, nil); got["read_only"] != "statement" {
					t.Errorf("MySQL: %v", got)
				}
			}
		})
	}
}

// TestAFailureToBeginIsNoProof: what may pass is not worked around and not
// remembered.
func TestAFailureToBeginIsNoProof(t *testing.T) {
	q := newQueryRig(t)
	toolboxtest.InstallFault(t, q.sim, awssim.Fault{Service: "rds-data", Action: "BeginTransaction", Effect: awssim.Fail503})
	if _, err := q.Try(t.Context(), "rds.query", q.input("SELECT 1", nil)); !errors.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	q.sim.ClearFaults()
	if got := q.query(t, "SELECT 1", nil); got["read_only"] != "transaction" {
		t.Errorf("%v", got)
	}
}

// TestATransactionEndsWithACanceledCall: the caller goes away while the
// statement runs.
func TestATransactionEndsWithACanceledCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{}, 1)
	executed := 0
	r, sim := toolboxtest.OnHookedSim(t, func(_ http.ResponseWriter, req *http.Request) bool {
		switch req.URL.Path {
		case "/Execute":
			if executed++; executed == 2 {
				_, _ = io.Copy(io.Discard, req.Body) // the server sees the caller go only then
				cancel()
				<-req.Context().Done()
				return true
			}
		case "/RollbackTransaction":
			ended <- struct{}{}
		}
		return false
	})
	q := &queryRig{Rig: r, sim: sim, cluster: toolboxtest.AddCluster(t, sim, "eu-west-1", "shop", "aurora-postgresql")}
	q.login = secretsmanager.Put(sim.World, simtest.Account, "eu-west-1", "shop", "{}")
	if _, err := q.Try(ctx, "rds.query", q.input("SELECT 1", nil)); !errors.Is(err, fault.Canceled) {
		t.Fatalf("%v", err)
	}
	<-ended
}

// TestASimulatorWithoutTransactions: some services in the Data API's place
// know no transactions.
func TestASimulatorWithoutTransactions(t *testing.T) {
	r, sim := toolboxtest.OnHookedSim(t, func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path == "/BeginTransaction" {
			http.NotFound(w, req)
		}
		return req.URL.Path == "/BeginTransaction"
	})
	q := &queryRig{Rig: r, sim: sim, cluster: toolboxtest.AddCluster(t, sim, "eu-west-1", "shop", "aurora-postgresql")}
	q.login = secretsmanager.Put(sim.World, simtest.Account, "eu-west-1", "shop", "{}")
	if got := q.query(t, "SELECT 1", nil); got["read_only"] != "statement" {
		t.Errorf("%v", got)
	}
}
