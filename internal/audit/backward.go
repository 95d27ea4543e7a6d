package audit

import (
	"bytes"
	"io"
)

// backward reads the lines of a file from some point towards its start,
// holding no more than one block and one line.
type backward struct {
	r io.ReaderAt
	// buf holds the bytes from start on that were read and not yet given.
	buf   []byte
	start int64
	done  bool
}

// readBackward reads what comes before end. If the byte before end is a
// newline the first line is empty: what was cut off there is nothing.
func readBackward(r io.ReaderAt, end int64) *backward {
	return &backward{r: r, start: end}
}

const block = 64 << 10

// next gives the line before, without its newline, and where it starts; it
// gives io.EOF before the file's start. The line stays as it is.
func (b *backward) next() (line []byte, at int64, err error) {
	searched := 0
	for {
		tail := b.buf[:len(b.buf)-searched]
		if i := bytes.LastIndexByte(tail, '\n'); i >= 0 {
			line, b.buf = b.buf[i+1:], b.buf[:i]
			return line, b.start + int64(i) + 1, nil
		}
		if b.done {
			return nil, 0, io.EOF
		}
		if b.start == 0 {
			b.done, line, b.buf = true, b.buf, nil
			return line, 0, nil
		}
		searched = len(b.buf)
		if err := b.fill(); err != nil {
			return nil, 0, err
		}
	}
}

// fill reads one block more, larger ones for longer lines.
func (b *backward) fill() error {
	n := min(int64(max(block, len(b.buf))), b.start)
	buf := make([]byte, n, n+int64(len(b.buf)))
	if _, err := b.r.ReadAt(buf, b.start-n); err != nil {
		return err
	}
	b.buf = append(buf, b.buf...)
	b.start -= n
	return nil
}
