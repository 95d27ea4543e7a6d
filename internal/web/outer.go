package web

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
)

// requestID is the header with the id of a request, from the client or from this
// server.
const requestID = "X-Request-Id"

// saneID matches a request id that is accepted from a client.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// outer wraps every request: it sets an id, checks where the request comes from,
// limits it, writes a line to the access log, and turns the mux's errors into
// problems.
func (s *Server) outer(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.options.Clock()
		id := r.Header.Get(requestID)
		if !saneID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set(requestID, id)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := s.options.Tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", r.Method), attribute.String("url.path", r.URL.Path), attribute.String("hawser.request", id)))
		defer span.End()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		seen := &recorder{ResponseWriter: w}
		if err := (auth.Access{Hosts: s.options.Hosts}).Check(r); err != nil {
			s.refusals.Note(r, err)
			writeProblem(seen, err)
		} else {
			s.route(seen, r, next)
		}
		span.SetAttributes(attribute.Int("http.response.status_code", seen.status))
		s.record(r, seen, id, begun)
	})
}

// route answers requests without a route with a problem.
func (s *Server) route(w http.ResponseWriter, r *http.Request, next *http.ServeMux) {
	handler, pattern := next.Handler(r)
	if pattern != "" {
		next.ServeHTTP(w, r)
		return
	}
	probe := &recorder{ResponseWriter: blank{http.Header{}}}
	handler.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		writeProblemAs(w, probe.status, fault.New(fault.Invalid, "%s is not a method of this path", r.Method).WithFix("use %s", probe.Header().Get("Allow")))
		return
	}
	writeProblem(w, fault.New(fault.NotFound, "there is nothing at this path").WithFix("see /api/v1/openapi.json"))
}

// blank discards an answer.
type blank struct{ header http.Header }

func (b blank) Header() http.Header       { return b.header }
func (blank) Write(p []byte) (int, error) { return len(p), nil }
func (blank) WriteHeader(int)             {}

// record writes the access log: caller and request, never a header or a body.
func (s *Server) record(r *http.Request, seen *recorder, id string, begun time.Time) {
	took := s.options.Clock().Sub(begun)
	s.log.LogAttrs(r.Context(), 0, "request", // slog's level info
		attr("id", id), attr("method", r.Method), attr("path", r.URL.Path), attr("token", seen.token),
		attr("status", seen.status), attr("bytes", seen.bytes), attr("ms", took.Milliseconds()), attr("peer", r.RemoteAddr))
}

// recorder notes status and size of an answer.
type recorder struct {
	http.ResponseWriter
	status, bytes int
	token         string
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
