package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// bearer is who makes a request, and the tools that they may call.
type bearer struct {
	// id is the token's identity, which a later token of the same name has not.
	id       string
	caller   caller.Caller
	registry *tool.Registry
}

// authorized lets only bearers of a token in, as long as it is good.
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
		ctx, cancel := s.lasting(r.Context(), b)
		defer cancel()
		if err := next(w, r.WithContext(ctx), b); err != nil {
			writeProblem(w, err)
		}
	})
}

// turnAway answers who is not let in, and records it.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	status := StatusOf(err)
	if status == http.StatusInternalServerError {
		// What stands in the way is for who runs this, not for who asks.
		s.log.LogAttrs(r.Context(), slog.LevelError, "authentication", attr("error", err.Error()))
		writeProblem(w, fault.New(fault.Internal, "callers cannot be known now").WithFix("hawser token list, where this server runs, says why"))
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="hawser"`)
	}
	s.refusals.Note(r, err)
	writeProblem(w, err)
}

// lasting gives a context that ends with the bearer's token.
func (s *Server) lasting(ctx context.Context, b bearer) (context.Context, context.CancelFunc) {
	if s.options.Tokens == nil {
		return context.WithCancel(ctx)
	}
	return s.options.Tokens.While(ctx, b.id)
}

// bearer finds out who asks.
//
// https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
func (s *Server) bearer(r *http.Request) (bearer, error) {
	if s.options.Tokens == nil {
		return bearer{"local", caller.Caller{Door: "http", Actor: "local", Role: caller.Operator}, s.registry}, nil
	}
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return bearer{}, unauthorized(fault.New(fault.Refused, "the request bears no token").
			WithFix("send Authorization: Bearer TOKEN; hawser token create makes one"))
	}
	token, ok, err := s.options.Tokens.Find(secret)
	if err != nil {
		return bearer{}, fault.Wrap(err, fault.Internal, "%v", err)
	}
	if !ok {
		return bearer{}, unauthorized(fault.New(fault.Refused, "the token is not known here").
			WithCause("it was revoked, has expired, or was never made here").WithFix("have one made: hawser token create"))
	}
	if token.Agent != "" {
		return bearer{}, unauthorized(fault.New(fault.Refused, "the token is an agent's").
			WithCause("it was made for the agent profile %s", token.Agent).WithFix("use it with hawser mcp --tokens, or have one made without --agent"))
	}
	registry, err := s.registry.Under(token.Guard())
	if err != nil {
		return bearer{}, fault.Wrap(err, fault.Refused, "the token %s is not let in", token.Name).
			WithCause("%v", err).WithFix("revoke it and create it anew; %s", fault.From(err).Fix)
	}
	return bearer{token.ID, caller.Caller{Door: "http", Actor: token.Name, For: token.For, Token: token.ID, Role: token.Role}, registry}, nil
}

// unauthorized is the refusal of a caller who is not known.
func unauthorized(f *fault.Error) error { return refusal{http.StatusUnauthorized, f} }
