package auth

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// lookStep is how often the token of a request that runs is looked at again.
const lookStep = time.Second

// While gives a context that ends when the token of an id was revoked or has
// expired, at most lookStep later, whichever process revoked it. The context's
// cause tells. Tokens that cannot be looked at now count as they were.
func (t *Tokens) While(ctx context.Context, id string) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(lookStep)
		defer tick.Stop()
		for {
			if ok, err := t.lasts(id); err == nil && !ok {
				end(ErrEnded())
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return ctx, func() { end(context.Canceled) }
}

// lasts tells whether a token is still good.
func (t *Tokens) lasts(id string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.load()
	if err != nil {
		return false, err
	}
	now := t.clock()
	for _, token := range all {
		if token.ID == id {
			return !token.ended(now), nil
		}
	}
	return false, nil
}

// ErrEnded is the fault of a request whose token ended while it ran. What it
// came to is not known to its caller, so its kind is Canceled.
func ErrEnded() *fault.Error {
	return fault.New(fault.Canceled, "the token was revoked or has expired while the call ran").WithFix("have one made: hawser token create")
}
