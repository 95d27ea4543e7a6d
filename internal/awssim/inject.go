package awssim

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/awssim/wire"
)

// injectFaults applies latency, limits and the fault script to a call, and returns the
// writer for the answer.
func (w *World) injectFaults(rw http.ResponseWriter, c *Call, req *wire.Request) (http.ResponseWriter, error) {
	if d, ok := mostExact(w.behavior.Load().latency, c.action()); ok {
		w.wait(c, d)
	}
	if f, ok := w.faults.match(c); ok {
		w.wait(c, time.Duration(f.Delay))
		switch f.Effect {
		case Hang:
			w.hang(c)
		case Reset:
			reset(rw)
		case TruncateBody:
			return &truncated{ResponseWriter: rw}, nil
		case Delay:
		default:
			return rw, c.Service.refuse(req.Protocol, refusals()[f.Effect], deniedText(c, f.Effect))
		}
	}
	if !w.limits.allow(c) {
		return rw, c.Service.refuse(req.Protocol, throttled, "")
	}
	return rw, nil
}

func refusals() map[Effect]refusal {
	return map[Effect]refusal{
		Throttle: throttled, Fail500: internalError, Fail503: unavailable,
		DenyAccess: accessDenied, ExpireToken: expiredToken,
	}
}

// deniedText is AWS's text for a scripted denial, without the resource, as the
// call is not read yet; other effects have none of their own.
func deniedText(c *Call, e Effect) string {
	if e != DenyAccess || c.Principal == nil {
		return ""
	}
	action := c.action()
	if h, ok := c.Service.Handlers[c.Operation]; ok {
		if needs := c.needs(h.input()); len(needs) > 0 {
			action = needs[0].Action
		}
	}
	return "User: " + c.Principal.ARN + " is not authorized to perform: " + action +
		" because no identity-based policy allows the " + action + " action"
}

// wait sleeps, unless the client leaves or the World ends first.
func (w *World) wait(c *Call, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.Context().Done():
	case <-w.closed:
	}
}

// hang returns no answer until the client leaves.
func (w *World) hang(c *Call) {
	select {
	case <-c.Context().Done():
	case <-w.closed:
	}
	panic(http.ErrAbortHandler)
}

// reset ends the connection with a TCP reset where there is one.
func reset(rw http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

// truncated writes half of the announced body and breaks the connection.
type truncated struct {
	http.ResponseWriter
	left int
}

func (t *truncated) WriteHeader(status int) {
	n, _ := strconv.Atoi(t.Header().Get("Content-Length"))
	t.left = n / 2
	t.ResponseWriter.WriteHeader(status)
}

func (t *truncated) Write(p []byte) (int, error) {
	n := min(len(p), t.left)
	written, err := t.ResponseWriter.Write(p[:n])
	t.left -= written
	if err != nil || t.left > 0 {
		return written, err
	}
	_ = http.NewResponseController(t.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
