package cli

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"syscall"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// content is standard input and output of one call, for content that it names by -.
type content struct {
	streams Streams
	out     io.Writer
	// written is set if standard output is for content, so that nothing else is written
	// there.
	written atomic.Bool
	// unwanted is set if nobody reads standard output any more.
	unwanted atomic.Bool
}

func (p *Program) newContent() *content {
	c := &content{streams: p.Streams, out: p.Streams.Out}
	if p.stdout != nil {
		c.out = p.stdout.w // its errors are those of the call
	}
	return c
}

func (c *content) stdio() *tool.Stdio { return &tool.Stdio{In: c.input, Out: c.output} }

func (c *content) input(ctx context.Context) io.Reader {
	return &ending{ctx: ctx, in: c.streams.In, buffer: make([]byte, 256<<10)}
}

// output returns standard output. A terminal gets control characters as escapes, as in
// everything else that is written there.
func (c *content) output() io.Writer {
	KeepOnBrokenPipe()
	c.written.Store(true)
	if c.streams.OutTTY {
		return &escaped{w: c}
	}
	return c
}

// Write implements io.Writer. The error is of kind Canceled if nobody reads any more.
func (c *content) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		c.unwanted.Store(true)
		return n, fault.Wrap(err, fault.Canceled, "the output was not read to its end")
	}
	return n, unwritable(err)
}

// beside returns a function that reports progress, but not on the terminal that content
// is written to.
func (c *content) beside(report func(tool.Progress)) func(tool.Progress) {
	return func(p tool.Progress) {
		if !c.written.Load() || !c.streams.OutTTY {
			report(p)
		}
	}
}

// ending is a reader that ends with a context, also while nothing comes.
type ending struct {
	ctx    context.Context
	in     io.Reader
	buffer []byte // of the read that may go on after the end
}

// Read implements io.Reader.
func (e *ending) Read(b []byte) (int, error) {
	into := e.buffer[:min(len(b), len(e.buffer))]
	n, err := interruptible(e.ctx, func() (int, error) { return e.in.Read(into) })
	return copy(b, into[:n]), err
}

// escaped writes text to a terminal, with control characters as escapes.
type escaped struct {
	w    io.Writer
	rest []byte // the beginning of a character
}

// Write implements io.Writer.
func (e *escaped) Write(b []byte) (int, error) {
	whole := append(e.rest, b...)
	end := len(whole)
	for i := 1; i <= min(utf8.UTFMax-1, end); i++ {
		if start := end - i; utf8.RuneStart(whole[start]) {
			if !utf8.FullRune(whole[start:]) {
				end = start
			}
			break
		}
	}
	if _, err := io.WriteString(e.w, text.Escape(string(whole[:end]), "\n\t")); err != nil {
		return 0, err
	}
	e.rest = append([]byte(nil), whole[end:]...)
	return len(b), nil
}
