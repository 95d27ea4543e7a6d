package collect

import (
	"sync"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// results are what this run read of an account, or of the organization and
// Identity Center. They are safe for concurrent use. The store sorts a batch when
// its cell is committed; a source that goes on from it waits until then.
type results struct {
	mu      sync.RWMutex
	batches map[snapshot.Facet]*snapshot.Batch
	errs    map[snapshot.Facet]error
	asOf    map[snapshot.Facet]time.Time
	unread  map[snapshot.Facet]*Unread
}

func newResults() *results {
	return &results{
		batches: map[snapshot.Facet]*snapshot.Batch{}, errs: map[snapshot.Facet]error{}, asOf: map[snapshot.Facet]time.Time{}, unread: map[snapshot.Facet]*Unread{},
	}
}

// batch returns what was read of a facet; it is empty where the facet was not
// read.
func (s *results) batch(f snapshot.Facet) *snapshot.Batch {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.batches[f]; b != nil {
		return b
	}
	return &snapshot.Batch{}
}

// read reports whether a facet was read whole in this run.
func (s *results) read(f snapshot.Facet) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.batches[f] != nil && s.unread[f] == nil
}

// readPartly reports whether a facet was read in this run, whole or but for a part.
func (s *results) readPartly(f snapshot.Facet) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.batches[f] != nil
}

// missing returns the part of a facet that could not be read; nil if it was read whole.
func (s *results) missing(f snapshot.Facet) *Unread {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.unread[f]
}

// why returns why a facet was not read; nil if it was read, or if nobody tried.
func (s *results) why(f snapshot.Facet) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.errs[f]
}

// time returns when what was read of a facet was so; zero for now.
func (s *results) time(f snapshot.Facet) time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.asOf[f]
}

func (s *results) put(f snapshot.Facet, b *snapshot.Batch, asOf time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches[f], s.asOf[f] = b, asOf
	delete(s.errs, f)
	delete(s.unread, f)
}

// putPartly is put for a facet that was read but for a part.
func (s *results) putPartly(f snapshot.Facet, b *snapshot.Batch, asOf time.Time, u *Unread) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches[f], s.asOf[f], s.unread[f], s.errs[f] = b, asOf, u, u.Err
}

func (s *results) fail(f snapshot.Facet, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs[f] = err
}
