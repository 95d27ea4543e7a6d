package mcpserver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/hawser/hawser/internal/text"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// stdio is the transport of one message a line. The SDK's own ends with the
// first line that is no message, and all calls with it; this one answers such a
// line with an error and goes on.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
type stdio struct{ *lines }

// Connect implements mcp.Transport.
func (t stdio) Connect(context.Context) (mcp.Connection, error) {
	go t.receive()
	return t.lines, nil
}

func newLines(in io.ReadCloser, out io.WriteCloser) *lines {
	return &lines{
		in: in, from: bufio.NewReaderSize(in, 64<<10), out: out,
		arrived: make(chan arrival), closed: make(chan struct{}), drained: make(chan struct{}), open: map[jsonrpc.ID]bool{},
	}
}

// lines is a connection of one message a line.
type lines struct {
	in      io.ReadCloser
	from    *bufio.Reader
	arrived chan arrival

	closing  sync.Once
	closeErr error
	closed   chan struct{}

	writing sync.Mutex
	out     io.WriteCloser

	mu   sync.Mutex
	open map[jsonrpc.ID]bool // requests that have no answer yet

	// handled is how many requests came and are not dealt with yet. No more are taken
	// once draining is set, and drained is closed when none is left.
	handled  int
	draining bool
	drained  chan struct{}
}

// drain waits until all requests that came are answered, or the client has gone.
// Those that come later are refused; answers of the client still arrive.
func (l *lines) drain() {
	l.mu.Lock()
	l.draining = true
	if l.handled == 0 {
		close(l.drained)
	}
	l.mu.Unlock()
	select {
	case <-l.drained:
	case <-l.closed:
	}
}

// dealtWith notes that a request was answered, or that nobody wants its answer.
func (l *lines) dealtWith() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.handled--; l.draining && l.handled == 0 {
		close(l.drained)
	}
}

// arrival is a message from the client, or why there are no more.
type arrival struct {
	message jsonrpc.Message
	err     error
}

// receive reads until the client goes away or the connection is closed. It runs
// beside Read, since nothing interrupts the reading of standard input.
func (l *lines) receive() {
	for {
		message, err := l.next()
		select {
		case l.arrived <- arrival{message, err}:
		case <-l.closed:
			return
		}
		if err != nil {
			return
		}
	}
}

// next reads up to the next message, and answers the lines before it that are
// none.
func (l *lines) next() (jsonrpc.Message, error) {
	for {
		line, err := l.line()
		if err != nil && !errors.Is(err, errLong) {
			return nil, err
		}
		message, problem := l.parse(line, err)
		if problem != nil {
			if err := l.write(problem.answer()); err != nil {
				return nil, err
			}
		}
		if message != nil {
			return message, nil
		}
	}
}

// parse is what a line says. Both results are nil where there is nothing to do.
func (l *lines) parse(line []byte, err error) (jsonrpc.Message, *problem) {
	if err != nil {
		return nil, &problem{code: jsonrpc.CodeInvalidRequest, text: err.Error()}
	}
	if len(text.TrimJSON(line)) == 0 {
		return nil, nil
	}
	message, problem := parseMessage(line)
	if r, ok := message.(*jsonrpc.Request); ok && r.IsCall() {
		if problem := l.begin(r.ID); problem != nil {
			return nil, problem
		}
	}
	return message, problem
}

// begin notes that a request came, or says why it is not taken: the server is
// ending, or one of its id has no answer yet.
// MCP forbids to use an id twice in a session, so the second is an invalid request,
// which JSON-RPC answers with the id null. An error with the id itself would be
// taken for the answer to the first, which still runs and may change something; its
// true answer would then be dropped.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic#requests
// https://www.jsonrpc.org/specification#response_object
func (l *lines) begin(id jsonrpc.ID) *problem {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open[id]:
		return invalid(nil, "the id is that of a request that is not answered yet")
	case l.draining:
		raw, err := json.Marshal(id.Raw())
		if err != nil {
			raw = nil
		}
		return &problem{id: raw, code: jsonrpc.CodeInternalError, text: "the server is ending"}
	}
	l.open[id] = true
	l.handled++
	return nil
}

var errLong = fmt.Errorf("the line is longer than %d bytes", maxMessage)

// line reads one line. Of one that is too long it reads the end and keeps
// nothing; the error is errLong.
func (l *lines) line() ([]byte, error) {
	var line []byte
	long := false
	for {
		part, more, err := l.from.ReadLine()
		if err != nil {
			return nil, err
		}
		if long = long || len(line)+len(part) > maxMessage; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case more:
		case long:
			return nil, errLong
		default:
			return line, nil
		}
	}
}

// Read implements mcp.Connection.
func (l *lines) Read(ctx context.Context) (jsonrpc.Message, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closed:
		return nil, io.EOF
	case a := <-l.arrived:
		return a.message, a.err
	}
}

// codeRejected is the SDK's code for a message that cannot be sent, as against
// a connection that is broken.
const codeRejected = -32005

// Write implements mcp.Connection.
func (l *lines) Write(ctx context.Context, message jsonrpc.Message) error {
	answer, ok := message.(*jsonrpc.Response)
	if ok {
		defer l.dealtWith()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if ok {
		l.end(answer)
	}
	text, err := jsonrpc.EncodeMessage(message)
	if err != nil && ok {
		text, err = jsonrpc.EncodeMessage(&jsonrpc.Response{ID: answer.ID, Error: &jsonrpc.Error{
			Code: jsonrpc.CodeInternalError, Message: "the answer cannot be written as JSON",
		}})
	}
	if err != nil {
		return &jsonrpc.Error{Code: codeRejected, Message: "the message cannot be written as JSON: " + err.Error()}
	}
	return l.write(text)
}

// end notes that a request is answered, before the client can know of it and
// use the id again. What the SDK says against a request without a code gets one.
func (l *lines) end(answer *jsonrpc.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, answer.ID)
	var coded *jsonrpc.Error
	if answer.Error != nil && !errors.As(answer.Error, &coded) {
		answer.Error = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: answer.Error.Error()}
	}
}

// write writes a whole message and its end.
func (l *lines) write(text []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	_, err := l.out.Write(append(text, '\n'))
	return err
}

// Close implements mcp.Connection.
func (l *lines) Close() error {
	l.closing.Do(func() {
		close(l.closed)
		l.closeErr = errors.Join(l.in.Close(), l.out.Close())
	})
	return l.closeErr
}

// SessionID implements mcp.Connection: there is one session, without a name.
func (l *lines) SessionID() string { return "" }

// problem is what is wrong with a line.
type problem struct {
	id   json.RawMessage // of the request, where it is known
	code int
	text string
}

func invalid(id json.RawMessage, text string) *problem {
	return &problem{id: id, code: jsonrpc.CodeInvalidRequest, text: text}
}

// answer is the message that tells the client; see
// https://www.jsonrpc.org/specification#response_object
func (p *problem) answer() []byte {
	id := p.id
	if id == nil {
		id = json.RawMessage("null")
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"error":{"code":%d,"message":%q}}`, id, p.code, p.text)
}
