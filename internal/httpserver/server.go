// Package httpserver serves a door over HTTP: it decides where a server listens,
// who can reach it, and how much of it one client can occupy. It knows no tools
// and no callers.
package httpserver

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// Listen configures where a server listens, and who can reach it.
type Listen struct {
	// Address is HOST:PORT.
	Address string
	// Hosts are this server's names in requests' Host, in addition to localhost.
	Hosts []string
	// Cert and Key are files with the certificate chain and its private key, in
	// PEM. Without them the server speaks HTTP without TLS.
	Cert, Key string
	// BehindProxy means that a reverse proxy in front of the server terminates
	// TLS.
	BehindProxy bool
}

// Check refuses an address that others can reach without authentication or TLS;
// remedy says how to require authentication.
func (l Listen) Check(authenticated bool, remedy string) error {
	if (l.Cert == "") != (l.Key == "") {
		return fault.New(fault.Invalid, "--tls-cert and --tls-key go together").At("tls-cert").WithFix("give both")
	}
	if l.Cert != "" {
		if err := cmp.Or(checkPEM("tls-cert", l.Cert), checkPEM("tls-key", l.Key)); err != nil {
			return err
		}
	}
	if auth.Loopback(l.Address) && !l.BehindProxy {
		return nil
	}
	if !authenticated {
		return fault.New(fault.Refused, "others than this machine can reach %s, and nothing says who may call", l.Address).
			WithFix("%s, or listen on 127.0.0.1", remedy)
	}
	if l.Cert == "" && !l.BehindProxy {
		return fault.New(fault.Refused, "others than this machine can reach %s, and tokens would travel without TLS", l.Address).
			WithFix("give --tls-cert and --tls-key, or --behind-proxy where a reverse proxy ends TLS")
	}
	return nil
}

// checkPEM refuses a file that is not regular, since reading it could wait forever.
func checkPEM(flag, path string) error {
	if err := files.CheckRegular(path); err != nil {
		return fault.Wrap(err, fault.Invalid, "%s can't be read", path).At(flag).WithCause("%v", err).WithFix("name a regular PEM file that this user may read")
	}
	return nil
}

func (l Listen) scheme() string {
	if l.Cert != "" {
		return "https"
	}
	return "http"
}

// shutdownTime is how long calls may continue after the server is told to end.
const shutdownTime = 30 * time.Second

// Serve serves a handler until ctx ends; calls that still run may finish. When it
// listens, it writes to log what it serves, such as "The API", and its URL.
func (l Listen) Serve(ctx context.Context, log io.Writer, what, path string, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", l.Address)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Hawser cannot listen on %s", l.Address).WithCause("%v", err).WithFix("choose another address")
	}
	limits := serverLimits()
	listener = limits.limited(listener)
	server := &http.Server{
		Handler: limits.bound(handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	fmt.Fprintf(log, "%s is served at %s://%s%s; Ctrl-C ends it.\n", what, l.scheme(), listener.Addr(), path)
	ended := make(chan error, 1)
	go func() {
		if l.Cert != "" {
			ended <- server.ServeTLS(listener, l.Cert, l.Key)
			return
		}
		ended <- server.Serve(listener)
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
