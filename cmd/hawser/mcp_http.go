package main

import (
	"context"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
)

// httpFlags say how hawser mcp listens.
type httpFlags struct {
	listenFlags
	bearer   string
	issuer   string
	resource string
	origins  []string
}

func (f *httpFlags) add(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&f.address, "http", "", "serve over HTTP on this address, such as 127.0.0.1:8765, in place of standard input and output")
	set.StringVar(&f.bearer, "bearer", "", "the environment variable that holds the token which clients must bear")
	set.StringVar(&f.issuer, "oauth-issuer", "", "the URL of the authorization server whose tokens are taken")
	set.StringVar(&f.resource, "resource", "", "this server's URL as clients know it, which OAuth tokens must be for")
	set.StringSliceVar(&f.origins, "origin", nil, "origins of web pages that may call")
	f.listenFlags.add(set)
}

// serveMCP serves over HTTP until ctx ends.
func (p *program) serveMCP(ctx context.Context, s *mcpserver.Server, f httpFlags) error {
	options, err := f.options(ctx, p.getenv)
	if err != nil {
		return err
	}
	if err := f.check(options.Verify != nil, "give --bearer or --oauth-issuer"); err != nil {
		return err
	}
	return p.serveHTTP(ctx, "MCP", f.listenFlags, mcpserver.Path, s.Handler(options))
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
