package app

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/hawser/hawser/internal/fault"
)

// uses counts the calls that use what an App opened, so that it can be closed
// after the last one.
type uses struct {
	mu      sync.Mutex
	opened  []io.Closer
	calls   int
	retired func(error) // receives the result of closing; nil until retired
	closed  bool
}

// add registers something to be closed at the end.
func (u *uses) add(c io.Closer) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opened = append(u.opened, c)
}

// enter is called when a call begins, and leave when it ends. The error is of
// kind Canceled if everything is closed already.
func (u *uses) enter() (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, fault.New(fault.Canceled, "the configuration was reloaded when the call began").WithFix("call again")
	}
	u.calls++
	return u.leave, nil
}

func (u *uses) leave() {
	u.mu.Lock()
	u.calls--
	last, report := u.calls == 0 && u.retired != nil, u.retired
	u.mu.Unlock()
	if last {
		tell(report, u.close())
	}
}

// retire closes everything when no call is left, and passes an error to report.
func (u *uses) retire(report func(error)) {
	u.mu.Lock()
	u.retired = report
	idle := u.calls == 0
	u.mu.Unlock()
	if idle {
		tell(report, u.close())
	}
}

func tell(report func(error), err error) {
	if err != nil {
		report(err)
	}
}

// close closes everything in reverse order of opening. It may be called again.
func (u *uses) close() error {
	u.mu.Lock()
	u.closed = true
	opened := u.opened
	u.opened = nil
	u.mu.Unlock()
	var errs []error
	for _, c := range slices.Backward(opened) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
