package awssim

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/sigv4"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// locate finds the service that a request is for: by the scope of its
// signature, and for unsigned requests by what only that service is sent. For a
// service that the World does not have, or that can't be loaded, it returns unknownService,
// which answers 501.
func (w *World) locate(r *http.Request, sig *sigv4.Signature) (*Service, error) {
	name := "s3"
	switch {
	case sig != nil:
		name = sig.Service
	case isForm(r) && r.Method == http.MethodPost && r.URL.Path == "/" && BucketOfHost(r.Host) == "":
		name = "sts"
	case r.Header.Get("X-Amz-Sso_bearer_token") != "":
		name = "awsssoportal"
	case r.URL.Path == "/token" || r.URL.Path == "/client/register" || r.URL.Path == "/device_authorization":
		name = "sso-oauth"
	}
	s := w.services[name]
	if s == nil {
		return unknownService(name, r), nil
	}
	if err := s.load(); err != nil {
		w.log.Error("the simulator cannot load a service", slog.String("error", err.Error()))
		return unknownService(name, r), &failure500{err}
	}
	return s, nil
}

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// unknownService returns a service without operations, which speaks the protocol that
// the request speaks.
func unknownService(name string, r *http.Request) *Service {
	protocol := wire.RESTJSON
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		protocol = wire.JSON
	case r.Header.Get("Smithy-Protocol") != "":
		protocol = wire.CBOR
	case isForm(r):
		protocol = wire.Query
	}
	m := &model.Service{Metadata: model.Metadata{Protocol: string(protocol), Protocols: []string{string(protocol)}}}
	s := &Service{Model: name, Prefix: name, codec: wire.New(m), signing: name}
	s.once.Do(func() {}) // it has no model to load
	return s
}

// bucketPath rewrites a request whose bucket is in the Host header to have it
// in the path, where the model looks for it.
func bucketPath(r *http.Request) {
	bucket := BucketOfHost(r.Host)
	if bucket == "" {
		return
	}
	u := *r.URL
	u.RawPath = "/" + url.PathEscape(bucket) + u.EscapedPath()
	u.Path = "/" + bucket + u.Path
	r.URL = &u
}

// BucketOfHost returns the bucket before ".s3.REGION.amazonaws.com" and its kin,
// or before ".localhost"; empty if there is none.
func BucketOfHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if bucket, ok := strings.CutSuffix(host, ".localhost"); ok {
		if bucket == "s3" || strings.HasPrefix(bucket, "s3.") {
			return ""
		}
		bucket, _, _ = strings.Cut(bucket, ".s3")
		return bucket
	}
	if !strings.HasSuffix(host, ".amazonaws.com") && !strings.HasSuffix(host, ".amazonaws.com.cn") {
		return ""
	}
	for _, mark := range []string{".s3.", ".s3-"} {
		if i := strings.LastIndex(host, mark); i > 0 {
			return host[:i]
		}
	}
	return ""
}
