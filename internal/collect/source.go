package collect

import (
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// errNotRead marks what could not be read because something before it was not.
var errNotRead = errors.New("something before it was not read")

// notRead is the error of a reading whose beginnings are missing.
func notRead(f snapshot.Facet) error {
	return fault.Wrap(errNotRead, fault.Partial, "it goes on from %s, which was not read", f).WithFix("see the cell %s", f)
}

// sources reads all sources of a place: those of the first lane one after the
// other, then the other lanes side by side.
func (r *run) sources(place readContext, sources []source) error {
	lanes := map[int][]source{}
	for _, s := range sources {
		lanes[s.lane] = append(lanes[s.lane], s)
	}
	if err := r.lane(place, lanes[0]); err != nil {
		return err
	}
	group, inner := errgroup.WithContext(place)
	for number, lane := range lanes {
		if number != 0 {
			group.Go(func() error { return r.lane(place.with(inner), lane) })
		}
	}
	return group.Wait()
}

// lane reads sources one after the other, and stores each as soon as it is read.
func (r *run) lane(place readContext, sources []source) error {
	for _, s := range sources {
		if err := place.Err(); err != nil {
			return err
		}
		t := r.try(place, s)
		if err := place.Err(); err != nil {
			return err // what broke off is no gap
		}
		if err := r.store(place, t); err != nil {
			return err
		}
	}
	return nil
}

// tried is what came of a source.
type tried struct {
	source
	yield *yield
	ways  map[snapshot.Facet]string
	calls int
	took  time.Duration
}

// try reads a source by its first way, and what that was denied by the next
// ones. What was read goes into the place's yield.
func (r *run) try(place readContext, s source) tried {
	begun := r.options.now()
	t := tried{source: s, yield: newYield(), ways: map[snapshot.Facet]string{}}
	for i, way := range s.ways {
		if i > 0 && !t.lacks(way) {
			continue
		}
		y := newYield()
		ctx, counter := pace.Counting(place)
		err := ready(place, way)
		if err == nil {
			err = way.read(place.with(ctx), y)
		}
		r.count(counter)
		t.calls += counter.Calls()
		t.take(place, way, y, err)
		if err != nil && !isDenied(err) {
			break
		}
	}
	t.took = r.options.now().Sub(begun)
	return t
}

// ready tells whether what a way goes on from was read.
func ready(place readContext, way reading) error {
	for _, f := range way.after {
		if !place.seen.read(f) {
			return notRead(f)
		}
	}
	return nil
}

// lacks tells whether a way reads something that another was denied.
func (t tried) lacks(way reading) bool {
	for _, f := range way.facets {
		if t.yield.errs[f] != nil {
			return true
		}
	}
	return false
}

// take keeps of a way's yield what no earlier way read.
func (t tried) take(place readContext, way reading, y *yield, err error) {
	for _, f := range way.facets {
		if t.yield.read(f) {
			continue
		}
		failed := err
		if failed == nil {
			failed = y.errs[f]
		}
		if failed != nil {
			if t.yield.errs[f] == nil {
				t.yield.errs[f] = failed // the first way's reason is the one to mend
			}
			continue
		}
		if y.batches[f] == nil {
			continue // this way does not tell
		}
		delete(t.yield.errs, f)
		t.yield.batches[f], t.yield.asOf[f], t.ways[f] = y.batches[f], y.asOf[f], way.name
		place.seen.put(f, y.batches[f])
	}
}

// store commits a source's facets.
func (r *run) store(place readContext, t tried) error {
	calls, took := t.calls, t.took
	for _, f := range t.facets() {
		var o snapshot.Outcome
		batch := t.yield.batches[f]
		switch err := t.yield.errs[f]; {
		case err != nil:
			o = r.gap(err)
			batch = nil
			place.seen.fail(f, err)
		case batch == nil:
			continue // nothing was to be read
		default:
			o.Status = snapshot.OK
		}
		o.Cell = snapshot.Cell{Account: place.account, Region: place.region, Facet: f}
		o.Way, o.AsOf, o.Calls, o.Took = t.ways[f], t.yield.asOf[f], calls, took
		calls, took = 0, 0 // they are the source's, and counted once
		if r.done[o.Cell] && !o.Read() {
			continue // an earlier part of the run read it
		}
		if err := r.commit(place, o, batch); err != nil {
			return err
		}
	}
	return nil
}
