package mcpserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"sync"
)

// parseError is JSON-RPC's answer to a message that is none; see
// https://www.jsonrpc.org/specification#error_object
const parseError = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the line is no JSON"}}` + "\n"

// lines holds a client to one message a line, as the transport has it. Without
// it a line that breaks off would swallow all that follow, while the decoder
// waits for its end.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
type lines struct {
	in   io.ReadCloser
	from *bufio.Reader
	rest []byte // of a good line that was not read yet

	mu  sync.Mutex
	out io.WriteCloser
}

func newLines(in io.ReadCloser, out io.WriteCloser) *lines {
	return &lines{in: in, from: bufio.NewReaderSize(in, 64<<10), out: out}
}

// Read gives the next good line, or a part of it.
func (l *lines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		line, err := l.line()
		if err != nil {
			return 0, err
		}
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case json.Valid(line):
			l.rest = append(line, '\n')
		default:
			if _, err := l.Write([]byte(parseError)); err != nil {
				return 0, err
			}
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// line reads one line, of maxMessage bytes at most.
func (l *lines) line() ([]byte, error) {
	var line []byte
	for {
		part, more, err := l.from.ReadLine()
		if err != nil {
			return nil, err
		}
		line = append(line, part...)
		if len(line) > maxMessage {
			_, _ = l.Write([]byte(parseError))
			return nil, io.ErrShortBuffer
		}
		if !more {
			return line, nil
		}
	}
}

// Write writes whole messages, one at a time.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

// Close closes both directions.
func (l *lines) Close() error {
	err := l.in.Close()
	if outErr := l.out.Close(); err == nil {
		err = outErr
	}
	return err
}
