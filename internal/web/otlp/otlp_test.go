package otlp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/hawser/hawser/internal/web/otlp"
)

// sent is what a collector reads of a request.
type sent struct {
	ResourceSpans []struct {
		Resource   struct{ Attributes []member }
		ScopeSpans []struct {
			Scope struct{ Name string }
			Spans []struct {
				TraceID, SpanID, ParentSpanID, Name string
				Kind                                int
				StartTimeUnixNano, EndTimeUnixNano  string
				Status                              struct{ Code int }
				Attributes                          []member
			}
		}
	}
}

type member struct {
	Key   string
	Value struct {
		StringValue, IntValue string
		BoolValue             bool
	}
}

func TestSpansAreSent(t *testing.T) {
	var got sent
	var header http.Header
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &got); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v in %s", r.URL.Path, err, raw)
		}
		// The protocol's own schema takes it without a field left over.
		if err := protojson.Unmarshal(raw, &tracepb.TracesData{}); err != nil {
			t.Errorf("%v in %s", err, raw)
		}
		w.WriteHeader(http.StatusOK)
	}))
	defer collector.Close()
	exporter, err := otlp.FromEnv(func(name string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL + "/", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b, other=c"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "hawser"))))
	ctx, outer := provider.Tracer("test").Start(context.Background(), "POST", trace.WithSpanKind(trace.SpanKindServer))
	_, inner := provider.Tracer("test").Start(ctx, "s3.list", trace.WithAttributes(attribute.Int("n", 7), attribute.Bool("b", true)))
	inner.SetStatus(codes.Error, "denied")
	inner.End()
	outer.End()
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if header.Get("X-Key") != "a b" || header.Get("Other") != "c" || header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", header)
	}
	spans := got.ResourceSpans[0].ScopeSpans[0].Spans
	if len(spans) != 2 || got.ResourceSpans[0].Resource.Attributes[0].Value.StringValue != "hawser" {
		t.Fatalf("%+v", got)
	}
	child, parent := spans[0], spans[1]
	if child.Name != "s3.list" || child.ParentSpanID != parent.SpanID || child.TraceID != parent.TraceID || len(child.TraceID) != 32 ||
		child.Status.Code != 2 || parent.Kind != 2 || parent.ParentSpanID != "" || child.StartTimeUnixNano > child.EndTimeUnixNano {
		t.Errorf("%+v\n%+v", child, parent)
	}
	if a := child.Attributes; a[0].Value.IntValue != "7" || !a[1].Value.BoolValue {
		t.Errorf("attributes %+v", a)
	}
}

func TestFromEnv(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		on   bool
		bad  bool
	}{
		{"nothing", nil, false, false},
		{"an endpoint", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, true, false},
		{"of traces alone", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c.example.com/x"}, true, false},
		{"switched off", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, false, false},
		{"no exporter", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, false, false},
		{"no URL", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318"}, false, true},
		{"bad headers", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_EXPORTER_OTLP_HEADERS": "secret"}, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := otlp.FromEnv(func(name string) string { return tt.env[name] })
			if (e != nil) != tt.on || (err != nil) != tt.bad {
				t.Errorf("%v, %v", e, err)
			}
		})
	}
}

func FuzzFromEnv(f *testing.F) {
	f.Add("http://127.0.0.1:4318", "a=b,c=%20")
	f.Add("%", "=,")
	f.Fuzz(func(t *testing.T, endpoint, headers string) {
		e, err := otlp.FromEnv(func(name string) string {
			return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_HEADERS": headers}[name]
		})
		if e != nil && err != nil {
			t.Errorf("both for %q, %q", endpoint, headers)
		}
	})
}
