package awserr

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// This file says in words why no answer came: which machine did not answer, which proxy
// was asked, whose certificate it was. The texts of Go's network library are left out.

// ProxyError is the error of a proxy that made no tunnel to AWS.
type ProxyError struct {
	Proxy  string // its host and port
	Status int    // what it answered
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered with HTTP status %d", e.Proxy, e.Status)
}

// OfProxy returns the error of what a proxy answered when it was asked for a tunnel to a
// host; nil where it made one. What a later try does not change is a fault.
func OfProxy(proxy *url.URL, host string, status int) error {
	gate := OfGate(status)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	switch {
	case status == http.StatusOK:
		return nil
	case gate != nil:
		return gate.WithCause("%s answered with HTTP status %d", proxy.Host, status)
	case status >= http.StatusInternalServerError:
		return &ProxyError{Proxy: proxy.Host, Status: status}
	}
	return fault.New(fault.Endpoint, "the proxy refuses connections to %s", host).
		WithCause("the proxy %s (HTTPS_PROXY) answered with HTTP status %d; it may be a web filter", proxy.Host, status).
		WithFix("ask who runs the proxy to allow %s, or name the host in NO_PROXY", host)
}

// ofNetwork classifies a connection that could not be made, or that broke before AWS
// answered.
func ofNetwork(err error) *fault.Error {
	e := fault.New(fault.Network, "AWS could not be reached").
		WithFix("check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the endpoint")
	var proxy *ProxyError
	if errors.As(err, &proxy) {
		return e.WithCause("the proxy %s (HTTPS_PROXY) answered with HTTP status %d in place of a connection", proxy.Proxy, proxy.Status).
			WithFix("try again; if it continues, ask who runs the proxy")
	}
	to := peer(err)
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		e.Message = "the proxy could not be reached"
		to = "the proxy " + peer(op.Err) + " (HTTPS_PROXY)"
		e = e.WithFix("correct HTTPS_PROXY, or name the hosts that are reached without a proxy in NO_PROXY")
	}
	return e.WithCause("%s%s", reset(err, to), throughProxy(err))
}

// reset says what became of a connection to a place.
func reset(err error, to string) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return to + " refused the connection: no program listens there, or a firewall rejects it"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no route to " + to
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return to + " closed the connection"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "this machine does not permit connections to " + to
	}
	return "the connection to " + to + " could not be used"
}

// ofTimeout classifies an answer that took too long.
func ofTimeout(err error) *fault.Error {
	cause := "no answer came from " + peer(err)
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		cause = "no connection to " + peer(err) + " was made in time"
	}
	return fault.New(fault.Timeout, "AWS did not answer in time").WithCause("%s%s", cause, throughProxy(err)).
		WithFix("try again; behind a firewall, check the route to the service and the proxy (HTTPS_PROXY)")
}

// ofTLS classifies a server that could not prove who it is, or does not speak TLS.
func ofTLS(err error) *fault.Error {
	e := fault.New(fault.Network, "the server's certificate is not trusted")
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) || errors.Is(err, http.ErrSchemeMismatch) {
		e.Message = "the server does not speak TLS"
		return e.WithCause("%s answered with something else%s", peer(err), throughProxy(err)).
			WithFix("correct endpoint: an address without TLS begins with http://")
	}
	var alert tls.AlertError
	if errors.As(err, &alert) {
		e.Message = "the server ended the TLS handshake"
		return e.WithCause("%s sent the alert %d%s", peer(err), uint8(alert), throughProxy(err)).
			WithFix("check the endpoint, and what inspects TLS between this machine and AWS")
	}
	cause, fix := ofCertificate(err)
	return e.WithCause("%s%s", cause, throughProxy(err)).WithFix("%s", fix)
}

// fixAuthority says how an authority becomes trusted.
const fixAuthority = "if a proxy or a web filter intercepts TLS here, name its certificate authority: ca_bundle in the connection, or AWS_CA_BUNDLE"

// ofCertificate says what is wrong with a server's certificate, and what to do.
func ofCertificate(err error) (cause, fix string) {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	certificate := &x509.Certificate{}
	if errors.As(err, &verification) && len(verification.UnverifiedCertificates) > 0 {
		certificate = verification.UnverifiedCertificates[0]
	}
	who := "the certificate of " + peer(err) + ", for " + namesOf(certificate) + " and issued by " + issuerOf(certificate) + ","
	switch {
	case errors.As(err, &host):
		return who + " is not for " + host.Host, "correct endpoint, or " + fixAuthority
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(certificate.NotBefore):
		return who + " is valid only from " + certificate.NotBefore.UTC().Format(time.RFC3339), "check this machine's clock"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return who + " expired on " + certificate.NotAfter.UTC().Format(time.RFC3339), "check this machine's clock; if it is right, whoever runs the server must renew the certificate"
	}
	return who + " is from an authority that this machine does not trust", fixAuthority
}

func namesOf(c *x509.Certificate) string {
	const most = 3
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > most {
		names = append(names[:most:most], "others")
	}
	if len(names) == 0 {
		return nameOf(c.Subject.CommonName, c.Subject.String())
	}
	return strings.Join(names, ", ")
}

func issuerOf(c *x509.Certificate) string { return nameOf(c.Issuer.CommonName, c.Issuer.String()) }

func nameOf(common, whole string) string {
	switch {
	case common != "":
		return fmt.Sprintf("%q", common)
	case whole != "":
		return fmt.Sprintf("%q", whole)
	}
	return "nobody"
}

// peer returns what a connection was to: the host of the request, and the address if it
// is another.
func peer(err error) string {
	var host, address string
	var request *url.Error
	if errors.As(err, &request) {
		if u, wrong := url.Parse(request.URL); wrong == nil {
			host = u.Host
		}
	}
	var op *net.OpError
	for next := err; errors.As(next, &op); next = op.Err {
		if op.Addr != nil {
			address = op.Addr.String()
		}
	}
	switch {
	case host == "" && address == "":
		return "the server"
	case host == "" || host == address:
		return address
	case address == "":
		return host
	}
	return host + " (" + address + ")"
}

// throughProxy says which proxy a request was sent through, for the end of a cause; empty
// for none.
func throughProxy(err error) string {
	var request *url.Error
	if !errors.As(err, &request) {
		return ""
	}
	u, wrong := url.Parse(request.URL)
	if wrong != nil {
		return ""
	}
	var op *net.OpError
	proxy, wrong := http.ProxyFromEnvironment(&http.Request{URL: u})
	if wrong != nil || proxy == nil || errors.As(err, &op) && op.Op == "proxyconnect" {
		return ""
	}
	return "; it was sent through the proxy " + proxy.Host + " (" + strings.ToUpper(u.Scheme) + "_PROXY)"
}
