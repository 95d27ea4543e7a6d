// Package web is the registry over HTTP: the door for programs. Every tool is
// one POST, described by an OpenAPI document that is made from the same
// declarations, and errors are problem documents with kind, cause and fix.
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

// Options say who may call and what is written down.
type Options struct {
	// Tokens are the bearer tokens; nil lets everybody in who reaches the
	// address, as an operator, which is for loopback alone.
	Tokens *auth.Tokens
	// Consent keeps the questions that are put to people; nil refuses the calls
	// that need a yes.
	Consent Consent
	// Keys remembers calls by their Idempotency-Key; nil refuses these.
	Keys Keys
	// Hosts are the names that a request's Host may have besides loopback's.
	Hosts []string
	// Files are the local files that calls may use; nil is none.
	Files *files.Access
	// Version is the program's.
	Version string
	// Log receives a line of JSON for each request; nil writes none.
	Log io.Writer
	// Gather adds to the metrics when they are asked for; it may be nil.
	Gather Gatherer
	// Tracer makes the spans of requests and calls; nil makes none.
	Tracer trace.Tracer
	// Ready tells whether calls can be made now; nil is yes.
	Ready func(context.Context) error
	// Clock is the time; nil is time.Now.
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

// maxBody bounds a request, in bytes.
const maxBody = 8 << 20

// New makes a server of a registry.
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
