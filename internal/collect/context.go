package collect

import (
	"context"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/snapshot"
)

// Context is what a method gets: where to read, and what is known already.
type Context struct {
	context.Context
	Session *awsapi.Session
	Account string
	Region  string // of the service, empty if it has none
	Options Options
	// Self is who reads the account.
	Self Self
	run  *run
	// results are what other sources of the scope read in this run.
	results *results
	// lacking notes that a method went on from a facet that was not read.
	lacking *lacking
	// barred are the facets that are read at the same time, and that the source does
	// not name among those that it goes on from.
	barred map[snapshot.Facet]bool
}

// Self is an identity with which Hawser reads: its ARN, and the IDs of the access keys
// that it uses.
type Self struct {
	ARN  string
	Keys []string
}

// self returns who reads through a session, as far as AWS says it. The error says why
// there are no credentials for it: its role can't be assumed.
func self(ctx context.Context, s *awsapi.Session) (Self, error) {
	if _, err := s.Config().Credentials.Retrieve(ctx); err != nil {
		return Self{}, err
	}
	own := Self{Keys: s.KeyIDs(ctx)}
	if identity, err := s.Identity(ctx); err == nil {
		own.ARN = identity.ARN
	}
	return own, nil
}

// context returns the context of reading through a session.
func (r *run) context(ctx context.Context, s *awsapi.Session, region string, results *results) Context {
	return Context{Context: ctx, Session: s, Account: s.Account, Region: region, Options: r.options, run: r, results: results}
}

// With returns the context with another below.
func (ctx Context) With(inner context.Context) Context {
	ctx.Context = inner
	return ctx
}

// In returns the context of the same account in a region.
func (ctx Context) In(region string) (Context, error) {
	s, err := ctx.run.sessions.Session(ctx, awsapi.Target{Connection: ctx.Session.Connection, Account: ctx.Account, Region: region})
	ctx.Session, ctx.Region = s, region
	return ctx, err
}

// Batch returns what this run read of a facet, for a method that can't do without
// it. If the facet was not read, the batch is empty, and nothing that the method
// reads counts as read. If it was read but for a part, Missing tells of that.
func (ctx Context) Batch(f snapshot.Facet) *snapshot.Batch {
	if !ctx.readPartly(f) {
		ctx.lacking.note(f)
	}
	return ctx.IfRead(f)
}

// IfRead returns what this run read of a facet, for a method that can do without
// it. It is empty where the facet was not read.
func (ctx Context) IfRead(f snapshot.Facet) *snapshot.Batch {
	if ctx.bars(f) {
		return &snapshot.Batch{}
	}
	return ctx.results.batch(f)
}

// bars reports whether a source may not go on from a facet. What it reads does not
// count then.
func (ctx Context) bars(f snapshot.Facet) bool {
	if ctx.barred[f] {
		ctx.lacking.note(f)
	}
	return ctx.barred[f]
}

// AsOf returns when what this run read of a facet was so, where that is before the
// run.
func (ctx Context) AsOf(f snapshot.Facet) time.Time { return ctx.results.time(f) }

// WasRead reports whether this run read a facet whole.
func (ctx Context) WasRead(f snapshot.Facet) bool { return !ctx.bars(f) && ctx.results.read(f) }

// readPartly reports whether this run read a facet, whole or but for a part.
func (ctx Context) readPartly(f snapshot.Facet) bool {
	return !ctx.bars(f) && ctx.results.readPartly(f)
}

// Missing returns the part of a facet that this run could not read, although it read
// the others; nil if there is none.
func (ctx Context) Missing(f snapshot.Facet) *Unread { return ctx.results.missing(f) }

// Why returns why a facet was not read; nil if it was read, or if nobody tried.
func (ctx Context) Why(f snapshot.Facet) error { return ctx.results.why(f) }

// Now returns the time by the run's clock.
func (ctx Context) Now() time.Time { return ctx.Options.now() }

// Sleep waits for a time divided by the options' Speed.
func (ctx Context) Sleep(d time.Duration) error {
	timer := time.NewTimer(ctx.Options.scaled(d))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Each calls do for each entity of a filter that the connection's snapshot has now.
func (ctx Context) Each(f snapshot.Filter, do func(snapshot.Seen) error) error {
	f.Connection = ctx.Options.Connection
	for e, err := range snapshot.All(ctx, ctx.run.store, f) {
		if err != nil {
			return &storeError{err}
		}
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}

// lacking is a facet that a method needed, and that was not read.
type lacking struct {
	mu    sync.Mutex
	facet snapshot.Facet
}

func (l *lacking) note(f snapshot.Facet) {
	if l == nil {
		return // outside of a method
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facet = f
}

// err returns why what the method read does not count.
func (l *lacking) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.facet == "" {
		return nil
	}
	return NotRead(l.facet)
}
