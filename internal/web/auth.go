package web

import (
	"net/http"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// bearer is who makes a request, and the tools that they may call.
type bearer struct {
	caller   tool.Caller
	registry *tool.Registry
}

// authorized lets only bearers of a token in.
func (s *Server) authorized(next func(http.ResponseWriter, *http.Request, bearer) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := s.bearer(r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="hawser"`)
			writeProblemAs(w, http.StatusUnauthorized, fault.From(err))
			return
		}
		if seen, ok := w.(*recorder); ok {
			seen.token = b.caller.Actor
		}
		if err := next(w, r, b); err != nil {
			writeProblem(w, err)
		}
	})
}

// bearer finds out who asks.
//
// https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
func (s *Server) bearer(r *http.Request) (bearer, error) {
	if s.options.Tokens == nil {
		return bearer{tool.Caller{Door: "http", Actor: "local", Role: tool.Operator}, s.registry}, nil
	}
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return bearer{}, fault.New(fault.Refused, "the request bears no token").WithFix("send Authorization: Bearer TOKEN; hawser token create makes one")
	}
	token, ok, err := s.options.Tokens.Find(secret)
	if err != nil {
		return bearer{}, err
	}
	if !ok {
		return bearer{}, fault.New(fault.Refused, "the token is not known here").
			WithCause("it was revoked, has expired, or was never made here").WithFix("have one made: hawser token create")
	}
	if token.Agent != "" {
		return bearer{}, fault.New(fault.Refused, "the token is an agent's").
			WithCause("it was made for the agent profile %s", token.Agent).WithFix("use it with hawser mcp --tokens, or have one made without --agent")
	}
	registry, err := s.registry.Under(token.Guard())
	if err != nil {
		return bearer{}, err
	}
	return bearer{tool.Caller{Door: "http", Actor: token.Name, For: token.For, Role: token.Role}, registry}, nil
}
