package awssim_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// breaking is a handler that panics.
func breaking[I, O any]() awssim.Handler {
	return awssim.Op(func(*awssim.Call, *I) (*O, error) {
		var none *strings.Builder
		none.WriteString("x")
		return nil, nil
	})
}

// TestPanicIsAnswered lets a handler of each protocol panic: the client gets the
// protocol's own internal error, and the log gets the stack.
func TestPanicIsAnswered(t *testing.T) {
	const form, amzJSON = "application/x-www-form-urlencoded", "application/x-amz-json-1.0"
	tests := []struct {
		model, operation string
		handler          awssim.Handler
		service, method  string
		path, body       string
		header           map[string]string
		want             string
	}{
		{"sts", "GetSessionToken", breaking[sts.GetSessionTokenInput, sts.GetSessionTokenOutput](), "sts", "POST", "/", "Action=GetSessionToken&Version=2011-06-15", map[string]string{"Content-Type": form}, "<Code>InternalFailure</Code>"},
		{"ec2", "DescribeVpcs", breaking[ec2.DescribeVpcsInput, ec2.DescribeVpcsOutput](), "ec2", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15", map[string]string{"Content-Type": form}, "<Code>InternalError</Code>"},
		{"cloudwatch", "ListMetrics", breaking[cloudwatch.ListMetricsInput, cloudwatch.ListMetricsOutput](), "monitoring", "POST", "/", "{}", map[string]string{"Content-Type": amzJSON, "X-Amz-Target": "G.ListMetrics"}, `"__type":"InternalFailure"`},
		{"cloudwatch", "ListMetrics", breaking[cloudwatch.ListMetricsInput, cloudwatch.ListMetricsOutput](), "monitoring", "POST", "/service/G/operation/ListMetrics", "", map[string]string{"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor"}, `InternalFailure`},
		{"lambda", "GetAccountSettings", breaking[lambda.GetAccountSettingsInput, lambda.GetAccountSettingsOutput](), "lambda", "GET", "/2016-08-19/account-settings", "", nil, `"__type":"InternalFailure"`},
		{"s3", "ListBuckets", breaking[s3.ListBucketsInput, s3.ListBucketsOutput](), "s3", "GET", "/", "", nil, "<Code>InternalError</Code>"},
	}
	for _, tt := range tests {
		t.Run(tt.model+" "+tt.body, func(t *testing.T) {
			var log bytes.Buffer
			sim := simtest.Start(t, awssim.Options{
				Log: slog.New(slog.NewTextHandler(&log, nil)),
				Services: []func(*awssim.World) *awssim.Service{func(*awssim.World) *awssim.Service {
					return &awssim.Service{Model: tt.model, Handlers: map[string]awssim.Handler{tt.operation: tt.handler}}
				}},
			})
			status, _, body := sendBy(t, sim, tt.method, tt.service, tt.path, tt.body, tt.header)
			if status != http.StatusInternalServerError || !strings.Contains(body, tt.want) {
				t.Errorf("%d %s, want 500 %s", status, body, tt.want)
			}
			if strings.Contains(body, "nil pointer") {
				t.Errorf("the answer shows what went wrong: %s", body)
			}
			if !strings.Contains(log.String(), ":"+tt.operation) || !strings.Contains(log.String(), "recover_test.go") {
				t.Errorf("log = %s", log.String())
			}
		})
	}
}

// TestServiceThatCannotBeLoaded calls services with a fault of their own: the client gets
// an internal error, and the log says what is wrong.
func TestServiceThatCannotBeLoaded(t *testing.T) {
	for name, tt := range map[string]struct {
		service *awssim.Service
		want    string
	}{
		"no operation": {&awssim.Service{Model: "lambda", Handlers: map[string]awssim.Handler{"Fly": breaking[struct{}, struct{}]()}}, "no operation Fly"},
		"no answer to reserved tags": {
			&awssim.Service{Model: "lambda", Handlers: map[string]awssim.Handler{"TagResource": breaking[lambda.TagResourceInput, lambda.TagResourceOutput]()}},
			"no ReservedTag",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			sim := simtest.Start(t, awssim.Options{
				Log:      slog.New(slog.NewTextHandler(&log, nil)),
				Services: []func(*awssim.World) *awssim.Service{func(*awssim.World) *awssim.Service { return tt.service }},
			})
			status, _, body := sendBy(t, sim, "GET", "lambda", "/2016-08-19/account-settings", "", nil)
			if status != http.StatusInternalServerError || !strings.Contains(log.String(), tt.want) {
				t.Errorf("%d %s, log = %s", status, body, log.String())
			}
		})
	}
}
