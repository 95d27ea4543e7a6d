package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/hawser/hawser/internal/render"
)

// streams are the three channels of a command, and which of them a person
// looks at.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// device opens the terminal that the program was started from, whatever the
	// other streams lead to; nil where there is none.
	device func() (io.WriteCloser, error)
	// ask: a person can be asked (stdin and stderr are terminals).
	ask bool
	// outTTY, errTTY: a person reads the stream.
	outTTY, errTTY bool
	// width is the terminal's, in columns; 0 where stdout is none.
	width int
}

// written are the streams that results go to.
func (s streams) written() render.Streams {
	return render.Streams{Out: s.out, Err: s.err, OutTTY: s.outTTY, ErrTTY: s.errTTY, Width: s.width}
}

func osStreams() streams {
	s := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, device: openConsole}
	s.outTTY = term.IsTerminal(int(os.Stdout.Fd()))
	s.errTTY = term.IsTerminal(int(os.Stderr.Fd()))
	s.ask = s.errTTY && term.IsTerminal(int(os.Stdin.Fd()))
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		s.width = w
	}
	if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		s.width = w
	}
	return s
}
