package credentials

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

const (
	// programTime is how long a program that gives credentials may run. It ends
	// before RefreshTimeout does, so that the fault can name the program.
	programTime = 50 * time.Second
	// programRest is how long a program's output is read on after its end, where
	// a child that it left behind keeps the output open.
	programRest = 500 * time.Millisecond
	// mostSecret is how much a program may print, and a file of a secret hold.
	mostSecret = 1 << 20
)

var errTooMuch = errors.New("it printed more than 1 MiB")

// output keeps what a program prints, up to mostSecret; of one that prints more it
// calls tooMuch.
type output struct {
	kept    bytes.Buffer
	tooMuch func()
}

func (o *output) Write(p []byte) (int, error) {
	if o.kept.Len()+len(p) > mostSecret {
		o.tooMuch()
		return 0, errTooMuch
	}
	return o.kept.Write(p)
}

// runProgram returns what a program prints on its standard output. It returns
// when the program itself has ended: children that it leaves behind are not
// waited for. The name is what a fault may call the program. A program that takes
// too long is a Timeout, and one that prints too much gives NoCredentials; other errors
// are those of os/exec and of the context. A program that is stopped is killed with its
// children.
func runProgram(ctx context.Context, name string, command func(context.Context) (*exec.Cmd, error)) ([]byte, error) {
	ctx, done := endWithRenewal(ctx)
	defer done()
	inner, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	inner, stop := context.WithCancelCause(inner)
	defer stop(nil)
	cmd, err := command(inner)
	if err != nil {
		return nil, err
	}
	out := &output{tooMuch: func() { stop(errTooMuch) }}
	cmd.Stdout, cmd.WaitDelay = out, programRest
	group(cmd)
	noteProgram(ctx, &name)
	defer noteProgram(ctx, nil)
	err = cmd.Run()
	switch {
	case errors.Is(context.Cause(inner), errTooMuch):
		return nil, fault.Wrap(errTooMuch, fault.NoCredentials, "%s printed too much", name).WithCause("%v", errTooMuch).
			WithFix("run it by hand and check that it prints what is wanted and nothing else")
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // the program itself ended with 0
		return out.kept.Bytes(), nil
	case errors.Is(inner.Err(), context.DeadlineExceeded):
		return nil, slowProgram(err, name)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, err
}

// slowProgram returns the fault of a program that has not ended in time.
func slowProgram(err error, name string) *fault.Error {
	return fault.Wrap(err, fault.Timeout, "%s did not finish in time", name).
		WithCause("the call waited for it to print credentials; a program may take at most %s", programTime).
		WithFix("run it by hand and check that it ends without asking anything, or raise the time limit (--timeout)")
}

// Running is the program that somebody waits for, if any. It is safe for
// concurrent use.
type Running struct{ name atomic.Pointer[string] }

type noteKey struct{}

// Note returns a context in which the program that runs is noted here, and
// wherever ctx notes it: renewals of credentials are nested where a role is
// assumed with credentials from a program.
func (r *Running) Note(ctx context.Context) context.Context {
	outer, _ := ctx.Value(noteKey{}).(func(*string))
	return context.WithValue(ctx, noteKey{}, func(name *string) {
		r.name.Store(name)
		if outer != nil {
			outer(name)
		}
	})
}

// noteProgram notes a program for those who wait for it; nil means none.
func noteProgram(ctx context.Context, name *string) {
	if note, ok := ctx.Value(noteKey{}).(func(*string)); ok {
		note(name)
	}
}

// NameRunning names the program that runs, where a call's time has ended while
// it waited for that; else it gives err.
func (r *Running) NameRunning(ctx context.Context, err error) error {
	if program := r.name.Load(); program != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return slowProgram(err, *program)
	}
	return err
}
