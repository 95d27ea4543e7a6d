package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hawser/hawser/internal/fault"
)

// Gatherer returns the counts of calls to AWS when metrics are requested.
type Gatherer func() []APICount

// APICount is how often an API of AWS was called.
type APICount struct {
	// Connection is set for calls in a connection's own account, and Account for
	// those in an account that was asked for.
	Connection, Account, Region, Service, Operation string
	Attempts, Failures, Throttled                   int64
}

// metrics are the metrics at /metrics; see
// https://prometheus.io/docs/practices/naming/
type metrics struct {
	handler http.Handler
	calls   *prometheus.CounterVec
	errors  *prometheus.CounterVec
	took    *prometheus.HistogramVec
}

func newMetrics(gather Gatherer) *metrics {
	m := &metrics{
		calls:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hawser_calls_total", Help: "Calls of tools."}, []string{"tool"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hawser_call_errors_total", Help: "Calls of tools that failed, by kind."}, []string{"tool", "kind"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hawser_call_duration_seconds", Help: "How long calls of tools took.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 9),
		}, []string{"tool"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.calls, m.errors, m.took)
	if gather != nil {
		registry.MustRegister(awsCounts{gather})
	}
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) called(name string, err error, took time.Duration) {
	m.calls.WithLabelValues(name).Inc()
	m.took.WithLabelValues(name).Observe(took.Seconds())
	if f := fault.From(err); f != nil {
		m.errors.WithLabelValues(name, string(f.Kind)).Inc()
	}
}

// awsCounts turns a Gatherer's counts into metrics.
type awsCounts struct{ gather Gatherer }

func (awsCounts) labels() []string {
	return []string{"connection", "account", "region", "service", "operation"}
}

func (c awsCounts) descriptions() [3]*prometheus.Desc {
	return [3]*prometheus.Desc{
		prometheus.NewDesc("hawser_aws_calls_total", "Calls to AWS, retries included.", c.labels(), nil),
		prometheus.NewDesc("hawser_aws_failures_total", "Calls to AWS that failed.", c.labels(), nil),
		prometheus.NewDesc("hawser_aws_throttles_total", "Calls that AWS throttled.", c.labels(), nil),
	}
}

// Describe implements prometheus.Collector.
func (c awsCounts) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descriptions() {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c awsCounts) Collect(out chan<- prometheus.Metric) {
	descriptions := c.descriptions()
	for _, api := range c.gather() {
		for i, n := range []int64{api.Attempts, api.Failures, api.Throttled} {
			out <- prometheus.MustNewConstMetric(descriptions[i], prometheus.CounterValue, float64(n), api.Connection, api.Account, api.Region, api.Service, api.Operation)
		}
	}
}
