package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/hawser/hawser/internal/render"
)

// Streams are the three channels of a command, and which of them a person
// looks at.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Device opens the terminal that the program was started from, whatever the
	// other streams lead to; nil where there is none.
	Device func() (io.WriteCloser, error)
	// Ask: a person can be asked (stdin and stderr are terminals).
	Ask bool
	// OutTTY, ErrTTY: a person reads the stream.
	OutTTY, ErrTTY bool
	// Width is the terminal's, in columns; 0 where stdout is none.
	Width int
}

// written are the streams that results go to.
func (s Streams) written() render.Streams {
	return render.Streams{Out: s.Out, Err: s.Err, OutTTY: s.OutTTY, ErrTTY: s.ErrTTY, Width: s.Width}
}

// OSStreams are those of the process.
func OSStreams() Streams {
	s := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Device: openConsole}
	s.OutTTY = term.IsTerminal(int(os.Stdout.Fd()))
	s.ErrTTY = term.IsTerminal(int(os.Stderr.Fd()))
	s.Ask = s.ErrTTY && term.IsTerminal(int(os.Stdin.Fd()))
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		s.Width = w
	}
	if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		s.Width = w
	}
	return s
}
