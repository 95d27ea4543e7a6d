package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// writer is a store with a short way of writing.
type writer struct {
	*store.Store
	t   *testing.T
	now time.Time
}

func user(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.User, Key: "arn:aws:iam::" + account + ":user/" + name}
}

func group(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Group, Key: "arn:aws:iam::" + account + ":group/" + name}
}

func policyID(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Policy, Key: "arn:aws:iam::aws:policy/" + name}
}

type note struct {
	Note string `json:"note,omitempty"`
}

// users is a batch of users, each with a note.
func users(noted ...string) *snapshot.Batch {
	b := &snapshot.Batch{}
	for i := 0; i < len(noted); i += 2 {
		b.Add(user(noted[i]), account, noted[i], note{noted[i+1]})
	}
	return b
}

func (b *writer) begin() snapshot.RunID {
	b.t.Helper()
	b.now = b.now.Add(time.Hour)
	run, err := b.Begin(b.t.Context(), "main", b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

func (b *writer) end(run snapshot.RunID) {
	b.t.Helper()
	if err := b.End(b.t.Context(), run, snapshot.Complete, "", b.now.Add(time.Minute)); err != nil {
		b.t.Fatal(err)
	}
}

func outcome(facet string, status snapshot.Status) snapshot.Outcome {
	return snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: snapshot.Facet(facet)}, Status: status, Calls: 1, Took: time.Second}
}

func (b *writer) commit(run snapshot.RunID, facet string, batch *snapshot.Batch) snapshot.Delta {
	b.t.Helper()
	_, delta, err := b.Commit(b.t.Context(), run, outcome(facet, snapshot.OK), batch, snapshot.Rules{})
	if err != nil {
		b.t.Fatal(err)
	}
	return delta
}

// sync is a whole run of one cell.
func (b *writer) sync(facet string, batch *snapshot.Batch) (snapshot.RunID, snapshot.Delta) {
	b.t.Helper()
	run := b.begin()
	delta := b.commit(run, facet, batch)
	b.end(run)
	return run, delta
}

// names are the users' names and notes as of a run.
func (b *writer) names(run snapshot.RunID) map[string]string {
	b.t.Helper()
	all, err := b.Entities(b.t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, At: run, Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range all {
		var n note
		if len(e.Body) > 0 {
			if err := json.Unmarshal(e.Body, &n); err != nil {
				b.t.Fatal(err)
			}
		}
		out[e.Name] = n.Note
	}
	return out
}
