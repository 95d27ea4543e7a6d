package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/hawser/hawser/internal/render"
)

// Streams are the three streams of a command, and whether a person reads them.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Device opens the terminal that the program was started from, even if the
	// streams are redirected; nil if there is none.
	Device func() (io.WriteCloser, error)
	// Ask is set if a person can be asked: stdin and stderr are terminals.
	Ask bool
	// OutTTY and ErrTTY are set if a person reads the stream.
	OutTTY, ErrTTY bool
	// Width is the terminal's width in columns; 0 if stdout is not a terminal.
	Width int
}

// written returns the streams that results are written to.
func (s Streams) written() render.Streams {
	return render.Streams{Out: s.Out, Err: s.Err, OutTTY: s.OutTTY, ErrTTY: s.ErrTTY, Width: s.Width}
}

// OSStreams returns the streams of the process.
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
