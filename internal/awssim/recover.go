package awssim

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/hawser/hawser/internal/awssim/wire"
)

// guarded runs a step of answering a call. A panic in it is logged and given as
// an internal failure, so that the client gets an answer. The faults that break
// a connection pass.
func (w *World) guarded(name func() string, step func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if e, ok := v.(error); ok && errors.Is(e, http.ErrAbortHandler) {
			panic(v)
		}
		w.log.Error("the simulator panicked", slog.String("action", name()), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
		err = &failure500{fmt.Errorf("panic: %v", v)}
	}()
	return step()
}

// failure500 is a failure of the simulator's own.
type failure500 struct{ cause error }

func (f *failure500) Error() string { return f.cause.Error() }
func (f *failure500) Unwrap() error { return f.cause }

// internal returns a failure of the simulator's own as the service's answer,
// which does not show what went wrong; other errors stay as they are.
func (c *Call) internal(p wire.Protocol, err error) error {
	var own *failure500
	switch {
	case errors.As(err, &own): // which is in the log
	case wire.IsAnswer(err):
		return err
	default:
		c.World.log.Error("the simulator failed", slog.String("action", c.name()), slog.Any("error", err))
	}
	return c.Service.refuse(p, internalError, "")
}

// name returns the action for the log, where it is known.
func (c *Call) name() string {
	if c.Service == nil {
		return ""
	}
	return c.action()
}

// serveMounted answers for a mounted endpoint, which has a form of errors that
// only it knows.
func (w *World) serveMounted(rw http.ResponseWriter, r *http.Request, h http.Handler) {
	name := func() string { return r.Method + " " + r.URL.Path }
	if err := w.guarded(name, func() error { h.ServeHTTP(rw, r); return nil }); err != nil {
		http.Error(rw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
