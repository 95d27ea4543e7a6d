package awssim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/sigv4"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// maxBody bounds a body that is read into memory; Lambda's code uploads are
// the largest, at 50 MB and their base64.
const maxBody = 80 << 20

// ServeHTTP answers one request.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		w.serveAdmin(rw, r)
		return
	}
	if h := w.mounted(r); h != nil {
		w.serveMounted(rw, r, h)
		return
	}
	c := &Call{World: w, Request: r, ID: uuid.NewString(), Region: "us-east-1", Header: make(http.Header)}
	req := &wire.Request{HTTP: r, Protocol: wire.RESTJSON, ID: c.ID}
	var resp *wire.Response
	err := w.guarded(c.name, func() (err error) {
		if req, err = w.receive(c); err != nil {
			return err
		}
		if rw, err = w.injectFaults(rw, c, req); err != nil {
			return err
		}
		resp, err = w.answer(c, req)
		return err
	})
	c.tell(err)
	if err != nil {
		resp = c.failed(req, err)
	}
	w.send(rw, c, resp)
}

// failed encodes an error.
func (c *Call) failed(req *wire.Request, err error) *wire.Response {
	if c.Service == nil { // it panicked before anything was known
		c.Service = unknownService("", c.Request)
	}
	return c.Service.codec.EncodeError(req, c.refined(c.internal(req.Protocol, err)))
}

// refined lets the service add to an answer that is an error.
func (c *Call) refined(err error) error {
	if c.Service.Refine == nil {
		return err
	}
	e := wire.AsError(err)
	c.Service.Refine(c, e)
	return e
}

// receive finds out what is called and by whom. The Request that it gives serves
// to encode the error, too.
func (w *World) receive(c *Call) (*wire.Request, error) {
	sig, sigErr := sigv4.Parse(c.Request)
	if sig != nil && sig.Region != "" {
		c.Region = sig.Region
	}
	req, err := w.identify(c, sig)
	req.ID, c.protocol = c.ID, req.Protocol
	if err != nil {
		return req, err
	}
	c.Operation = req.Op.Name
	if sigErr != nil {
		return req, c.refuseSignature(req.Protocol, sigErr)
	}
	err = w.authenticate(c, req, sig)
	w.counts.add(c)
	return req, err
}

// identify finds service and operation.
func (w *World) identify(c *Call, sig *sigv4.Signature) (*wire.Request, error) {
	r := c.Request
	none := &wire.Request{HTTP: r, Protocol: wire.RESTJSON}
	var err error
	if c.Service, err = w.locate(r, sig); err != nil {
		return none, err
	}
	if c.Service.Model == "s3" {
		bucketPath(r)
	} else if err := buffer(r); err != nil {
		return none, err
	}
	req, err := c.Service.codec.Identify(r)
	if err != nil {
		return req, c.unknown(req, err)
	}
	return req, nil
}

// unknown turns an operation that no model has into the 501 that names it.
func (c *Call) unknown(req *wire.Request, err error) error {
	if req.Op == nil {
		return err
	}
	return &Error{
		Code: "NotImplemented", Status: http.StatusNotImplemented, Receiver: true,
		Message: fmt.Sprintf("The simulator does not implement %s:%s.", c.Service.Prefix, req.Op.Name),
	}
}

// buffer reads the body into memory; services other than S3 have small ones.
func buffer(r *http.Request) error {
	whole, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return &Error{Code: "RequestEntityTooLarge", Message: "The request's body can't be read or is too large.", Status: http.StatusRequestEntityTooLarge}
	}
	plain := whole
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		if plain, err = inflate(whole); err != nil {
			return &Error{Code: "SerializationException", Message: "The body is not valid gzip, or too large.", Status: http.StatusBadRequest}
		}
	}
	r.Body = newBuffered(whole, plain)
	return nil
}

// inflate unpacks gzip.
func inflate(packed []byte) ([]byte, error) {
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(zr, maxBody+1))
	if err == nil && len(plain) > maxBody {
		err = errors.New("too large")
	}
	return plain, err
}

// answer decodes, authorizes and runs the operation.
func (w *World) answer(c *Call, req *wire.Request) (*wire.Response, error) {
	h, ok := c.Service.Handlers[req.Op.Name]
	if !ok {
		return nil, c.unknown(req, nil)
	}
	in := h.input()
	if c.Service.Document != nil && takesDocument(req.Op) {
		if err := c.Service.Document(c); err != nil {
			return nil, err
		}
	}
	if err := c.Service.codec.Decode(req, in); err != nil {
		if err = c.refuseInput(err); err != nil {
			return nil, err
		}
	}
	c.input = in
	if err := c.authorize(in); err != nil {
		return nil, err
	}
	if err := cmp.Or(c.refuseUnsupported(in), c.refuseReservedTags(in)); err != nil {
		return nil, err
	}
	out, err := c.run(h, req.Op, in)
	if err != nil {
		return nil, err
	}
	c.output = out
	resp, err := c.Service.codec.Encode(req, out)
	if err != nil {
		return nil, err
	}
	if c.Status != 0 {
		resp.Status = c.Status
	}
	return resp, nil
}

// takesDocument reports whether the body of an operation is one of its members.
func takesDocument(op *model.Operation) bool {
	if op.Input == nil || op.Input.Shape.Payload == "" {
		return false
	}
	return op.Input.Shape.Members[op.Input.Shape.Payload].Shape.Type == "structure"
}

// send writes an answer.
func (w *World) send(rw http.ResponseWriter, c *Call, resp *wire.Response) {
	h := rw.Header()
	for _, from := range []http.Header{resp.Header, c.Header} {
		for k, v := range from {
			h[k] = v
		}
	}
	h["Date"] = []string{w.Clock.Wall().Format(http.TimeFormat)}
	h["Server"] = []string{"awssim"}
	if resp.Stream != nil {
		defer resp.Stream.Close()
		rw.WriteHeader(resp.Status)
		_, _ = io.Copy(rw, resp.Stream) // a client that left is not a failure
		return
	}
	if c.Request.Method != http.MethodHead && resp.Status != http.StatusNoContent && resp.Status != http.StatusNotModified {
		h["Content-Length"] = []string{strconv.Itoa(len(resp.Body))}
	}
	rw.WriteHeader(resp.Status)
	_, _ = rw.Write(resp.Body)
}

// Server is a World that listens.
type Server struct {
	URL string // "http://127.0.0.1:4566"

	http  *http.Server
	world *World
	done  chan error
}

// Listen serves the World on an address such as "127.0.0.1:0".
func (w *World) Listen(addr string) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("awssim: %w", err)
	}
	s := &Server{
		URL:   "http://" + l.Addr().String(),
		http:  &http.Server{Handler: w, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute},
		world: w, done: make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(l) }()
	return s, nil
}

// Close stops listening, lets go of hanging calls and ends the World.
func (s *Server) Close() error {
	s.world.Close()
	err := s.http.Close()
	if served := <-s.done; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}
