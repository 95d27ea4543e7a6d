package awssim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// send signs a request as AWS's other clients do, which the Go SDK's own
// protocol for a service does not cover.
func send(t *testing.T, sim *simtest.Sim, service, path, body string, header map[string]string) (int, http.Header, string) {
	t.Helper()
	return sendBy(t, sim, http.MethodPost, service, path, body, header)
}

func sendBy(t *testing.T, sim *simtest.Sim, method, service, path, body string, header map[string]string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, sim.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	hash := sha256.Sum256([]byte(body))
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(hash[:]))
	}
	creds := aws.Credentials{AccessKeyID: sim.Key.AccessKeyID, SecretAccessKey: sim.Key.SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hex.EncodeToString(hash[:]), service, "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	return simtest.Answer(t, r)
}

// TestCloudWatchProtocols speaks the protocols in which the aws CLI and older
// SDKs call CloudWatch; the Go SDK speaks CBOR.
func TestCloudWatchProtocols(t *testing.T) {
	sim := startWith(t, &awssim.Service{Model: "cloudwatch"}, "ListMetrics", awssim.Op(func(_ *awssim.Call, in *cloudwatch.ListMetricsInput) (*cloudwatch.ListMetricsOutput, error) {
		if len(in.Dimensions) != 1 || *in.Dimensions[0].Name != "d" {
			return nil, awssim.Errorf("InvalidParameterValue", "no dimension")
		}
		return &cloudwatch.ListMetricsOutput{Metrics: []cwtypes.Metric{{MetricName: in.MetricName}}}, nil
	}))
	const form, amzJSON = "application/x-www-form-urlencoded; charset=utf-8", "application/x-amz-json-1.0"
	target := map[string]string{"Content-Type": amzJSON, "X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics"}
	tests := []struct {
		name, body string
		header     map[string]string
		status     int
		want, kind string
	}{
		{
			"query", "Action=ListMetrics&Version=2010-08-01&MetricName=a+b&Dimensions.member.1.Name=d",
			map[string]string{"Content-Type": form},
			200,
			`<ListMetricsResult><OwningAccounts/><Metrics><member><MetricName>a b</MetricName></member></Metrics></ListMetricsResult>`, "text/xml",
		},
		{
			"query error", "Action=ListMetrics&Version=2010-08-01",
			map[string]string{"Content-Type": form},
			400,
			`<Type>Sender</Type><Code>InvalidParameterValue</Code><Message>no dimension</Message>`, "text/xml",
		},
		{"JSON", `{"MetricName":"a","Dimensions":[{"Name":"d"}]}`, target, 200, `{"Metrics":[{"MetricName":"a"}]}`, amzJSON},
		{"JSON error", `{}`, target, 400, `{"__type":"InvalidParameterValueException","message":"no dimension"}`, amzJSON},
		{"JSON of a wrong type", `{"Dimensions":"d"}`, target, 400, `"__type":"SerializationException"`, amzJSON},
		{"JSON with an unknown operation", `{}`, map[string]string{"Content-Type": amzJSON, "X-Amz-Target": "GraniteServiceVersion20100801.Fly"}, 501, "monitoring:Fly", amzJSON},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, header, body := send(t, sim, "monitoring", "/", tt.body, tt.header)
			if status != tt.status || !strings.Contains(body, tt.want) || !strings.HasPrefix(header.Get("Content-Type"), tt.kind) {
				t.Errorf("%d %s %s\nwant %d %s %s", status, header.Get("Content-Type"), body, tt.status, tt.kind, tt.want)
			}
			if strings.HasSuffix(tt.name, "JSON error") && header.Get("X-Amzn-Query-Error") != "InvalidParameterValue;Sender" {
				t.Errorf("x-amzn-query-error: %q", header.Get("X-Amzn-Query-Error"))
			}
		})
	}
}

// TestStrangers calls a service that no model describes.
func TestStrangers(t *testing.T) {
	sim := simtest.Start(t)
	status, _, body := send(t, sim, "gadgets", "/", `{}`, map[string]string{"X-Amz-Target": "Gadgets.ListGadgets"})
	if status != 501 || !strings.Contains(body, "gadgets:ListGadgets") {
		t.Errorf("%d %s", status, body)
	}
	status, _, body = send(t, sim, "widgets", "/", "Action=ListWidgets", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if status != 501 || !strings.Contains(body, "<Code>NotImplemented</Code>") || !strings.Contains(body, "widgets:ListWidgets") {
		t.Errorf("%d %s", status, body)
	}
}
