package main

import (
	"context"
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/web"
)

// serveFlags are the flags of hawser serve.
type serveFlags struct {
	listenFlags
	open bool
}

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the tools to programs over HTTP",
		Long: `Serve the tools to programs over HTTP: POST /api/v1/tools/NAME calls one, and
/api/v1/openapi.json describes them all. Callers bear tokens, which hawser token
create makes.`,
		Example: `  hawser serve
  hawser serve --listen 127.0.0.1:8080 --no-tokens
  hawser serve --listen :8443 --tls-cert cert.pem --tls-key key.pem --host hawser.example.com`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := f.check(!f.open, "omit --no-tokens"); err != nil {
				return err
			}
			options := web.Options{Hosts: f.hosts, Consent: tool.NewConsent(nil), Version: version(), Log: p.streams.err, Gather: p.house.awsCounts}
			dir, err := config.StateDir()
			if err != nil {
				return err
			}
			options.Keys = idempotency.OpenFolder(filepath.Join(dir, "idempotency"), nil)
			if !f.open {
				if options.Tokens, err = p.house.readableTokens(); err != nil {
					return err
				}
			}
			registry, err := p.open()
			if err != nil {
				return err
			}
			if options.Files, err = p.house.rootFiles(); err != nil {
				return err
			}
			options.Ready = p.house.ready(options.Tokens)
			traces, end, err := p.traces(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, end()) }()
			options.Tracer = traces.Tracer("github.com/hawser/hawser")
			// A terminal that closes, or whoever asks for the configuration to be
			// read anew, ends the server as SIGTERM does: calls that run end first.
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
			defer stop()
			return p.serveHTTP(ctx, "The API", f.listenFlags, "/api/v1", web.New(registry, options).Handler())
		},
	}
	cmd.Flags().StringVar(&f.address, "listen", "127.0.0.1:8080", "the address to listen on")
	cmd.Flags().BoolVar(&f.open, "no-tokens", false, "let every program of this machine call, without a token")
	f.add(cmd.Flags())
	return cmd
}

// ready tells whether callers can be known, and their calls written down.
func (h *house) ready(tokens *auth.Tokens) func(context.Context) error {
	return func(ctx context.Context) error {
		if tokens != nil {
			if _, err := tokens.List(); err != nil {
				return err
			}
		}
		log, err := h.log()
		if err != nil {
			return err
		}
		return log.Ready(ctx)
	}
}

// awsCounts are the calls to AWS so far, for the metrics.
func (h *house) awsCounts() []web.APICount {
	pool, err := h.pool()
	if err != nil {
		return nil
	}
	var counts []web.APICount
	for _, s := range pool.Stats() {
		count := web.APICount{
			Region: s.Region, Service: s.Service, Operation: s.Operation,
			Attempts: s.Attempts, Failures: s.Failures, Throttled: s.Throttled,
		}
		if arn.IsAccount(s.Account) {
			count.Account = s.Account
		} else {
			count.Connection = s.Account
		}
		counts = append(counts, count)
	}
	return counts
}
