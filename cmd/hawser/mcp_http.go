package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
)

// httpFlags say how hawser mcp listens.
type httpFlags struct {
	listen      string
	bearer      string
	issuer      string
	resource    string
	hosts       []string
	origins     []string
	cert, key   string
	behindProxy bool
}

func (f *httpFlags) add(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&f.listen, "http", "", "serve over HTTP on this address, such as 127.0.0.1:8765, in place of standard input and output")
	set.StringVar(&f.bearer, "bearer", "", "the environment variable that holds the token which clients must bear")
	set.StringVar(&f.issuer, "oauth-issuer", "", "the URL of the authorization server whose tokens are taken")
	set.StringVar(&f.resource, "resource", "", "this server's URL as clients know it, which OAuth tokens must be for")
	set.StringSliceVar(&f.hosts, "host", nil, "names in requests' Host that are this server's, besides localhost")
	set.StringSliceVar(&f.origins, "origin", nil, "origins of web pages that may call")
	set.StringVar(&f.cert, "tls-cert", "", "the file with the certificate chain (PEM)")
	set.StringVar(&f.key, "tls-key", "", "the file with its private key (PEM)")
	set.BoolVar(&f.behindProxy, "behind-proxy", false, "a reverse proxy stands in front and ends TLS")
}

// serveMCP serves over HTTP until ctx ends; calls that run then may end first.
func (p *program) serveMCP(ctx context.Context, s *mcpserver.Server, f httpFlags) error {
	options, err := f.options(ctx, p.getenv)
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "hawser cannot listen on %s", f.listen).WithCause("%v", err).WithFix("choose another address with --http")
	}
	server := &http.Server{
		Handler: s.Handler(options), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	fmt.Fprintf(p.streams.err, "MCP is served at %s://%s%s; Ctrl-C ends it.\n", f.scheme(), l.Addr(), mcpserver.Path)
	ended := make(chan error, 1)
	go func() {
		if f.cert != "" {
			ended <- server.ServeTLS(l, f.cert, f.key)
			return
		}
		ended <- server.Serve(l)
	}()
	select {
	case err := <-ended:
		return fault.Wrap(err, fault.Invalid, "the server ended").WithCause("%v", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func (f httpFlags) scheme() string {
	if f.cert != "" {
		return "https"
	}
	return "http"
}

// check refuses an address that others reach without authentication or TLS.
func (f httpFlags) check() error {
	if (f.cert == "") != (f.key == "") {
		return fault.New(fault.Invalid, "--tls-cert and --tls-key go together").At("tls-cert").WithFix("give both")
	}
	if mcpserver.Loopback(f.listen) && !f.behindProxy {
		return nil
	}
	if f.bearer == "" && f.issuer == "" {
		return fault.New(fault.Refused, "others than this machine can reach %s, and nothing says who may call", f.listen).At("http").
			WithFix("give --bearer or --oauth-issuer, or listen on 127.0.0.1")
	}
	if f.cert == "" && !f.behindProxy {
		return fault.New(fault.Refused, "others than this machine can reach %s, and tokens would travel without TLS", f.listen).At("http").
			WithFix("give --tls-cert and --tls-key, or --behind-proxy where a reverse proxy ends TLS")
	}
	return nil
}

// options are the server's part of the flags.
func (f httpFlags) options(ctx context.Context, getenv func(string) string) (mcpserver.HTTPOptions, error) {
	o := mcpserver.HTTPOptions{Hosts: f.hosts, Origins: f.origins, Resource: f.resource}
	switch {
	case f.bearer != "" && f.issuer != "":
		return o, fault.New(fault.Invalid, "--bearer and --oauth-issuer exclude each other").At("bearer").WithFix("keep one of them")
	case f.bearer != "":
		token := getenv(f.bearer)
		if len(token) < minToken {
			return o, fault.New(fault.Invalid, "the variable %s holds no token of at least %d characters", f.bearer, minToken).At("bearer").
				WithFix("set it, for instance to what `openssl rand -hex 32` prints")
		}
		o.Verify = mcpserver.StaticToken("bearer", token)
	case f.issuer != "":
		if f.resource == "" {
			return o, fault.New(fault.Invalid, "--oauth-issuer needs --resource, which its tokens are for").At("resource").
				WithFix("give this server's URL as clients know it, such as https://hawser.example.com/mcp")
		}
		verify, err := oauthVerifier(ctx, f.issuer, f.resource)
		if err != nil {
			return o, err
		}
		o.Verify, o.Issuers = verify, []string{f.issuer}
	}
	return o, nil
}

// minToken is the shortest bearer token that is taken.
const minToken = 20

// oauthVerifier takes the JSON Web Tokens of an authorization server that are
// meant for the resource; see https://datatracker.ietf.org/doc/html/rfc9068
func oauthVerifier(ctx context.Context, issuer, resource string) (mcpserver.Verifier, error) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fault.Wrap(err, fault.Endpoint, "the authorization server %s cannot be asked for its keys", issuer).
			WithCause("%v", err).At("oauth-issuer").WithFix("check the URL, and that this machine reaches it")
	}
	verifier := provider.VerifierContext(context.WithoutCancel(ctx), &oidc.Config{ClientID: resource})
	return func(ctx context.Context, token string) (mcpserver.Bearer, error) {
		t, err := verifier.Verify(ctx, token)
		if err != nil {
			return mcpserver.Bearer{}, err
		}
		return mcpserver.Bearer{Name: t.Subject, Expires: t.Expiry}, nil
	}, nil
}
