package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/app"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/httpserver"
	"github.com/hawser/hawser/internal/mcpserver"
)

// httpFlags are the flags of hawser mcp for HTTP.
type httpFlags struct {
	httpserver.Listen
	tokens   bool
	bearer   string
	issuer   string
	resource string
	scope    string
	origins  []string
}

func (f *httpFlags) add(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&f.Address, "http", "", "serve over HTTP on this address, such as 127.0.0.1:8765, in place of standard input and output")
	set.BoolVar(&f.tokens, "tokens", false, "take the tokens that hawser token create makes; each may have a profile of its own")
	set.StringVar(&f.bearer, "bearer", "", "the environment variable that holds the token which clients must bear")
	set.StringVar(&f.issuer, "oauth-issuer", "", "the URL of the authorization server whose tokens are taken")
	set.StringVar(&f.resource, "resource", "", "this server's URL as clients know it, which OAuth tokens must be for")
	set.StringVar(&f.scope, "oauth-scope", "hawser", "the scope that OAuth tokens must have")
	cli.TextsVar(set, &f.origins, "origin", "origins of web pages that may call")
	listenFlags(set, &f.Listen)
}

// onlyWith refuses flags for HTTP unless something is served over HTTP.
func (f httpFlags) onlyWith(cmd *cobra.Command) error {
	if f.Address != "" {
		return nil
	}
	var own cobra.Command
	(&httpFlags{}).add(&own)
	var without string
	cmd.Flags().Visit(func(given *pflag.Flag) {
		if own.Flags().Lookup(given.Name) != nil {
			without = given.Name
		}
	})
	if without == "" {
		return nil
	}
	return fault.New(fault.Invalid, "--%s is for --http, which was not given", without).At(without).
		WithFix("give --http with an address such as 127.0.0.1:8765, or leave --%s out", without)
}

// serveMCP serves over HTTP until ctx ends.
func serveMCP(ctx context.Context, p *cli.Program, agents *app.Agents, f httpFlags) error {
	options, err := f.options(ctx, p.Getenv)
	if err != nil {
		return err
	}
	if f.tokens {
		options.Verify, options.ServerOf = agents.Verify, agents.ServerOf
	}
	if err := f.Check(options.Verify != nil, "give --tokens, --bearer or --oauth-issuer"); err != nil {
		return err
	}
	return listen(ctx, p, "MCP", f.Listen, mcpserver.Path, agents.Main().Handler(options))
}

// options returns the server's options from the flags.
func (f httpFlags) options(ctx context.Context, getenv func(string) string) (mcpserver.HTTPOptions, error) {
	o := mcpserver.HTTPOptions{Hosts: f.Hosts, Origins: f.origins, Resource: f.resource}
	switch {
	case f.ways() > 1:
		return o, fault.New(fault.Invalid, "--tokens, --bearer and --oauth-issuer can't be used together").At("bearer").WithFix("keep one of them")
	case f.bearer != "":
		token := getenv(f.bearer)
		if len(token) < minToken {
			return o, fault.New(fault.Invalid, "the variable %s holds no token of at least %d characters", f.bearer, minToken).At("bearer").
				WithFix("set it, for instance to what `openssl rand -hex 32` prints")
		}
		o.Verify = auth.StaticToken("bearer", token)
	case f.issuer != "":
		if f.resource == "" {
			return o, fault.New(fault.Invalid, "--oauth-issuer needs --resource, which its tokens are for").At("resource").
				WithFix("give this server's URL as clients know it, such as https://hawser.example.com/mcp")
		}
		if f.scope == "" || strings.ContainsAny(f.scope, " \"\\") {
			return o, fault.New(fault.Invalid, "%q is not a scope", f.scope).At("oauth-scope").
				WithFix("name the one scope that the authorization server gives for this server, such as hawser")
		}
		verify, err := auth.OAuth(ctx, f.issuer, f.resource)
		if err != nil {
			return o, err
		}
		o.Verify, o.Issuers, o.Scopes = verify, []string{f.issuer}, []string{f.scope}
	}
	return o, nil
}

// ways counts the configured ways of authentication.
func (f httpFlags) ways() int {
	n := 0
	for _, given := range []bool{f.tokens, f.bearer != "", f.issuer != ""} {
		if given {
			n++
		}
	}
	return n
}

// minToken is the length of the shortest bearer token that is accepted.
const minToken = 20
