package auth

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// checkInterval is how often the token of a running request is checked again.
const checkInterval = time.Second

// While returns a context that ends within checkInterval after the token with an
// ID was revoked, by any process, or has expired. Its cause is ErrEnded. While
// the tokens cannot be read, the token counts as valid.
func (t *Tokens) While(ctx context.Context, id string) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(checkInterval)
		defer tick.Stop()
		for {
			if ok, err := t.good(id); err == nil && !ok {
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

// good reports whether a token is still valid.
func (t *Tokens) good(id string) (bool, error) {
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

// ErrEnded is the fault of a request whose token ended while it ran. Its kind is
// Canceled, since its caller does not learn the outcome.
func ErrEnded() *fault.Error {
	return fault.New(fault.Canceled, "the token was revoked or has expired while the call ran").WithFix("create another: hawser token create")
}
