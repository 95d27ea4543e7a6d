package main

import (
	"context"
	"net/http"
	"runtime/debug"

	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/httpserver"
)

// listenFlags declares the flags of a server except its address.
func listenFlags(set *pflag.FlagSet, l *httpserver.Listen) {
	cli.TextsVar(set, &l.Hosts, "host", "names in requests' Host that are this server's, besides localhost")
	set.StringVar(&l.Cert, "tls-cert", "", "the file with the certificate chain (PEM)")
	set.StringVar(&l.Key, "tls-key", "", "the file with its private key (PEM)")
	set.BoolVar(&l.BehindProxy, "behind-proxy", false, "a reverse proxy stands in front and ends TLS")
}

// serverGC is the GC percentage of a server. Its heap is small, and at Go's
// default of 100 it would be collected every few calls (docs/performance.md).
const serverGC = 200

// listen serves a handler until ctx ends; calls that still run may finish.
func listen(ctx context.Context, p *cli.Program, what string, l httpserver.Listen, path string, handler http.Handler) error {
	if p.Getenv("GOGC") == "" {
		debug.SetGCPercent(serverGC)
	}
	return l.Serve(ctx, p.Streams.Err, what, path, handler)
}
