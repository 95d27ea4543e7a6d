package awsapi

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// span begins the span of a call if the context is within one, and returns a
// function that ends it. The span has the target of the call and its outcome,
// never its input.
func (c *call) span(ctx context.Context) (context.Context, func(err error)) {
	outer := trace.SpanFromContext(ctx)
	if !outer.IsRecording() {
		return ctx, func(error) {}
	}
	ctx, span := outer.TracerProvider().Tracer("github.com/hawser/hawser/internal/awsapi").Start(ctx, c.service+"."+c.operation,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			attribute.String("rpc.system", "aws-api"), attribute.String("rpc.service", c.service), attribute.String("rpc.method", c.operation),
			attribute.String("cloud.region", c.region), attribute.String("cloud.account.id", c.account)))
	return ctx, func(err error) {
		span.SetAttributes(attribute.Int("hawser.attempts", c.attempts), attribute.Int("hawser.throttled", c.throttled))
		if err != nil {
			span.SetStatus(otelcodes.Error, string(awserr.Fault(err).Kind))
		}
		span.End()
	}
}
