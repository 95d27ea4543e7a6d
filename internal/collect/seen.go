package collect

import (
	"sync"

	"github.com/hawser/hawser/internal/snapshot"
)

// seen is what was read of a place in this run. It is safe for concurrent use;
// a batch is not changed once it is in.
type seen struct {
	mu      sync.RWMutex
	batches map[snapshot.Facet]*snapshot.Batch
	errs    map[snapshot.Facet]error
}

func newSeen() *seen {
	return &seen{batches: map[snapshot.Facet]*snapshot.Batch{}, errs: map[snapshot.Facet]error{}}
}

// of is what was read of a facet; empty where it was not read.
func (s *seen) of(f snapshot.Facet) *snapshot.Batch {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.batches[f]; b != nil {
		return b
	}
	return &snapshot.Batch{}
}

// read tells whether a facet was read whole.
func (s *seen) read(f snapshot.Facet) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.batches[f] != nil
}

// why is why a facet was not read; nil where nobody tried.
func (s *seen) why(f snapshot.Facet) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.errs[f]
}

func (s *seen) put(f snapshot.Facet, b *snapshot.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches[f] = b
	delete(s.errs, f)
}

func (s *seen) fail(f snapshot.Facet, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs[f] = err
}
