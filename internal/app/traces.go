package app

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/web/otlp"
)

// traceFlush limits how long sending the last spans may take.
const traceFlush = 5 * time.Second

// Traces makes a tracer from the standard environment variables, and a function
// that ends it. Without an endpoint there is no tracer. Spans have names, effects
// and outcomes, never inputs or answers.
//
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
func Traces(ctx context.Context, getenv func(string) string, version string) (trace.TracerProvider, func() error, error) {
	exporter, err := otlp.FromEnv(getenv)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "traces can't be sent").WithCause("%v", err).WithFix("correct the variable, or unset it")
	}
	if exporter == nil {
		return noop.NewTracerProvider(), func() error { return nil }, nil
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("hawser"), semconv.ServiceVersion(version)),
		resource.WithFromEnv()) // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "OTEL_RESOURCE_ATTRIBUTES can't be read").WithCause("%v", err).WithFix("write it like name=value,name=value")
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return provider, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceFlush)
		defer cancel()
		return provider.Shutdown(ctx)
	}, nil
}
