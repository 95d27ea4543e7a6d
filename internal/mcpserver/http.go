package mcpserver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/web"
)

// HTTPOptions say who may speak to a server over HTTP.
type HTTPOptions struct {
	// Verify tells whose a bearer token is. Nil lets everybody in who reaches
	// the address, which is for loopback alone.
	Verify Verifier
	// Resource is the server's own URL, and Issuers are the authorization
	// servers that give tokens for it. Both are told to clients without one.
	Resource string
	Issuers  []string
	// Scopes are what a token must be good for.
	Scopes []string
	// Hosts are the names that a request's Host may bear besides loopback's;
	// Origins the web pages that may call, such as "https://chat.example.com".
	Hosts, Origins []string
}

// Verifier tells whose a bearer token is and when it ends. The error is for a
// token that is none; it is not shown to the client.
type Verifier func(ctx context.Context, token string) (Bearer, error)

// Bearer is who holds a token.
type Bearer struct {
	// ID tells the bearer from all others; sessions are bound to it. Empty is
	// nobody, who is not let in.
	ID      string
	Name    string
	Expires time.Time // zero for never
	// For is on whose behalf its calls are, where the token tells; it counts in
	// the place of Options.For.
	For string
	// Scopes are what the token is good for.
	Scopes []string
	// While gives a context that ends when the token does, with a *fault.Error as
	// its cause; nil leaves it to Expires.
	While func(context.Context) (context.Context, context.CancelFunc)
	// Server is the one that the bearer speaks to, where it is another than the
	// one whose handler it reached.
	Server *Server
}

const (
	// Path is where the protocol is spoken.
	Path = "/mcp"
	// metadataPath is where clients learn how to get a token; see
	// https://datatracker.ietf.org/doc/html/rfc9728
	metadataPath = "/.well-known/oauth-protected-resource"
	// sessionTimeout ends sessions of older protocol versions that rest.
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
		if b := bearerOf(auth.TokenInfoFromContext(r.Context())); b.Server != nil {
			return b.Server.mcp
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
	handler = distinct(handler)
	refusals := web.NewRefusals("mcp", s.refuse, s.now.Load().options.Clock)
	if o.Verify != nil {
		handler = o.authorized(lasting(handler), refusals)
	}
	mux := http.NewServeMux()
	mux.Handle(Path, handler)
	if len(o.Issuers) > 0 {
		metadata := auth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
			Resource: o.Resource, AuthorizationServers: o.Issuers, ScopesSupported: o.Scopes, BearerMethodsSupported: []string{"header"}, ResourceName: "Hawser",
		})
		mux.Handle(metadataPath, metadata)
		mux.Handle(metadataPath+Path, metadata)
	}
	return o.checked(mux, refusals)
}

// ending ends the calls of a session with it: the SDK waits for them to end.
// Requests that come in it meanwhile find no session.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
func (s *Server) ending(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer := bearerOf(auth.TokenInfoFromContext(r.Context()))
		running := cmp.Or(bearer.Server, s).running
		key := sessionKey{session: r.Header.Get(sessionHeader), bearer: bearer.ID}
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

// metadataURL is where the metadata of the resource stands; see RFC 9728, 3.1.
func (o HTTPOptions) metadataURL() string {
	u, err := url.Parse(o.Resource)
	if len(o.Issuers) == 0 || err != nil {
		return ""
	}
	u.Path = metadataPath + u.Path
	return u.String()
}

func (v Verifier) token(ctx context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
	bearer, err := v(ctx, token)
	if err != nil || bearer.ID == "" {
		return nil, auth.ErrInvalidToken
	}
	return &auth.TokenInfo{UserID: bearer.ID, Scopes: bearer.Scopes, Expiration: bearer.Expires, Extra: map[string]any{bearerField: bearer}}, nil
}

// bearerField is where the SDK carries the Bearer along.
const bearerField = "bearer"

// bearerOf is whose request it is; the zero Bearer where it bore no token.
func bearerOf(info *auth.TokenInfo) Bearer {
	if info == nil {
		return Bearer{}
	}
	b, _ := info.Extra[bearerField].(Bearer)
	return b
}

// StaticToken is the Verifier of one token.
func StaticToken(name, token string) Verifier {
	want := sha256.Sum256([]byte(token))
	return func(_ context.Context, got string) (Bearer, error) {
		sum := sha256.Sum256([]byte(got))
		if subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			return Bearer{}, auth.ErrInvalidToken
		}
		return Bearer{ID: name, Name: name}, nil
	}
}

// checked refuses requests that a web page made, that were led here by a name
// that is not this server's (DNS rebinding), or that are not JSON.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
func (o HTTPOptions) checked(next http.Handler, refusals *web.Refusals) http.Handler {
	access := web.Access{Hosts: o.Hosts, Origins: o.Origins, PagesFix: "; --origin names pages that may call"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := access.Check(r); err != nil {
			refusals.Note(r, err)
			http.Error(w, describe(fault.From(err)), web.StatusOf(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}
