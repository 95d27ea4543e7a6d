package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// A terminal gets no control characters, also where a character is written in pieces.
func TestContentOnATerminal(t *testing.T) {
	for _, tty := range []bool{false, true} {
		var out bytes.Buffer
		c := New(Streams{Out: &out, OutTTY: tty}, nil, "1").newContent()
		w := c.output()
		for _, b := range []byte("é\x1b[2J\t1\n") {
			if n, err := w.Write([]byte{b}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		want := "é\x1b[2J\t1\n"
		if tty {
			want = `é\x1b[2J` + "\t1\n"
		}
		if out.String() != want {
			t.Errorf("terminal %t: %q", tty, out.String())
		}
	}
}

// If nobody reads any more, the call ends as cancelled, and nothing is wrong with the
// output.
func TestContentThatNobodyReads(t *testing.T) {
	read, written, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = written.Close() }()
	p := New(Streams{Out: written}, nil, "1")
	c := p.newContent()
	w := c.output()
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, fault.Canceled) {
		t.Error(err)
	}
	if !c.unwanted.Load() || p.stdout.err() != nil {
		t.Errorf("unwanted %t, %v", c.unwanted.Load(), p.stdout.err())
	}
}

// Reading standard input ends with the call, also while nothing comes.
func TestContentEndsWithTheCall(t *testing.T) {
	never, w := io.Pipe()
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	in := New(Streams{In: never}, nil, "1").newContent().input(ctx)
	cancel()
	if _, err := in.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
