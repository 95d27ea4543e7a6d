package web

import (
	"context"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/idempotency"
)

// A request that waits for the first call with its key, and whose token ends
// meanwhile, is told so.
func TestWaitingEndsWithTheToken(t *testing.T) {
	r, key := newRepeats(idempotency.OpenFolder(t.TempDir(), nil)), callKey{"owner", "key"}
	if _, first := r.begin(key, "subject"); !first {
		t.Fatal("the key is not new")
	}
	ctx, end := context.WithCancelCause(t.Context())
	ended := auth.ErrEnded()
	end(ended)
	if _, err := r.once(ctx, key, "subject", "id", nil); !errors.Is(err, error(ended)) {
		t.Errorf("%v", err)
	}
}
