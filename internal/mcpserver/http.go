package mcpserver

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	sdkauth "github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
)

// HTTPOptions configure a server over HTTP.
type HTTPOptions struct {
	// Verify finds the bearer of a token. Nil admits everybody who reaches the
	// address; use it only on loopback.
	Verify auth.Verifier
	// ServerOf finds the server that a bearer speaks to. An error refuses the
	// bearer, and is not shown to the client. Nil means the server whose handler
	// received the request, for all bearers.
	ServerOf func(context.Context, auth.Bearer) (*Server, error)
	// Resource is the server's own URL, and Issuers are the authorization
	// servers that give tokens for it. Both are told to clients without one.
	Resource string
	Issuers  []string
	// Scopes are the scopes that a token must have.
	Scopes []string
	// Hosts are the names that a request's Host may have besides loopback's;
	// Origins the web pages that may call, such as "https://chat.example.com".
	Hosts, Origins []string
}

const (
	// Path is the path of the MCP endpoint.
	Path = "/mcp"
	// metadataPath is where clients learn how to get a token; see
	// https://datatracker.ietf.org/doc/html/rfc9728
	metadataPath = "/.well-known/oauth-protected-resource"
	// sessionTimeout ends idle sessions of older protocol versions.
	sessionTimeout = 30 * time.Minute
	versionHeader  = "Mcp-Protocol-Version"
	sessionHeader  = "Mcp-Session-Id"
	// stateless is the first version of the protocol without sessions.
	stateless = "2026-07-28"
)

// Handler serves the protocol over streamable HTTP: without sessions where the
// client's version of the protocol knows none, with sessions for older ones.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
func (s *Server) Handler(o HTTPOptions) http.Handler {
	get := func(r *http.Request) *mcp.Server {
		if b := bearerOf(sdkauth.TokenInfoFromContext(r.Context())); b.server != nil {
			return b.server.mcp
		}
		return s.mcp
	}
	options := mcp.StreamableHTTPOptions{
		Logger: s.now.Load().options.Logger, MaxRequestBodyBytes: maxMessage, SessionTimeout: sessionTimeout,
		DisableLocalhostProtection: true, PropagateRequestCancellation: true, // checked below, for every address
	}
	sessions := s.ending(mcp.NewStreamableHTTPHandler(get, &options))
	options.Stateless = true
	requests := mcp.NewStreamableHTTPHandler(get, &options)
	var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(versionHeader) >= stateless {
			requests.ServeHTTP(w, r)
			return
		}
		sessions.ServeHTTP(&remedied{ResponseWriter: w, fault: sessionFault}, r)
	})
	handler = s.parsed(handler)
	refusals := auth.NewRefusals("mcp", s.refuse, s.now.Load().options.Clock)
	if o.Verify != nil {
		handler = o.authorized(handler, refusals)
	}
	mux := http.NewServeMux()
	mux.Handle(Path, handler)
	if len(o.Issuers) > 0 {
		metadata := sdkauth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
			Resource: o.Resource, AuthorizationServers: o.Issuers, ScopesSupported: o.Scopes, BearerMethodsSupported: []string{"header"}, ResourceName: "Hawser",
		})
		mux.Handle(metadataPath, metadata)
		mux.Handle(metadataPath+Path, metadata)
	}
	return o.checked(mux, refusals)
}

// ending ends the calls of a session when the session ends, since the SDK waits for
// them. Requests that arrive in the meantime find no session.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
func (s *Server) ending(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running, key := s.sessionOf(r)
		if key.session == "" {
			next.ServeHTTP(w, r)
			return
		}
		if running.isEnding(key) {
			http.Error(w, "session not found", http.StatusNotFound)
			return
		}
		if r.Method == http.MethodDelete {
			defer running.endCalls(key)()
		}
		next.ServeHTTP(w, r)
	})
}

// sessionOf is the session of a request, and what runs on its bearer's server.
func (s *Server) sessionOf(r *http.Request) (*running, sessionKey) {
	bearer := bearerOf(sdkauth.TokenInfoFromContext(r.Context()))
	return cmp.Or(bearer.server, s).running, sessionKey{session: r.Header.Get(sessionHeader), bearer: bearer.ID}
}

// metadataURL is the URL of the resource's metadata; see RFC 9728, 3.1.
func (o HTTPOptions) metadataURL() string {
	u, err := url.Parse(o.Resource)
	if len(o.Issuers) == 0 || err != nil {
		return ""
	}
	u.Path = metadataPath + u.Path
	return u.String()
}

// checked refuses requests from web pages, requests for a host name that is not this
// server's (DNS rebinding), and requests that are not JSON.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
func (o HTTPOptions) checked(next http.Handler, refusals *auth.Refusals) http.Handler {
	access := auth.Access{Hosts: o.Hosts, Origins: o.Origins, PagesFix: "; --origin names pages that may call"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := access.Check(r); err != nil {
			refusals.Note(r, err)
			http.Error(w, describe(fault.From(err)), auth.StatusOf(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}
