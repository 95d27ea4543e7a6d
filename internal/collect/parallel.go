package collect

import (
	"errors"
	"sync"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/snapshot"
)

// readers is how many entities of one service are read at the same time; awsapi
// keeps to the API's rate.
const readers = 16

// ForEach reads something of each part, several at the same time. Add adds to the
// batch; its calls do not overlap. The first error ends all. Parts that were
// deleted since they were listed are left out. If that is true of all of several
// parts, the last error is returned.
func (ctx Context) ForEach(
	parts []snapshot.Part, read func(inner Context, p snapshot.Part, add func(func(*snapshot.Batch))) error, b *snapshot.Batch,
) error {
	group, inner := parallel.WithContext(ctx)
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
			err := read(ctx.With(inner), p, add)
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

// IsGone reports whether an error says that something does not exist: it was
// deleted after it was listed.
func IsGone(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.NotFound)
}

// IsDenied reports whether an error would not occur with a larger policy.
func IsDenied(err error) bool {
	f := awserr.Fault(err)
	return f != nil && errors.Is(f, fault.Denied)
}

// AnotherMayRead reports whether another call may read what a failed one could not:
// one that is denied, throttled or broken says nothing of others, but none can do
// without credentials that work.
func AnotherMayRead(err error) bool {
	f := awserr.Fault(err)
	if f == nil || ofStore(err) != nil {
		return false
	}
	switch f.Kind {
	case fault.NoCredentials, fault.BadCredentials, fault.ExpiredCredentials, fault.ClockSkew, fault.Canceled:
		return false
	default:
		return true
	}
}

// notRead is the reason of data that could not be read because a facet before it was
// not read.
type notRead struct{ facet snapshot.Facet }

func (n *notRead) Error() string { return string(n.facet) + " was not read" }

// NotRead returns the error of a method that needs a facet that was not read.
func NotRead(f snapshot.Facet) error {
	return fault.Wrap(&notRead{f}, fault.Partial, "it depends on %s, which could not be read", f).WithFix("see the cell %s", f)
}
