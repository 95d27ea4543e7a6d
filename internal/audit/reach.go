package audit

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Reach gathers the AWS accounts that a call reaches, and whether it sent them
// anything that can change something. It is safe for concurrent use.
type Reach struct {
	mu       sync.Mutex
	accounts map[string]struct{}
	wrote    bool
}

type reachKey struct{}

// WithReach gives a context whose calls of AWS note the accounts that they
// reach.
func WithReach(ctx context.Context) (context.Context, *Reach) {
	r := &Reach{accounts: map[string]struct{}{}}
	return context.WithValue(ctx, reachKey{}, r), r
}

// ReachOf is the Reach of a context, or nil.
func ReachOf(ctx context.Context) *Reach {
	r, _ := ctx.Value(reachKey{}).(*Reach)
	return r
}

// Note adds an account. A nil Reach takes none.
func (r *Reach) Note(account string) {
	if r == nil || account == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accounts[account] = struct{}{}
}

// NoteWrite notes that a request which can change something was sent. A nil Reach
// notes nothing.
func (r *Reach) NoteWrite() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrote = true
}

// Wrote reports whether NoteWrite was called.
func (r *Reach) Wrote() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wrote
}

// Accounts lists what was noted, sorted.
func (r *Reach) Accounts() []string {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.accounts))
}
