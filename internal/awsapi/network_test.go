package awsapi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// networkWords are words of Go's network library.
var networkWords = regexp.MustCompile(`x509|dial tcp|tls:|\bEOF\b|proxyconnect|i/o timeout|context deadline|connect:|net/http|strconv|jmespath|lookup |read tcp|malformed HTTP|deserializ`)

// certified is a server whose certificate has a name, an issuer and a time, and the pool
// that trusts it.
func certified(t *testing.T, from, to time.Time, name string) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Filter CA"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to}
	if ip := net.ParseIP(name); ip != nil {
		leaf.DNSNames, leaf.IPAddresses = nil, []net.IP{ip}
	}
	raw, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, key)
	must(err)
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	must(err)
	parsed, err := x509.ParseCertificate(root)
	must(err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, pool
}

// networkCase is a server, and what is said of it.
type networkCase struct {
	endpoint, proxy string
	roots           *x509.CertPool
	kind            fault.Kind
	says            []string // in message, cause and fix
}

// TestNetworkFailuresInWords: what AWS is reached through is named: the proxy, the
// certificate with its issuer, the web filter.
func TestNetworkFailuresInWords(t *testing.T) {
	tests := certificateCases(t)
	for name, tt := range proxyCases(t) {
		tests[name] = tt
	}
	for name, tt := range pageCases(t) {
		tests[name] = tt
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := awserr.Fault(tt.list(t))
			if f == nil || f.Kind != tt.kind || f.Cause == "" || f.Fix == "" {
				t.Fatalf("%+v", f)
			}
			all := f.Message + "; " + f.Cause + "; " + f.Fix
			for _, says := range tt.says {
				if !strings.Contains(all, says) {
					t.Errorf("%q does not say %q", all, says)
				}
			}
			if leak := networkWords.FindString(all); leak != "" {
				t.Errorf("%q has %q", all, leak)
			}
		})
	}
}

// list lists buckets of the case's server: by the settings of a connection, or by a client
// with the case's proxy and authorities.
func (c networkCase) list(t *testing.T) error {
	t.Helper()
	awsapitest.Clean(t)
	if c.proxy == "" && c.roots == nil {
		own := awsapi.Settings{
			AccessKeyID: settings.NewSecret("AKIA"), SecretAccessKey: settings.NewSecret("x"), Region: "us-east-1",
			Endpoint: c.endpoint, AllowRoot: true, Account: "111122223333",
		}
		session, err := awsapitest.PoolOf(own).Session(t.Context(), awsapi.Target{})
		if err != nil {
			return err
		}
		return awsapitest.GetObject(t.Context(), session)
	}
	client := awsapi.NewHTTPClient().WithTransportOptions(func(tr *http.Transport) {
		tr.TLSClientConfig = &tls.Config{RootCAs: c.roots, MinVersion: tls.VersionTLS12}
		if c.proxy != "" {
			u, err := url.Parse(c.proxy)
			tr.Proxy = func(*http.Request) (*url.URL, error) { return u, err }
		}
	})
	api := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(c.endpoint), UsePathStyle: true, HTTPClient: client,
		Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1,
	})
	_, err := api.ListBuckets(t.Context(), nil)
	return err
}

func certificateCases(t *testing.T) map[string]networkCase {
	t.Helper()
	now := time.Now()
	expired, trusted := certified(t, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0), "127.0.0.1")
	early, trustsEarly := certified(t, now.AddDate(1, 0, 0), now.AddDate(2, 0, 0), "127.0.0.1")
	unknown, _ := certified(t, now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), "127.0.0.1")
	other, trustsOther := certified(t, now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), "filter.example.com")
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	const issuer = `issued by "Example Filter CA"`
	return map[string]networkCase{
		"expired":           {expired.URL, "", trusted, fault.Network, []string{issuer, "expired on " + now.AddDate(-1, 0, 0).UTC().Format("2006-01-02"), "clock"}},
		"not yet valid":     {early.URL, "", trustsEarly, fault.Network, []string{issuer, "valid only from", "clock"}},
		"unknown authority": {unknown.URL, "", x509.NewCertPool(), fault.Network, []string{issuer, "does not trust", "ca_bundle", "127.0.0.1"}},
		"wrong host":        {other.URL, "", trustsOther, fault.Network, []string{issuer, "for filter.example.com", "not for 127.0.0.1", "endpoint"}},
		"no TLS":            {strings.Replace(plain.URL, "http:", "https:", 1), "", nil, fault.Network, []string{"does not speak TLS", "http://"}},
	}
}

func proxyCases(t *testing.T) map[string]networkCase {
	t.Helper()
	answers := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	const amazon = "https://s3.us-east-1.amazonaws.com"
	host := strings.TrimPrefix(gone.URL, "http://")
	return map[string]networkCase{
		"the proxy refuses":          {amazon, answers(403), nil, fault.Endpoint, []string{"refuses connections to s3.us-east-1.amazonaws.com", "HTTPS_PROXY", "403", "NO_PROXY"}},
		"the proxy fails":            {amazon, answers(502), nil, fault.Network, []string{"HTTPS_PROXY", "502"}},
		"the proxy wants a password": {amazon, answers(407), nil, fault.Endpoint, []string{"requires a name and a password", "HTTPS_PROXY"}},
		"nobody is the proxy":        {amazon, gone.URL, nil, fault.Network, []string{"the proxy " + host, "HTTPS_PROXY", "refused the connection"}},
	}
}

func pageCases(t *testing.T) map[string]networkCase {
	t.Helper()
	page := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, "<!DOCTYPE html><title>Blocked</title>")
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	return map[string]networkCase{
		"a web filter's page":    {page(200), "", nil, fault.Endpoint, []string{"not from AWS", "proxy"}},
		"a web filter's refusal": {page(403), "", nil, fault.Endpoint, []string{"HTTP status 403", "proxy"}},
		"nobody listens":         {gone.URL, "", nil, fault.Network, []string{"refused the connection", strings.TrimPrefix(gone.URL, "http://")}},
		"closed at once":         {cut.URL, "", nil, fault.Network, []string{"closed", strings.TrimPrefix(cut.URL, "http://")}},
	}
}
