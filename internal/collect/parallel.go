package collect

import (
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readers is how many entities of one service are read at the same time; awsapi
// keeps to the API's rate.
const readers = 16

// ForEach reads something of each part, several at the same time. What is read
// goes into the batch through add, which is called one at a time; the first error
// ends all. What was deleted since it was listed is passed over, unless it is all
// of several parts: then the error is the last one's.
func (ctx Context) ForEach(
	parts []snapshot.Part, read func(inner Context, p snapshot.Part, add func(func(*snapshot.Batch))) error, b *snapshot.Batch,
) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(readers)
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
			if !IsGone(err) {
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

// IsGone tells of errors that say that what was asked about is not there: it was
// deleted after it was listed.
func IsGone(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.NotFound)
}

// IsDenied tells of errors that a larger policy would avoid.
func IsDenied(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.Denied)
}

// errNotRead marks what could not be read because something before it was not.
var errNotRead = errors.New("something before it was not read")

// NotRead returns the error of a method that goes on from a facet that was not
// read.
func NotRead(f snapshot.Facet) error {
	return fault.Wrap(errNotRead, fault.Partial, "it depends on %s, which could not be read", f).WithFix("see the cell %s", f)
}

// LeftOut is the error of what is not read on purpose, and why.
type LeftOut string

func (l LeftOut) Error() string { return string(l) }
