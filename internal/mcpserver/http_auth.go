package mcpserver

import (
	"context"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/auth"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/web"
)

// authorized lets only bearers of a token in that is good for the scopes, and
// records who is not let in.
func (o HTTPOptions) authorized(next http.Handler, refusals *web.Refusals) http.Handler {
	check := auth.RequireBearerToken(o.Verify.token, &auth.RequireBearerTokenOptions{
		ResourceMetadataURL: o.metadataURL(), Scopes: o.Scopes, AllowMissingExpiration: true,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		let, beneath := false, w
		var why *fault.Error
		check(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			let = true
			next.ServeHTTP(beneath, r)
		})).ServeHTTP(&remedied{ResponseWriter: w, fault: func(status int) *fault.Error {
			why = o.tokenFault(r, status)
			return why
		}}, r)
		if let {
			return
		}
		if why == nil {
			why = fault.New(fault.Refused, "the token cannot be checked now")
		}
		refusals.Note(r, why)
	})
}

// lasting ends a request with the token that it bears.
func lasting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, end := bearerOf(auth.TokenInfoFromContext(r.Context())).lasting(r.Context())
		defer end()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// lasting gives a context that ends with the bearer's token; its cause tells.
func (b Bearer) lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	end := func() {}
	if !b.Expires.IsZero() {
		ctx, end = context.WithDeadlineCause(ctx, b.Expires, web.ErrEnded())
	}
	if b.While == nil {
		return ctx, end
	}
	ctx, stop := b.While(ctx)
	return ctx, func() { stop(); end() }
}

// refuse records what was refused before it was a call.
func (s *Server) refuse(ctx context.Context, r tool.Request, why error) error {
	return s.now.Load().registry.Refuse(ctx, r, why)
}

// EndSessions ends the sessions that are open, and the calls that run in them.
func (s *Server) EndSessions() {
	for session := range s.mcp.Sessions() {
		go func() { _ = session.Close() }() // which waits for its calls
	}
}
