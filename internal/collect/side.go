package collect

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// sideReaders is how many things of one service are read side by side; the
// API's rate is held elsewhere.
const sideReaders = 12

// sideBySide reads something of each part. What is read goes into the batch
// through add, one at a time; the first error ends all.
func (ctx readContext) sideBySide(
	parts []snapshot.Part, read func(inner readContext, p snapshot.Part, add func(func(*snapshot.Batch))) error, b *snapshot.Batch,
) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(sideReaders)
	var mu sync.Mutex
	add := func(into func(*snapshot.Batch)) {
		mu.Lock()
		defer mu.Unlock()
		into(b)
	}
	for _, p := range parts {
		if inner.Err() != nil {
			break
		}
		group.Go(func() error { return read(ctx.with(inner), p, add) })
	}
	return group.Wait()
}

// with is the context with another below.
func (ctx readContext) with(inner context.Context) readContext {
	ctx.Context = inner
	return ctx
}

// eachInstance goes through Identity Center's instances.
func (ctx readContext) eachInstance(do func(instance) error) error {
	all, err := ctx.instances()
	if err != nil {
		return err
	}
	for _, i := range all {
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

// read tells whether a facet was read whole.
func (y *yield) read(f snapshot.Facet) bool { return y.batches[f] != nil && y.errs[f] == nil }

// isDenied tells of errors that a larger policy would mend.
func isDenied(err error) bool {
	f := awsapi.Fault(err)
	return f != nil && errors.Is(f, fault.Denied)
}
