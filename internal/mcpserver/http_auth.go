package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	sdkauth "github.com/modelcontextprotocol/go-sdk/auth"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// bearer is who makes a request, and the server that they speak to; nil is the
// one whose handler the request reached.
type bearer struct {
	auth.Bearer
	server *Server
}

// bearerField is where the SDK carries the bearer along.
const bearerField = "bearer"

// bearerOf is whose request it is; the zero bearer where it bore no token.
func bearerOf(info *sdkauth.TokenInfo) bearer {
	if info == nil {
		return bearer{}
	}
	b, _ := info.Extra[bearerField].(bearer)
	return b
}

// authorized lets only bearers of a good token in, ends their requests with the
// token, and records who is not let in.
func (o HTTPOptions) authorized(next http.Handler, refusals *auth.Refusals) http.Handler {
	next = carried(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := o.bearer(r)
		if err != nil {
			refusals.Note(r, err)
			if challenge := o.challenge(); challenge != "" {
				w.Header().Add("WWW-Authenticate", challenge)
			}
			http.Error(w, describe(fault.From(err)), auth.StatusOf(err))
			return
		}
		ctx, end := b.Context(context.WithValue(r.Context(), bearerKey{}, b))
		defer end()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// bearer finds out whose request it is. Clients get nothing but the status of an
// unknown token where tokens cannot be checked now.
func (o HTTPOptions) bearer(r *http.Request) (bearer, error) {
	bearers := auth.Bearers{Verify: o.Verify, Scopes: o.Scopes, Source: o.tokenSource()}
	found, err := bearers.Check(r)
	if errors.Is(err, fault.Internal) {
		err = bearers.Unknown()
	}
	if err != nil || o.ServerOf == nil {
		return bearer{Bearer: found}, err
	}
	server, err := o.ServerOf(r.Context(), found)
	if err != nil {
		return bearer{}, bearers.Unknown()
	}
	return bearer{found, server}, nil
}

type bearerKey struct{}

// carried tells the SDK who makes a request, as it binds sessions to that. The
// SDK takes it from its own check of tokens alone.
func carried(next http.Handler) http.Handler {
	info := func(ctx context.Context, _ string, _ *http.Request) (*sdkauth.TokenInfo, error) {
		b, ok := ctx.Value(bearerKey{}).(bearer)
		if !ok {
			return nil, sdkauth.ErrInvalidToken
		}
		return &sdkauth.TokenInfo{UserID: b.ID, Scopes: b.Scopes, Extra: map[string]any{bearerField: b}}, nil
	}
	return sdkauth.RequireBearerToken(info, &sdkauth.RequireBearerTokenOptions{AllowMissingExpiration: true})(next)
}

// challenge tells a client without a good token where it gets one.
//
// https://datatracker.ietf.org/doc/html/rfc9728#section-5.1
func (o HTTPOptions) challenge() string {
	var parameters []string
	if metadata := o.metadataURL(); metadata != "" {
		parameters = append(parameters, fmt.Sprintf("resource_metadata=%q", metadata))
	}
	if len(o.Scopes) > 0 {
		parameters = append(parameters, fmt.Sprintf("scope=%q", strings.Join(o.Scopes, " ")))
	}
	if len(parameters) == 0 {
		return ""
	}
	return "Bearer " + strings.Join(parameters, ", ")
}

// tokenSource says where tokens come from.
func (o HTTPOptions) tokenSource() string {
	if len(o.Issuers) > 0 {
		return "tokens come from " + strings.Join(o.Issuers, ", ")
	}
	return "whoever runs this server gives tokens (hawser token create, or the variable that --bearer names)"
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
