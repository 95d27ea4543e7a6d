package main

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/app"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/httpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/web"
)

// serveFlags are the flags of hawser serve.
type serveFlags struct {
	httpserver.Listen
	open bool
}

func serveCommand(p *cli.Program) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the tools to programs over HTTP",
		Long: `Serve the tools to programs over HTTP: POST /api/v1/tools/NAME calls one, and
/api/v1/openapi.json describes them all. Callers bear tokens, which hawser token
create makes.`,
		Example: `  hawser serve
  hawser serve --listen 127.0.0.1:8080 --no-tokens
  hawser serve --listen :8443 --tls-cert cert.pem --tls-key key.pem --host hawser.example.com`,
		Args: cli.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), p, f) },
	}
	cmd.Flags().StringVar(&f.Address, "listen", "127.0.0.1:8080", "the address to listen on")
	cmd.Flags().BoolVar(&f.open, "no-tokens", false, "let every program of this machine call, without a token")
	listenFlags(cmd.Flags(), &f.Listen)
	return cmd
}

func serve(ctx context.Context, p *cli.Program, f serveFlags) (err error) {
	if err := f.Check(!f.open, "omit --no-tokens"); err != nil {
		return err
	}
	options, err := webOptions(p, f)
	if err != nil {
		return err
	}
	registry, err := p.App.Registry()
	if err != nil {
		return err
	}
	traces, end, err := app.Traces(ctx, p.Getenv, p.Version)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	options.Tracer = traces.Tracer("github.com/hawser/hawser")
	// SIGHUP ends the server like SIGTERM, whether a terminal closed or somebody wants
	// the configuration to be read again. Calls that still run may finish.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	return listen(ctx, p, "The API", f.Listen, "/api/v1", web.New(registry, options).Handler())
}

// webOptions returns the options of the server, without its tracer.
func webOptions(p *cli.Program, f serveFlags) (o web.Options, err error) {
	o = web.Options{Hosts: f.Hosts, Consent: tool.NewConsent(nil), Version: p.Version, Log: p.Streams.Err, Gather: p.App.AWSCounts}
	if o.Keys, err = p.App.Keys(); err != nil {
		return o, err
	}
	if !f.open {
		if o.Tokens, err = p.App.ReadableTokens(); err != nil {
			return o, err
		}
	}
	if o.Files, err = p.App.RootFiles(); err != nil {
		return o, err
	}
	o.Ready = p.App.Ready(o.Tokens)
	return o, nil
}
