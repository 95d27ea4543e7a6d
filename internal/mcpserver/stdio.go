package mcpserver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawser/hawser/internal/text"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// stdio is the transport with one message per line. The SDK's own transport ends,
// with all its calls, at the first line that is not a message; this one answers
// such a line with an error and continues.
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

// lines is a connection with one message per line.
type lines struct {
	in      io.ReadCloser
	from    *bufio.Reader
	arrived chan arrival
	// gone is called when the client has sent its last message; nil is nothing.
	gone func()

	closing  sync.Once
	closeErr error
	closed   chan struct{}

	writing sync.Mutex
	out     io.WriteCloser
	written uint64        // the number of the last message that was begun
	now     atomic.Uint64 // the number of the one that is being written, or 0

	mu   sync.Mutex
	open map[jsonrpc.ID]bool // requests without an answer so far

	// handled is the number of requests in progress. When draining is set, no
	// more are accepted, and drained is closed when none is left.
	handled  int
	ready    int // those of them whose answers are being written
	draining bool
	drained  chan struct{}
}

// drain waits until all received requests are answered, the connection is closed or the
// context ends. It reports whether that was before the context ended. Later requests are
// refused; answers of the client are still accepted.
func (l *lines) drain(ctx context.Context) bool {
	l.mu.Lock()
	if !l.draining {
		l.draining = true
		if l.handled == 0 {
			close(l.drained)
		}
	}
	l.mu.Unlock()
	select {
	case <-l.drained:
	case <-l.closed:
	case <-ctx.Done():
		return false
	}
	return true
}

// abandon calls a function if the client does not take a message in a time, while no
// request is in progress but those whose answers wait for that. It returns when the
// connection is closed.
func (l *lines) abandon(after time.Duration, stuck func()) {
	tick := time.NewTicker(after)
	defer tick.Stop()
	var before uint64
	for {
		select {
		case <-l.closed:
			return
		case <-tick.C:
		}
		now := l.now.Load()
		if now != 0 && now == before && l.waits() {
			stuck()
			return
		}
		before = now
	}
}

// waits reports that every request in progress waits only for its answer to be taken.
func (l *lines) waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ready == l.handled
}

// answered notes that a request was answered, or that nobody waits for its
// answer.
func (l *lines) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready--
	if l.handled--; l.draining && l.handled == 0 {
		close(l.drained)
	}
}

// arrival is a message from the client, or the reason why there are no more.
type arrival struct {
	message jsonrpc.Message
	err     error
}

// receive reads until the client goes away or the connection is closed. It runs
// in its own goroutine, since nothing interrupts the reading of standard input.
func (l *lines) receive() {
	for {
		message, err := l.next()
		if err != nil && l.gone != nil {
			l.gone() // the SDK drops answers as soon as it knows
		}
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

// next reads up to the next message, and answers invalid lines before it.
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

// parse parses a line. Both results are nil if there is nothing to do.
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

// begin notes a request, or returns why it is refused: the server is ending, or
// an earlier request with the same id has no answer yet. MCP forbids to use an id
// twice in a session, so the second is an invalid request, which JSON-RPC answers
// with the id null. An error with the id itself would be taken for the answer to
// the first, which still runs and may change something; its true answer would
// then be dropped.
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

// line reads one line. It discards a line that is too long and returns errLong.
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

// codeRejected is the SDK's code for a message that cannot be sent although the
// connection is intact.
const codeRejected = -32005

// Write implements mcp.Connection.
func (l *lines) Write(ctx context.Context, message jsonrpc.Message) error {
	answer, ok := message.(*jsonrpc.Response)
	if ok {
		l.mu.Lock()
		l.ready++
		l.mu.Unlock()
		defer l.answered()
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

// end notes that a request is answered, before the client can know of it and use
// the id again. An error of the SDK without a code gets one.
func (l *lines) end(answer *jsonrpc.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, answer.ID)
	var coded *jsonrpc.Error
	if answer.Error != nil && (!errors.As(answer.Error, &coded) || coded.Code == 0) {
		answer.Error = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: answer.Error.Error()}
	}
}

// write writes a whole message and a newline.
func (l *lines) write(text []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.written++
	l.now.Store(l.written)
	defer l.now.Store(0)
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

// SessionID implements mcp.Connection. There is one session, without a name.
func (l *lines) SessionID() string { return "" }

// problem describes what is wrong with a line.
type problem struct {
	id   json.RawMessage // of the request, if known
	code int
	text string
}

func invalid(id json.RawMessage, text string) *problem {
	return &problem{id: id, code: jsonrpc.CodeInvalidRequest, text: text}
}

// answer returns the message for the client; see
// https://www.jsonrpc.org/specification#response_object
func (p *problem) answer() []byte {
	id := p.id
	if id == nil {
		id = json.RawMessage("null")
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"error":{"code":%d,"message":%q}}`, id, p.code, p.text)
}
