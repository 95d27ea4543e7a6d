package collect

import (
	"context"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/snapshot"
)

// sourceReaders is how many sources of an account are read at the same time.
const sourceReaders = 4

// sources reads several sources at the same time, each as soon as those that it goes on
// from are stored, so that a slow one does not hold up the others. What an earlier part
// of the run read is not read again.
func (r *run) sources(ctx Context, sources []Source) error {
	sources, err := r.remaining(ctx, sources)
	if err != nil {
		return err
	}
	stored := map[snapshot.Facet]chan struct{}{}
	slots := make(chan struct{}, sourceReaders)
	all, inner := parallel.WithContext(ctx)
	for _, s := range sources {
		var before []chan struct{}
		for _, f := range s.needs() {
			if done := stored[f]; done != nil {
				before = append(before, done)
			}
		}
		done := make(chan struct{})
		for _, f := range s.Facets() {
			stored[f] = done
		}
		there := ctx.With(inner)
		there.barred = barred(s, sources)
		all.Go(func() error {
			if err := await(inner, before); err != nil {
				return err
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := r.source(there, s); err != nil {
				return err
			}
			close(done)
			return nil
		})
	}
	return all.Wait()
}

// await waits for channels to be closed.
func await(ctx context.Context, before []chan struct{}) error {
	for _, done := range before {
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// barred returns the facets that a source may not go on from, since others read them
// at the same time.
func barred(s Source, sources []Source) map[snapshot.Facet]bool {
	others := map[snapshot.Facet]bool{}
	for _, other := range sources {
		for _, f := range other.Facets() {
			others[f] = true
		}
	}
	for _, f := range slices.Concat(s.Facets(), s.needs()) {
		delete(others, f)
	}
	return others
}

// source reads a source and stores what it read.
func (r *run) source(ctx Context, s Source) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, done := r.early.tried[s.Facets()[0]]
	switch {
	case done:
	case s.leavesAllOut(r.options):
		t = tried{Source: s, output: NewOutput()}
	default:
		t = r.try(ctx, s)
	}
	if err := ctx.Err(); err != nil {
		return err // an interruption is not a gap
	}
	return r.commitAll(ctx, t)
}

// tried is the result of a source.
type tried struct {
	Source
	output  *Output
	methods map[snapshot.Facet]string
	calls   int
	took    time.Duration
}

// try reads a source with its first method, and with the next ones what the first
// could not read. It adds what was read to the context's results, and why the
// rest was not.
func (r *run) try(ctx Context, s Source) tried {
	begun := r.options.now()
	t := tried{Source: s, output: NewOutput(), methods: map[snapshot.Facet]string{}}
	for _, m := range s.methods(r.options) {
		if !t.lacks(m, r.options) {
			continue
		}
		o := NewOutput()
		inner, counter := pace.Counting(ctx)
		err := r.readBy(ctx.With(inner), m, o)
		r.count(counter)
		t.calls += counter.Calls()
		t.take(ctx, m, o, err)
		if err != nil && !AnotherMayRead(err) {
			break
		}
	}
	t.took = r.options.now().Sub(begun)
	return t
}

// readBy reads with a method.
func (r *run) readBy(ctx Context, m Method, o *Output) error {
	if err := ready(ctx, m); err != nil {
		return err
	}
	ctx.lacking = &lacking{}
	if err := m.Read(ctx, o); err != nil {
		return err
	}
	return ctx.lacking.err()
}

// ready returns an error where a facet that a method goes on from was not read.
func ready(ctx Context, m Method) error {
	for _, f := range m.After {
		if !ctx.readPartly(f) {
			return NotRead(f)
		}
	}
	return nil
}

// lacks reports whether a method reads something that is wanted, and that no other
// has read.
func (t tried) lacks(m Method, o Options) bool {
	return slices.ContainsFunc(m.Facets, func(f snapshot.Facet) bool { return !t.output.read(f) && t.leavesOut(f, o) == "" })
}

// take adds the facets of a method's output that no earlier method read, and the errors
// of those that it could not read. A facet that was read but for a part stays so unless
// a method reads it whole.
func (t tried) take(ctx Context, m Method, o *Output, err error) {
	for _, f := range m.Facets {
		if t.output.read(f) {
			continue
		}
		failed := err
		if failed == nil {
			failed = o.errs[f]
		}
		if t.output.unread[f] != nil && (failed != nil || o.unread[f] != nil) {
			continue
		}
		if failed != nil {
			if t.output.errs[f] == nil {
				t.output.errs[f] = failed // the first method's reason is the one to act on
				ctx.results.fail(f, failed)
			}
			continue
		}
		if o.batches[f] == nil {
			continue // this method does not have it
		}
		delete(t.output.errs, f)
		t.output.batches[f], t.output.asOf[f], t.methods[f] = o.batches[f], o.asOf[f], m.Name
		t.output.doubts[f] = o.doubts[f]
		if t.output.unread[f] = o.unread[f]; o.unread[f] != nil {
			ctx.results.putPartly(f, o.batches[f], o.asOf[f], o.unread[f])
			continue
		}
		ctx.results.put(f, o.batches[f], o.asOf[f])
	}
}

// commitAll commits the cells of a source's facets.
func (r *run) commitAll(ctx Context, t tried) error {
	calls, took := t.calls, t.took
	for _, f := range t.Facets() {
		var o snapshot.Outcome
		batch := t.output.batches[f]
		switch err := t.output.errs[f]; {
		case err != nil:
			o = r.gap(err)
			o.Action = missingAction(ctx, err)
			batch = nil
		case batch == nil:
			o.Status, o.Reason = snapshot.Skipped, t.leavesOut(f, r.options)
			if o.Reason == "" {
				continue // nothing was to be read
			}
		case t.output.unread[f] != nil:
			var err error
			if o, batch, err = r.partly(ctx, t.output, f); err != nil {
				return err
			}
		default:
			if o = t.output.outcome(f); o.Unclear && t.output.asOf[f].IsZero() {
				t.output.asOf[f] = r.options.now() // a gap without a time says that nothing was read
			}
		}
		o.Cell = snapshot.Cell{Account: ctx.Account, Region: ctx.Region, Facet: f}
		if o.AsOf.IsZero() {
			o.AsOf = t.output.asOf[f]
		}
		o.Way, o.Calls, o.Took = t.methods[f], calls, took
		calls, took = 0, 0 // they are the source's, and its first cell has them
		if !o.Read() {
			if err := r.recall(ctx, f); err != nil {
				return err
			}
		}
		if err := r.commit(ctx, o, batch); err != nil {
			return err
		}
	}
	return nil
}
