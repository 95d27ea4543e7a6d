package awsapi_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

// A call to AWS is a span of the trace that it is made in, with the attempts it
// took and the kind of fault it came to.
func TestCallsAreSpans(t *testing.T) {
	_, settings := simulated(t)
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{Account: member})
	if err != nil {
		t.Fatal(err)
	}
	seen := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(seen))
	ctx, outer := provider.Tracer("test").Start(t.Context(), "tool")
	client := sts.NewFromConfig(s.Config())
	if _, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	_, err = client.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + member + ":role/None"), RoleSessionName: aws.String("secret-name")})
	if err == nil {
		t.Fatal("it assumed a role that is not there")
	}
	outer.End()
	spans := map[string]tracetest.SpanStub{}
	for _, span := range seen.GetSpans() {
		spans[span.Name] = span
		for _, a := range span.Attributes {
			if a.Value.String() == "secret-name" {
				t.Errorf("%s holds an input", span.Name)
			}
		}
	}
	good, bad := spans["STS.GetCallerIdentity"], spans["STS.AssumeRole"]
	if good.Parent.TraceID() != outer.SpanContext().TraceID() || good.Status.Code != codes.Unset {
		t.Errorf("%+v", good)
	}
	if want := attribute.String("cloud.account.id", member); len(good.Attributes) == 0 || !hasAttribute(good, want) {
		t.Errorf("%v lacks %v", good.Attributes, want)
	}
	if bad.Status.Code != codes.Error || bad.Status.Description != "denied" || !hasAttribute(bad, attribute.Int("hawser.attempts", 1)) {
		t.Errorf("%+v", bad)
	}
}

func hasAttribute(span tracetest.SpanStub, want attribute.KeyValue) bool {
	for _, a := range span.Attributes {
		if a == want {
			return true
		}
	}
	return false
}
