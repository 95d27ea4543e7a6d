package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"iter"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Digest is the SHA-256 of a body as it is stored; zero for no body. Equal
// bodies have equal digests, so that what is made of one is made once.
type Digest [sha256.Size]byte

// digestOf returns a body's digest.
func digestOf(body json.RawMessage) Digest {
	if len(body) == 0 {
		return Digest{}
	}
	return sha256.Sum256(body)
}

// ScannedEdge is an edge with the digest of its body.
type ScannedEdge struct {
	snapshot.Edge
	Digest Digest
}

// Scan yields the edges of one relation that were read in an account, as of a
// run; run 0 is now. They come in the order of From, To and Digest, IDs ordered by
// kind and key. An edge that several cells hold with the same body comes once.
//
// All rows are of one state of the database. Memory does not grow with their
// number. The loop's body may use the store, and may scan. An error is the last
// that is yielded.
func (s *Store) Scan(ctx context.Context, account string, relation snapshot.Relation, run snapshot.RunID) iter.Seq2[ScannedEdge, error] {
	code := codeOf(relation)
	if code == 0 {
		return func(yield func(ScannedEdge, error) bool) {
			yield(ScannedEdge{}, fault.New(fault.Internal, "the store has no code for the relation %q", relation))
		}
	}
	read := func(scan db.Scan) (ScannedEdge, error) {
		e := ScannedEdge{Edge: snapshot.Edge{Relation: relation}}
		var hash []byte
		var body string
		err := scan(&e.From.Kind, &e.From.Key, &e.To.Kind, &e.To.Key, &hash, &body)
		copy(e.Digest[:], hash)
		e.Body = object(body)
		return e, err
	}
	// CROSS JOIN keeps SQLite from beginning with all nodes, whose index has the
	// order that is wanted.
	rows := db.Stream(ctx, s.db, read, `SELECT f.kind, f.key, t.kind, t.key, b.hash, COALESCE(b.data, '')
		FROM cell c CROSS JOIN edge e CROSS JOIN node f CROSS JOIN node t LEFT JOIN body b ON b.id = e.body
		WHERE c.account = ? AND e.cell = c.id AND e.relation = ? AND `+present("e")+` AND f.id = e.source AND t.id = e.target
		ORDER BY f.kind, f.key, t.kind, t.key, b.hash NULLS FIRST`, account, code, at(run), at(run))
	return once(rows)
}

// once leaves out edges that are as the one before.
func once(edges iter.Seq2[ScannedEdge, error]) iter.Seq2[ScannedEdge, error] {
	return func(yield func(ScannedEdge, error) bool) {
		var last ScannedEdge
		for e, err := range edges {
			if err == nil && e.From == last.From && e.To == last.To && e.Digest == last.Digest {
				continue
			}
			if last = e; !yield(e, err) {
				return
			}
		}
	}
}
