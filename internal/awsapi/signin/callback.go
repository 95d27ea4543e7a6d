package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Where the browser brings the code. AWS takes any port of a loopback address that is
// registered without one.
//
// https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
const (
	loopback     = "127.0.0.1"
	callbackPath = "/oauth/callback"
)

// callback is the page on this machine to which AWS sends the browser.
type callback struct {
	state    string // only AWS and the browser know it
	listener net.Listener
	server   *http.Server
	once     sync.Once
	answer   chan answer // has room for the one that counts
}

// answer is what a browser brought: a code, or why there is none.
type answer struct {
	code string
	err  error
}

// listen opens the page on a free port. Other machines can't reach it.
func listen(ctx context.Context) (*callback, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the browser can't be waited for on %s", loopback).WithCause("%v", err).
			WithFix("sign in by hawser login --device")
	}
	b := &callback{state: rand.Text(), listener: listener, answer: make(chan answer, 1)}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	go func() { _ = b.server.Serve(listener) }() // it ends with close
	return b, nil
}

// address is the page's own.
func (b *callback) address() string { return "http://" + b.listener.Addr().String() + callbackPath }

// close closes the page. A browser that is just answered gets its answer, unless the
// sign-in was interrupted.
func (b *callback) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if b.server.Shutdown(ctx) != nil {
		_ = b.server.Close()
	}
}

// wait returns the code that the browser brings.
func (b *callback) wait(ctx context.Context) (string, error) {
	select {
	case a := <-b.answer:
		return a.code, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ServeHTTP takes the first answer that has the state. Others are refused and change
// nothing, since any page that the browser shows can send it here.
func (b *callback) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	query := r.URL.Query()
	switch {
	case r.Method != http.MethodGet || r.URL.Path != callbackPath || r.Host != b.listener.Addr().String():
		page(rw, http.StatusNotFound, "There is no such page.")
	case subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(b.state)) != 1:
		page(rw, http.StatusBadRequest, "This is not the sign-in that Hawser waits for. Close this window, and use the address that Hawser showed last.")
	default:
		b.take(rw, query)
	}
}

// take takes an answer that has the state, if none was taken before.
func (b *callback) take(rw http.ResponseWriter, query url.Values) {
	a := answer{code: query.Get("code")}
	switch {
	case query.Get("error") == "access_denied":
		a = answer{err: declined("access_denied")}
	case query.Get("error") != "" || a.code == "":
		a = answer{err: fault.New(fault.Endpoint, "IAM Identity Center did not sign you in").
			WithCause("it sent the browser back with the error %s", oauthCode(query.Get("error"))).WithFix("run hawser login again, or hawser login --device")}
	}
	first := false
	b.once.Do(func() {
		first = true
		b.answer <- a
	})
	switch {
	case !first:
		page(rw, http.StatusConflict, "Hawser has an answer already. You can close this window.")
	case a.err != nil:
		page(rw, http.StatusOK, "Hawser was not signed in. You can close this window.")
	default:
		page(rw, http.StatusOK, "Hawser has its answer and goes on in the terminal. You can close this window.")
	}
}

// oauthCode is an error code of OAuth, if the browser brought one.
//
// https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1
func oauthCode(text string) string {
	for _, known := range []string{"invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope", "server_error", "temporarily_unavailable"} {
		if text == known {
			return known
		}
	}
	return "unknown"
}

func page(rw http.ResponseWriter, status int, text string) {
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, text+"\n") // the browser may be gone
}
