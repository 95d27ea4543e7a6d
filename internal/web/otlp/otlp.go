// Package otlp sends spans to a collector by OTLP over HTTP, in its JSON form.
//
// The SDK's own exporter brings gRPC, and with it html/template, which turns
// off the linker's removal of dead methods: the program would be two and a half
// times as large. The JSON form needs nothing but the standard library.
//
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
package otlp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Exporter is an sdktrace.SpanExporter.
type Exporter struct {
	url    string
	header http.Header
	client *http.Client
}

// timeout limits one request to the specification's default.
const timeout = 10 * time.Second

// FromEnv makes an exporter from the standard environment variables; nil if they
// name no endpoint. The error names the variable that is wrong.
//
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
func FromEnv(getenv func(string) string) (*Exporter, error) {
	endpoint := getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	if base := getenv("OTEL_EXPORTER_OTLP_ENDPOINT"); endpoint == "" && base != "" {
		endpoint = strings.TrimRight(base, "/") + "/v1/traces"
	}
	if endpoint == "" || getenv("OTEL_SDK_DISABLED") == "true" || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return nil, nil
	}
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %q is not the URL of a collector, such as http://127.0.0.1:4318", endpoint)
	}
	header, err := headers(getenv("OTEL_EXPORTER_OTLP_HEADERS"))
	if err != nil {
		return nil, err
	}
	return &Exporter{url: endpoint, header: header, client: &http.Client{Timeout: timeout}}, nil
}

// headers reads name=value,name=value, with values percent-encoded.
func headers(text string) (http.Header, error) {
	header := http.Header{"Content-Type": {"application/json"}}
	for pair := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_HEADERS is not written like name=value,name=value")
		}
		header.Set(strings.TrimSpace(name), value)
	}
	return header, nil
}

// ExportSpans implements sdktrace.SpanExporter.
func (e *Exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	raw, err := json.Marshal(request(spans))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header = e.header.Clone()
	resp, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %s", resp.Status)
	}
	return nil
}

// Shutdown implements sdktrace.SpanExporter.
func (e *Exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

type object = map[string]any

// request is the body: all spans are of one resource, this program.
func request(spans []sdktrace.ReadOnlySpan) object {
	byScope := map[string][]object{}
	var names []string
	for _, s := range spans {
		name := s.InstrumentationScope().Name
		if byScope[name] == nil {
			names = append(names, name)
		}
		byScope[name] = append(byScope[name], span(s))
	}
	var scopes []object
	for _, name := range names {
		scopes = append(scopes, object{"scope": object{"name": name}, "spans": byScope[name]})
	}
	return object{"resourceSpans": []object{{
		"resource":   object{"attributes": attributes(spans[0].Resource().Attributes())},
		"scopeSpans": scopes,
	}}}
}

func span(s sdktrace.ReadOnlySpan) object {
	status := object{}
	if s.Status().Code != codes.Unset {
		// OTLP's numbers are not the API's: 1 is ok, 2 an error.
		status = object{"code": map[codes.Code]int{codes.Ok: 1, codes.Error: 2}[s.Status().Code], "message": s.Status().Description}
	}
	out := object{
		"traceId": s.SpanContext().TraceID().String(), "spanId": s.SpanContext().SpanID().String(),
		"name": s.Name(), "kind": int(s.SpanKind()), "status": status, "attributes": attributes(s.Attributes()),
		"startTimeUnixNano": nanos(s.StartTime()), "endTimeUnixNano": nanos(s.EndTime()),
	}
	if s.Parent().HasSpanID() {
		out["parentSpanId"] = s.Parent().SpanID().String()
	}
	return out
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func attributes(all []attribute.KeyValue) []object {
	out := []object{}
	for _, a := range all {
		value := object{"stringValue": a.Value.String()}
		switch a.Value.Type() {
		case attribute.BOOL:
			value = object{"boolValue": a.Value.AsBool()}
		case attribute.INT64:
			value = object{"intValue": strconv.FormatInt(a.Value.AsInt64(), 10)}
		case attribute.FLOAT64:
			value = object{"doubleValue": a.Value.AsFloat64()}
		}
		out = append(out, object{"key": string(a.Key), "value": value})
	}
	return out
}
