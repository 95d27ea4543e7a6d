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
	// stream may pause without limit.
	bodyTime  = time.Minute
	writeTime = time.Minute
	// leftTime is how long what is left of a body may take to come after the answer.
	// A client that still sends gets the answer: a connection that is closed before
	// its data is read is reset.
	leftTime = time.Second
	// mostConnections limits the open connections.
	mostConnections = 512
)

// limits limit what a client can occupy in a server.
type limits struct {
	body, write, left time.Duration
	connections       int
}

func serverLimits() limits {
	return limits{body: bodyTime, write: writeTime, left: leftTime, connections: mostConnections}
}

// bound stops clients from occupying the server with a body that they send slowly
// or an answer that they receive slowly. It sets deadlines for each request,
// because the timeouts of http.Server would end long streams.
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
		answer.ended(l.left)
	})
}

// dueBody removes the deadline when the whole body has arrived. Later reads only
// notice that the client goes away.
type dueBody struct {
	io.ReadCloser
	control *http.ResponseController
	whole   atomic.Bool // it has arrived
}

func (b *dueBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.whole.Store(true)
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// dueWriter gives each piece of an answer a deadline. It is removed between them,
// since HTTP/2 would end the stream when it passes.
type dueWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	time    time.Duration
	body    *dueBody // of the request, in HTTP/1; else nil
	begun   bool
}

// WriteHeader implements http.ResponseWriter. A request that is answered before
// its whole body has arrived is the last of its connection: net/http would wait
// for the body before it sends the answer.
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

// ended is called when the handler has ended. What is left of a request's body has a
// short time to come: net/http reads up to 256 KiB of it before it closes the
// connection.
func (w *dueWriter) ended(left time.Duration) {
	w.begin(http.StatusOK)
	if w.body != nil && !w.body.whole.Load() {
		_ = w.control.SetReadDeadline(time.Now().Add(left))
	}
}

func (w *dueWriter) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	defer w.due()()
	return w.ResponseWriter.Write(p)
}

// FlushError is called by http.ResponseController.
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

// limited accepts a limited number of connections; further ones wait. It does the
// same as netutil.LimitListener of golang.org/x/net, and avoids the dependency.
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
