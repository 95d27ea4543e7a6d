package collect

import (
	"context"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/snapshot"
)

// Size is how large a scope is, for predicting calls.
type Size struct {
	// New is set if the store has nothing of it yet.
	New     bool
	Options Options
	// Late is how many users there are whom the account's credential report does not know.
	Late   int
	counts map[snapshot.Kind]int
}

// Of returns how many entities of a kind there are.
func (s Size) Of(k snapshot.Kind) int { return s.counts[k] }

// Set sets how many entities of a kind there are.
func (s Size) Set(k snapshot.Kind, n int) { s.counts[k] = n }

// total counts all entities.
func (s Size) total() (n int) {
	for _, of := range s.counts {
		n += of
	}
	return n
}

// sized returns the size of what the store has; nil if it has nothing.
func (r *run) sized(counts map[snapshot.Kind]int) Size {
	if counts == nil {
		return Size{New: true, Options: r.options, counts: map[snapshot.Kind]int{}}
	}
	return Size{Options: r.options, counts: counts}
}

// sizes counts what the store has by account; "" is the organization and
// Identity Center.
func (r *run) sizes(ctx context.Context) (map[string]Size, error) {
	counts, err := r.store.Counts(ctx, r.home.Connection)
	if err != nil {
		return nil, err
	}
	known := map[string]Size{}
	for _, c := range counts {
		scope, ok := r.scopeOf(c.Kind)
		if !ok {
			continue
		}
		account := c.Account
		if scope == Organization || scope == IdentityCenter {
			account = ""
		}
		s, found := known[account]
		if !found {
			s = r.sized(map[snapshot.Kind]int{})
			known[account] = s
		}
		s.counts[c.Kind] += c.N
	}
	return known, nil
}

// scopeOf returns the scope of the service that counts a kind; ok is false if
// none does.
func (r *run) scopeOf(k snapshot.Kind) (scope Scope, ok bool) {
	for _, s := range r.services {
		if slices.Contains(s.Kinds, k) {
			return s.Scope, true
		}
	}
	return 0, false
}

// largest returns the size of the largest account.
func (r *run) largest(known map[string]Size) Size {
	size := r.sized(nil)
	for account, s := range known {
		if account != "" && s.total() > size.total() {
			size = s
		}
	}
	return size
}

// planned reports whether Plan reads any of the service's sources to count.
func (s Service) planned(size Size, o Options) bool {
	return slices.ContainsFunc(s.Sources, func(source Source) bool { return source.Planned != nil && source.Planned(size, o) })
}

// measure reads the service's sources that Plan reads to count, as far as
// permitted, and asks for the other sizes. It reports whether all sizes are known
// then.
func (r *run) measure(ctx Context, s Service, size *Size) bool {
	before := *size
	before.counts = maps.Clone(size.counts)
	found := map[snapshot.Kind]int{}
	for _, source := range s.Sources {
		if source.Planned == nil || !source.Planned(before, r.options) {
			continue
		}
		r.try(ctx, source)
		for _, p := range ctx.IfRead(source.Methods[0].Facets[0]).Parts {
			if p.Main {
				found[p.Kind]++
			}
		}
	}
	for kind, n := range found {
		size.Set(kind, n)
	}
	if s.Size == nil {
		return true
	}
	measured, ok := s.Size(ctx, *size)
	*size = measured
	return ok
}

// knownSize adds to the size of an account what its snapshot tells.
func (r *run) knownSize(ctx context.Context, account string, size Size) (Size, error) {
	there := r.context(ctx, r.home, "", newResults())
	there.Account = account
	for _, s := range r.in(AccountScope) {
		if s.Known == nil {
			continue
		}
		var err error
		if size, err = s.Known(there, size); err != nil {
			return size, err
		}
	}
	return size, nil
}

// askSize asks how large an account is that the store does not know.
func (r *run) askSize(ctx context.Context, session *awsapi.Session) (Size, bool) {
	size := r.sized(nil)
	all := true
	for _, s := range r.in(AccountScope) {
		if s.Size != nil {
			var ok bool
			size, ok = s.Size(r.context(ctx, session, "", newResults()), size)
			all = all && ok
		}
	}
	return size, all
}
