package awssim_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// BenchmarkSmallRequests is signed calls over loopback by the SDK, client and
// simulator in one process. The aim is 3,000 a second on two cores.
func BenchmarkSmallRequests(b *testing.B) {
	sim := simtest.Start(b)
	cfg := sim.Config()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	cfg.HTTPClient = &http.Client{Transport: transport}
	client := sts.NewFromConfig(cfg)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.GetCallerIdentity(b.Context(), nil); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
