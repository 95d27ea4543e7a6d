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

// bearer is the bearer of a request and the server for it. If the server is nil,
// the server whose handler received the request is used.
type bearer struct {
	auth.Bearer
	server *Server
}

// bearerField is the key under which the SDK passes the bearer on.
const bearerField = "bearer"

// bearerOf returns the bearer of a request; the zero bearer if there was no
// token.
func bearerOf(info *sdkauth.TokenInfo) bearer {
	if info == nil {
		return bearer{}
	}
	b, _ := info.Extra[bearerField].(bearer)
	return b
}

// authorized admits only requests with a valid token, ends them when the token
// ends, and records refusals.
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

// bearer finds the bearer of a request. If tokens cannot be checked now, clients
// get no more than the status of an unknown token.
func (o HTTPOptions) bearer(r *http.Request) (bearer, error) {
	bearers := auth.Bearers{Verify: o.Verify, Scopes: o.Scopes, Source: o.tokenSource()}
	found, err := bearers.Check(r)
	if errors.Is(err, fault.Internal) {
		err = bearers.Unknown(err)
	}
	if err != nil || o.ServerOf == nil {
		return bearer{Bearer: found}, err
	}
	server, err := o.ServerOf(r.Context(), found)
	if err != nil {
		return bearer{}, bearers.Unknown(err)
	}
	return bearer{found, server}, nil
}

type bearerKey struct{}

// carried tells the SDK who makes a request, since the SDK binds sessions to
// that. The SDK reads it only from its own check of tokens.
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

// challenge tells a client without a valid token where to get one.
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

// refuse records a request that was refused before it became a call.
func (s *Server) refuse(ctx context.Context, r tool.Request, why error) error {
	return s.now.Load().registry.Refuse(ctx, r, why)
}

// EndSessions ends all open sessions and the calls that run in them.
func (s *Server) EndSessions() {
	for session := range s.mcp.Sessions() {
		go func() { _ = session.Close() }() // Close waits for its calls
	}
}
