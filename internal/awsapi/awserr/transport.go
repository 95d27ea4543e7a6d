package awserr

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
)

// ofTransport classifies an error that came without AWS's answer, or with an
// answer that could not be understood.
func ofTransport(err error) *fault.Error {
	var parameters smithy.InvalidParamsError
	var endpoint *EndpointError
	var noRegion *aws.MissingRegionError
	var dns *net.DNSError
	var garbled *smithy.DeserializationError
	var foreign *ForeignError
	var credentials *CredentialsError
	switch {
	case errors.As(err, &parameters):
		return fault.New(fault.Invalid, "the call lacks an input that AWS requires").
			WithCause("%s", strings.Join(strings.Fields(parameters.Error()), " ")).WithFix("give the input that is named; if you gave it, report this")
	case errors.As(err, &noRegion):
		return fault.New(fault.Invalid, "no region is set").At("region").WithFix("give --region, or set region in the connection")
	case errors.As(err, &endpoint):
		return fault.New(fault.Invalid, "the call has no endpoint").
			WithCause("%s", Reason(err)).
			WithFix("check the input, and region, endpoint, path_style, fips and dual_stack of the connection")
	case errors.As(err, &dns):
		return ofDNS(err, dns)
	case isTLS(err):
		return ofTLS(err)
	case IsTimeout(err):
		return ofTimeout(err)
	case errors.As(err, &foreign) && !broke(err):
		return ofForeign(err, foreign)
	case errors.As(err, &garbled) && !broke(err):
		return ofGarbled(err)
	case broke(err), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.New(fault.Network, "the connection was closed before the whole answer arrived").
			WithCause("%s, or something on the way, closed it%s", peer(err), throughProxy(err)).WithFix("try again")
	case IsNetwork(err):
		return ofNetwork(err)
	case StatusOf(err) != 0:
		return ofStatus(err)
	case errors.As(err, &credentials):
		return fault.New(fault.NoCredentials, "AWS credentials could not be obtained").WithCause("%s", Reason(err)).WithFix(fixKeys)
	}
	return fault.New(fault.Internal, "the call failed").WithCause("%s", Reason(err)).WithFix("try again; if it continues, report it")
}

// ofDNS distinguishes a wrong address from a missing network, and a mistyped region
// from a wrong endpoint.
func ofDNS(err error, dns *net.DNSError) *fault.Error {
	if !dns.IsNotFound {
		return fault.New(fault.Network, "DNS names can't be resolved").
			WithCause("the lookup of %s failed", dns.Name).WithFix("check the network and its DNS servers")
	}
	e := fault.New(fault.Endpoint, "the address %s does not exist", dns.Name)
	call := innermostCall(err)
	if call == nil || regions.Known(call.Region) {
		return e.WithCause("the endpoint is mistyped, the service is not offered in this region, or this machine has no DNS").
			WithFix("check endpoint and AWS_ENDPOINT_URL, the region, and the network")
	}
	e = e.WithCause("%q is not an AWS region", call.Region).WithFix("use a region such as us-east-1")
	if near := regions.Nearest(call.Region); near != "" {
		e.Region = near
		e = e.WithCause("%q is not an AWS region; did you mean %s?", call.Region, near).WithFix("use --region %s", near)
	}
	return e
}

// broke reports that the connection broke during the answer.
func broke(err error) bool {
	c := innermostCall(err)
	return c != nil && c.Broken
}

// ofGarbled classifies an answer that came whole and is not what the service
// answers.
func ofGarbled(err error) *fault.Error {
	if StatusOf(err) >= http.StatusMultipleChoices {
		return ofStatus(err)
	}
	e := fault.New(fault.Endpoint, "the answer is not from AWS").
		WithCause("it arrived complete but does not have the form of the service's answers").
		WithFix(fixEndpoint)
	if strings.HasPrefix(headerOf(err, "Content-Type"), "text/html") {
		e = e.WithCause("it is a page of HTML, such as a web filter, a proxy or a sign-in page sends")
	}
	return e
}

// ofForeign classifies an answer that came whole and is not of the service.
func ofForeign(err error, foreign *ForeignError) *fault.Error {
	status := StatusOf(err)
	if e := OfGate(status); e != nil {
		return e
	}
	if status < http.StatusMultipleChoices {
		return fault.New(fault.Endpoint, "the answer is not from AWS").WithCause("%s", foreign.Came).WithFix(fixEndpoint)
	}
	e := fault.New(fault.Endpoint, "the server answered with HTTP status %d and not with an AWS error", status).
		WithCause("%s; a proxy, a load balancer or an endpoint that is not AWS's may have answered", foreign.Came).WithFix(fixEndpoint)
	if foreign.Passing {
		e = e.WithFix("try again; if it continues, %s", fixEndpoint)
	}
	return e
}

// OfGate returns the fault of a status with which something on the way to AWS
// asks who is there, or nil.
//
// https://www.rfc-editor.org/rfc/rfc6585#section-6
func OfGate(status int) *fault.Error {
	switch status {
	case http.StatusProxyAuthRequired:
		return fault.New(fault.Endpoint, "the proxy requires a name and a password").
			WithCause("it answered with HTTP status 407").WithFix("set them in HTTPS_PROXY: http://NAME:PASSWORD@HOST:PORT")
	case http.StatusNetworkAuthenticationRequired:
		return fault.New(fault.Endpoint, "the network requires a sign-in").
			WithCause("something on the way to AWS answered with HTTP status 511").WithFix("open any page in a browser and sign in to the network")
	}
	return nil
}

// fixEndpoint tells what to do where AWS did not answer.
const fixEndpoint = "check endpoint, AWS_ENDPOINT_URL and the proxy (HTTPS_PROXY)"

// ofStatus classifies an answer that carries no code, as a proxy's.
func ofStatus(err error) *fault.Error {
	status := StatusOf(err)
	if e := OfGate(status); e != nil {
		return e
	}
	e := fault.New(kindOfStatus(status), "the server answered with HTTP status %d and not with an AWS error", status)
	return e.WithCause("a proxy or an endpoint that is not AWS's may have answered").
		WithFix(fixEndpoint)
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var plain tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &plain) || errors.As(err, &alert) || errors.Is(err, http.ErrSchemeMismatch)
}
