package awsapi_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// envChild holds the settings for a child process that only makes a session.
const envChild = "HAWSER_TEST_SETTINGS"

// envWrite has the child call an operation that writes and fails; it exits with 3
// where the outcome is unknown, and with 4 where it is known.
const envWrite = "HAWSER_TEST_WRITE"

// TestMain lets the test binary be that child: net/http reads the proxy from
// the environment once in a process, so each proxy needs its own.
func TestMain(m *testing.M) {
	if text := os.Getenv(envChild); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

func child(text string) int {
	var settings awsapi.Settings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return 2
	}
	session, err := awsapitest.PoolOf(settings).Session(context.Background(), awsapi.Target{})
	if err == nil && os.Getenv(envWrite) != "" {
		if awserr.Fault(awsapitest.StopInstance(context.Background(), session)).OutcomeUnknown {
			return 3
		}
		return 4
	}
	if err == nil {
		_, err = session.Config().Credentials.Retrieve(context.Background())
	}
	if err != nil {
		return 1
	}
	return 0
}

// hostsThrough runs a session in a child process whose only way out is a proxy
// that refuses, and gives the hosts that were asked for.
func hostsThrough(t *testing.T, settings awsapi.Settings) []string {
	t.Helper()
	var mu sync.Mutex
	var hosts []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		hosts = append(hosts, r.URL.Hostname())
		mu.Unlock()
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = []string{
		envChild + "=" + string(raw), "HTTPS_PROXY=" + proxy.URL, "HOME=" + home, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + home + "/config", "AWS_SHARED_CREDENTIALS_FILE=" + home + "/credentials",
		"AWS_ACCESS_KEY_ID=AKIAENV", "AWS_SECRET_ACCESS_KEY=s",
	}
	_ = cmd.Run() // the proxy refuses, so the child fails
	mu.Lock()
	defer mu.Unlock()
	return slices.Compact(hosts)
}

func TestSTSIsAskedInTheRolesPartitionThroughTheProxy(t *testing.T) {
	role := func(partition string) settings.Role {
		return settings.Role{RoleARN: "arn:" + partition + ":iam::111122223333:role/one"}
	}
	tests := map[string]struct {
		settings awsapi.Settings
		want     string
	}{
		"commercial":           {awsapi.Settings{Region: "eu-west-1", Role: role("aws")}, "sts.eu-west-1.amazonaws.com"},
		"GovCloud":             {awsapi.Settings{Region: "us-gov-east-1", Role: role("aws-us-gov")}, "sts.us-gov-east-1.amazonaws.com"},
		"China":                {awsapi.Settings{Region: "cn-northwest-1", Role: role("aws-cn")}, "sts.cn-northwest-1.amazonaws.com.cn"},
		"FIPS":                 {awsapi.Settings{Region: "us-east-1", FIPS: true, Role: role("aws")}, "sts-fips.us-east-1.amazonaws.com"},
		"dual stack":           {awsapi.Settings{Region: "us-east-1", DualStack: true, Role: role("aws")}, "sts.us-east-1.api.aws"},
		"the caller's own STS": {awsapi.Settings{Region: "ap-south-1"}, "sts.ap-south-1.amazonaws.com"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := hostsThrough(t, tt.settings); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("asked %v, want only %s", got, tt.want)
			}
		})
	}
}

// TestCABundleIsHonoured talks TLS to a server whose authority only the bundle
// knows, on the connection's own calls and on its role chain.
func TestCABundleIsHonoured(t *testing.T) {
	awsapitest.Clean(t)
	plain := awsapitest.NewServer(t)
	plain.On("AssumeRole", awsapitest.Assumed(3600e9))
	secure := httptest.NewTLSServer(http.HandlerFunc(plain.Serve))
	t.Cleanup(secure.Close)
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(bundle, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	settings := awsapitest.Keys(plain)
	settings.Endpoint, settings.RoleARN = secure.URL, "arn:aws:iam::111122223333:role/one"

	if _, err := awsapitest.Retrieve(t, settings); fault.From(err).Kind != fault.Network {
		t.Errorf("an unknown authority gives %v", err)
	}
	withSetting := settings
	withSetting.CABundle = bundle
	if _, err := awsapitest.Retrieve(t, withSetting); err != nil {
		t.Errorf("ca_bundle: %v", err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if _, err := awsapitest.Retrieve(t, settings); err != nil {
		t.Errorf("AWS_CA_BUNDLE: %v", err)
	}
}

// TestProxyThatWantsAPassword refuses the tunnel, before any request is sent.
func TestProxyThatWantsAPassword(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := awsapi.NewHTTPClient().WithTransportOptions(func(tr *http.Transport) { tr.Proxy = http.ProxyURL(address) })
	s := s3.New(s3.Options{Region: "us-east-1", HTTPClient: client, Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1})
	_, err = s.ListBuckets(t.Context(), nil)
	if f := awserr.Fault(err); f == nil || f.Kind != fault.Endpoint || !strings.Contains(f.Fix, "HTTPS_PROXY") {
		t.Errorf("%+v", f)
	}
}

// TestAWriteThatHadNoTunnelWasNotCarriedOut: the proxy refused to connect, so that
// AWS cannot have got the request.
func TestAWriteThatHadNoTunnelWasNotCarriedOut(t *testing.T) {
	for name, answer := range map[string]string{
		"refuses": "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "hangs up": "",
		"answers half": "HTTP/1.1 2", "opens and hangs up": "HTTP/1.1 200 OK\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			proxy := hangsUp(t, answer)
			home := t.TempDir()
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = []string{
				envChild + `={"region":"us-east-1","account":"111122223333","allow_root":true}`, envWrite + "=1", "HTTPS_PROXY=http://" + proxy, "HOME=" + home, "AWS_EC2_METADATA_DISABLED=true",
				"AWS_CONFIG_FILE=" + home + "/config", "AWS_SHARED_CREDENTIALS_FILE=" + home + "/credentials",
				"AWS_ACCESS_KEY_ID=AKIAENV", "AWS_SECRET_ACCESS_KEY=s",
			}
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != 4 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// hangsUp is the address of a server that reads the first bytes of each connection,
// answers, and closes it.
func hangsUp(t *testing.T, answer string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Write([]byte(answer))
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// TestAWriteThatHadNoHandshakeWasNotCarriedOut: without a handshake of TLS no byte of
// the request left.
func TestAWriteThatHadNoHandshakeWasNotCarriedOut(t *testing.T) {
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	t.Cleanup(stranger.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for name, address := range map[string]string{
		"an unknown authority": stranger.URL, "no TLS": "https://" + plain.Listener.Addr().String(), "hangs up": "https://" + hangsUp(t, ""),
	} {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			f := awserr.Fault(awsapitest.StopInstance(t.Context(), awsapitest.SessionAt(t, address)))
			if f == nil || f.OutcomeUnknown {
				t.Errorf("%+v", f)
			}
		})
	}
}
