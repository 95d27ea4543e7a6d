package cli

import (
	"io"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// output is standard output. It keeps the error of the first write that failed, because
// not all that writes checks it.
type output struct {
	w io.Writer

	mu     sync.Mutex
	failed error
}

// Write implements io.Writer. Its error is a fault.
func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err == nil {
		return n, nil
	}
	err = unwritable(err)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed == nil {
		o.failed = err
	}
	return n, err
}

func unwritable(err error) error {
	return fault.Wrap(err, fault.Internal, "the output cannot be written").WithCause("%v", err).
		WithFix("free space, or have the output written elsewhere")
}

// err returns the error of the first write that failed.
func (o *output) err() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

// KeepOnBrokenPipe has the program get an error if nobody reads its output any more. By
// default the signal ends it, before it can say what was changed.
func KeepOnBrokenPipe() { signal.Ignore(syscall.SIGPIPE) }

// print writes the result of a call, whose own error is err.
func (p *Program) print(result *tool.Result, err error) error {
	if result.Effect.Exceeds(tool.Read) {
		KeepOnBrokenPipe()
	}
	var unprinted error
	if !p.printer.Followed() { // its items are printed already
		unprinted = p.paged(!result.Effect.Exceeds(tool.Read), func() error { return p.printer.Result(result) })
	}
	p.printer.Omissions(result)
	if unprinted == nil {
		unprinted = p.printer.Whole(result)
	}
	failed := fault.From(err)
	switch {
	case unprinted == nil:
		return err
	case failed == nil:
		return result.Unanswered(unprinted)
	}
	if !failed.OutcomeUnknown {
		unprinted = result.Unanswered(unprinted)
	}
	both := *fault.From(unprinted)
	both.OutcomeUnknown = failed.OutcomeUnknown
	both.Cause = strings.TrimPrefix(both.Cause+"; "+failed.Error(), "; ")
	return &both
}
