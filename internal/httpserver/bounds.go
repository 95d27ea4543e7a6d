package httpserver

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// bodyTime is how long a request's body may take to come, and writeTime how
	// long a client may take to receive a piece of an answer. Between pieces a
	// stream may rest as long as it likes.
	bodyTime  = time.Minute
	writeTime = time.Minute
	// mostConnections bounds the connections that are open at a time.
	mostConnections = 512
)

// limits bound what a client can hold of a server.
type limits struct {
	body, write time.Duration
	connections int
}

func serverLimits() limits { return limits{bodyTime, writeTime, mostConnections} }

// bound keeps clients from holding a request open by a body or an answer that
// they send or take slowly. The deadlines are those of each request: the
// timeouts of http.Server would end long streams.
func (l limits) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		answer := &dueWriter{ResponseWriter: w, control: control, time: l.write}
		if r.ContentLength != 0 && control.SetReadDeadline(time.Now().Add(l.body)) == nil {
			body := &dueBody{ReadCloser: r.Body, control: control}
			if r.Body = body; r.ProtoMajor == 1 {
				answer.body = body
			}
		}
		next.ServeHTTP(answer, r)
	})
}

// dueBody takes the deadline away when the body has come, as what is read from
// then on is only whether the client is still there.
type dueBody struct {
	io.ReadCloser
	control *http.ResponseController
	whole   atomic.Bool // it has come
}

func (b *dueBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.whole.Store(true)
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// dueWriter gives each piece of an answer a deadline. It is taken away between
// them, since HTTP/2 would end the stream when it passes.
type dueWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	time    time.Duration
	body    *dueBody // of the request, in HTTP/1; nil is none
	begun   bool
}

// WriteHeader implements http.ResponseWriter. A request that is answered before its
// body has come is the last of its connection: net/http would wait for the body
// before it sends the answer.
func (w *dueWriter) WriteHeader(status int) {
	w.begin(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *dueWriter) begin(status int) {
	if w.begun || status < http.StatusOK {
		return
	}
	w.begun = true
	if w.body != nil && !w.body.whole.Load() {
		w.Header().Set("Connection", "close")
	}
}

func (w *dueWriter) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	defer w.due()()
	return w.ResponseWriter.Write(p)
}

// FlushError is what http.ResponseController flushes by.
func (w *dueWriter) FlushError() error {
	w.begin(http.StatusOK)
	defer w.due()()
	return w.control.Flush()
}

// Flush implements http.Flusher.
func (w *dueWriter) Flush() { _ = w.FlushError() }

func (w *dueWriter) due() (over func()) {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.time))
	return func() { _ = w.control.SetWriteDeadline(time.Time{}) }
}

// Unwrap lets http.ResponseController reach the connection.
func (w *dueWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// limited accepts only so many connections at a time; further ones wait. It is
// netutil.LimitListener of golang.org/x/net, which is no dependency for thirty
// lines.
func (l limits) limited(in net.Listener) net.Listener {
	return &limitedListener{Listener: in, places: make(chan struct{}, l.connections), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	places chan struct{}
	once   sync.Once
	closed chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &limitedConn{Conn: conn, leave: func() { <-l.places }}, nil
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *limitedConn) Close() error {
	defer c.once.Do(c.leave)
	return c.Conn.Close()
}
