// Package web serves the registry over HTTP: the door for programs. Every tool is
// one POST, described by an OpenAPI document that is made from the same
// declarations, and errors are problem documents (RFC 9457) with kind, cause and
// fix.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
)

// Options configure a server: who may call, and where calls are recorded.
type Options struct {
	// Tokens are the bearer tokens. If they are nil, everybody who reaches the
	// address may call, as an operator; this is only for loopback.
	Tokens *auth.Tokens
	// Consent keeps the questions to people; nil refuses calls that must be
	// confirmed.
	Consent Consent
	// Keys remembers calls by their Idempotency-Key; nil refuses such calls.
	Keys Keys
	// Hosts are the names that a request's Host may have besides loopback's.
	Hosts []string
	// Files are the local files that calls may use; nil is none.
	Files *files.Access
	// Version is the version of the program.
	Version string
	// Log receives a line of JSON for each request; nil writes none.
	Log io.Writer
	// Gather adds metrics when they are requested; it may be nil.
	Gather Gatherer
	// Tracer makes the spans of requests and calls; nil makes none.
	Tracer trace.Tracer
	// Ready reports whether calls can be made now; nil means yes.
	Ready func(context.Context) error
	// Clock returns the time; nil means time.Now.
	Clock func() time.Time
}

// Server is the HTTP API. It is safe for concurrent use.
type Server struct {
	registry *tool.Registry
	options  Options
	repeats  *repeats
	metrics  *metrics
	log      *slog.Logger
	refusals *auth.Refusals
}

// maxBody limits a request, in bytes.
const maxBody = 8 << 20

// New returns a server for a registry.
func New(r *tool.Registry, o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return &Server{
		registry: r, options: o, repeats: newRepeats(o.Keys),
		metrics: newMetrics(o.Gather), log: slog.New(slog.NewJSONHandler(o.Log, nil)),
		refusals: auth.NewRefusals("http", r.Refuse, o.Clock),
	}
}

// Handler serves the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /api/v1/tools", s.authorized(s.listTools))
	mux.Handle("GET /api/v1/tools/{name}", s.authorized(s.showTool))
	mux.Handle("POST /api/v1/tools/{name}", s.authorized(s.callTool))
	mux.Handle("GET /api/v1/openapi.json", s.authorized(s.openAPI))
	mux.Handle("GET /metrics", s.authorized(func(w http.ResponseWriter, r *http.Request, _ bearer) error {
		s.metrics.handler.ServeHTTP(w, r)
		return nil
	}))
	mux.HandleFunc("GET /healthz", health)
	mux.Handle("GET /readyz", &readiness{check: s.options.Ready, clock: s.options.Clock, log: s.log})
	return s.outer(mux)
}
