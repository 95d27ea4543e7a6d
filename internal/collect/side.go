package collect

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// sideReaders is how many things of one service are read side by side; the
// API's rate is held elsewhere.
const sideReaders = 16

// sideBySide reads something of each part. What is read goes into the batch
// through add, one at a time; the first error ends all. What has gone since it
// was listed is passed over; but where all of it has, something else is wrong.
func (ctx readContext) sideBySide(
	parts []snapshot.Part, read func(inner readContext, p snapshot.Part, add func(func(*snapshot.Batch))) error, b *snapshot.Batch,
) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(sideReaders)
	var mu sync.Mutex
	var missing error
	left := len(parts)
	add := func(into func(*snapshot.Batch)) {
		mu.Lock()
		defer mu.Unlock()
		into(b)
	}
	for _, p := range parts {
		if inner.Err() != nil {
			break
		}
		group.Go(func() error {
			err := read(ctx.with(inner), p, add)
			if !isGone(err) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			missing = err
			left--
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if left == 0 && len(parts) > 1 {
		return missing
	}
	return nil
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

// isGone tells of errors that say that what was asked about is not there: it was
// deleted after it was listed.
func isGone(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.NotFound)
}

// isDenied tells of errors that a larger policy would mend.
func isDenied(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.Denied)
}
