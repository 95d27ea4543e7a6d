package web

import (
	"log/slog"
	"net/http"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// bearer is the caller of a request, and the tools that they may call.
type bearer struct {
	auth.Bearer
	caller   caller.Caller
	registry *tool.Registry
}

// authorized admits only requests with a valid token, for as long as it is valid.
func (s *Server) authorized(next func(http.ResponseWriter, *http.Request, bearer) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := s.bearer(r)
		if err != nil {
			s.turnAway(w, r, err)
			return
		}
		if seen, ok := w.(*recorder); ok {
			seen.token = b.caller.Actor
		}
		ctx, cancel := b.Context(r.Context())
		defer cancel()
		if err := next(w, r.WithContext(ctx), b); err != nil {
			writeProblem(w, err)
		}
	})
}

// turnAway answers a request that is not admitted, and records it.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	status := auth.StatusOf(err)
	if status == http.StatusInternalServerError {
		// The cause is for the operator of the server, not for the client.
		s.log.LogAttrs(r.Context(), slog.LevelError, "authentication", attr("error", err.Error()))
		writeProblem(w, fault.New(fault.Internal, "callers cannot be identified now").WithFix("run hawser token list on the server's machine: it says why"))
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="hawser"`)
	}
	s.refusals.Note(r, err)
	writeProblem(w, err)
}

// bearer finds the bearer of a request.
func (s *Server) bearer(r *http.Request) (bearer, error) {
	if s.options.Tokens == nil {
		return bearer{auth.Bearer{ID: "local"}, caller.Caller{Door: "http", Actor: "local", Role: caller.Operator}, s.registry}, nil
	}
	found, err := auth.Bearers{Verify: s.options.Tokens.Verify, Source: "hawser token create makes one"}.Check(r)
	if err != nil {
		return bearer{}, err
	}
	token := found.Token
	if token.Agent != "" {
		return bearer{}, auth.Unauthorized(fault.New(fault.Refused, "the token is for an AI agent").
			WithCause("it was created for the agent profile %s", token.Agent).WithFix("use it with hawser mcp --tokens, or create one without --agent"))
	}
	registry, err := s.registry.Under(token.Guard())
	if err != nil {
		return bearer{}, fault.Wrap(err, fault.Refused, "the token %s is not accepted", token.Name).
			WithCause("%v", err).WithFix("revoke it and create it anew; %s", fault.From(err).Fix)
	}
	return bearer{found, caller.Caller{Door: "http", Actor: token.Name, For: token.For, Token: token.ID, Role: token.Role}, registry}, nil
}
