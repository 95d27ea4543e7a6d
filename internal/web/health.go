package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// health answers /healthz: the process runs.
func health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

const (
	// readyTime limits a check of whether calls can be made.
	readyTime = 3 * time.Second
	// readyStep is how long the outcome is reused, since anybody may ask.
	readyStep = time.Second
)

// readiness answers /readyz: calls can be made and recorded. It does not cover
// AWS, since connections fail independently of each other.
type readiness struct {
	check func(context.Context) error
	clock func() time.Time
	log   *slog.Logger

	mu    sync.Mutex
	until time.Time
	last  error
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if err := r.look(req.Context()); err != nil {
		// The cause is for the operator of the server, not for the client.
		writeProblemAs(w, http.StatusServiceUnavailable, fault.New(fault.Internal, "calls cannot be made now").
			WithFix("see this server's log, or run hawser token list and hawser audit verify on its machine"))
		return
	}
	health(w, req)
}

// look checks again if the last outcome is old.
func (r *readiness) look(ctx context.Context) error {
	if r.check == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.clock(); now.After(r.until) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		before := r.last
		r.last, r.until = r.check(ctx), now.Add(readyStep)
		if r.last != nil && before == nil {
			r.log.LogAttrs(ctx, slog.LevelError, "readiness", attr("error", r.last.Error()))
		}
	}
	return r.last
}
