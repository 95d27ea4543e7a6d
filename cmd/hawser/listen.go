package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
)

// listenFlags say where a server listens, and who can reach it.
type listenFlags struct {
	address     string
	hosts       []string
	cert, key   string
	behindProxy bool
}

func (f *listenFlags) add(set *pflag.FlagSet) {
	set.StringSliceVar(&f.hosts, "host", nil, "names in requests' Host that are this server's, besides localhost")
	set.StringVar(&f.cert, "tls-cert", "", "the file with the certificate chain (PEM)")
	set.StringVar(&f.key, "tls-key", "", "the file with its private key (PEM)")
	set.BoolVar(&f.behindProxy, "behind-proxy", false, "a reverse proxy stands in front and ends TLS")
}

// check refuses an address that others reach without authentication or TLS;
// remedy says how callers would be known.
func (f listenFlags) check(authenticated bool, remedy string) error {
	if (f.cert == "") != (f.key == "") {
		return fault.New(fault.Invalid, "--tls-cert and --tls-key go together").At("tls-cert").WithFix("give both")
	}
	if auth.Loopback(f.address) && !f.behindProxy {
		return nil
	}
	if !authenticated {
		return fault.New(fault.Refused, "others than this machine can reach %s, and nothing says who may call", f.address).
			WithFix("%s, or listen on 127.0.0.1", remedy)
	}
	if f.cert == "" && !f.behindProxy {
		return fault.New(fault.Refused, "others than this machine can reach %s, and tokens would travel without TLS", f.address).
			WithFix("give --tls-cert and --tls-key, or --behind-proxy where a reverse proxy ends TLS")
	}
	return nil
}

func (f listenFlags) scheme() string {
	if f.cert != "" {
		return "https"
	}
	return "http"
}

// shutdownTime is how long calls may go on after Ctrl-C.
const shutdownTime = 30 * time.Second

// serverGC is how much garbage a server may pile up, in percent of what is in
// use: its heap is small, and at Go's usual 100 it would collect every few calls
// (docs/performance.md).
const serverGC = 200

// serveHTTP serves until ctx ends; calls that run then may end first.
func (p *program) serveHTTP(ctx context.Context, what string, f listenFlags, path string, handler http.Handler) error {
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(serverGC)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", f.address)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Hawser cannot listen on %s", f.address).WithCause("%v", err).WithFix("choose another address")
	}
	limits := serverLimits()
	l = limits.limited(l)
	server := &http.Server{
		Handler: limits.bound(handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	fmt.Fprintf(p.streams.err, "%s is served at %s://%s%s; Ctrl-C ends it.\n", what, f.scheme(), l.Addr(), path)
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
		return fault.Wrap(err, fault.Invalid, "the server ended").WithCause("%v", err).WithFix("check the certificate and its key")
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
