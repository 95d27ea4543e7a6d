package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// maxInput bounds what is read from a file or from standard input, in bytes.
const maxInput = 64 << 20

// ReadInput reads a file; - is standard input. It ends with ctx, also while nothing
// comes. The error is of kind Invalid or Canceled.
func (p *Program) ReadInput(ctx context.Context, name string) ([]byte, error) {
	what := "standard input"
	if name != "-" {
		what = "the file " + name
	}
	data, err := interruptible(ctx, func() ([]byte, error) {
		if name == "-" {
			return io.ReadAll(io.LimitReader(p.Streams.In, maxInput+1))
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(file, maxInput+1))
		return data, errors.Join(err, file.Close())
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fault.From(err)
	case err != nil:
		return nil, fault.Wrap(err, fault.Invalid, "%s can't be read", what).WithCause("%v", err)
	case len(data) > maxInput:
		return nil, fault.New(fault.Invalid, "%s has more than %d bytes", what, maxInput).WithFix("give large bodies as files (from_file)")
	}
	return data, nil
}

// interruptible runs read, which may wait for a person or a program, and does not
// wait for it when ctx ends.
func interruptible[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ended := make(chan outcome, 1)
	go func() {
		value, err := read()
		ended <- outcome{value, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case o := <-ended:
		return o.value, o.err
	}
}

// line asks for one line of standard input.
func (s Streams) line(ctx context.Context) (string, error) {
	return interruptible(ctx, func() (string, error) {
		line, _ := bufio.NewReader(s.In).ReadString('\n')
		return line, nil
	})
}

// askMFA asks the person at the terminal for the code of an MFA device.
func (p *Program) askMFA() (string, error) {
	fmt.Fprint(p.Streams.Err, "MFA code: ")
	line, err := p.Streams.line(p.ctx)
	if err != nil {
		fmt.Fprintln(p.Streams.Err) // what follows begins a line of its own
		return "", fault.From(err)
	}
	code := strings.TrimSpace(line)
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return "", fault.New(fault.NoCredentials, "no MFA code was given").
			WithCause("a code is six digits").WithFix("give the code that the profile's MFA device shows now")
	}
	return code, nil
}
