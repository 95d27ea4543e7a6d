package cloudwatch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudwatch"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// putLoad gives an instance a load of 1 to n, a value every 5 minutes, and
// tells when the first one was.
func putLoad(sim *simtest.Sim, n int) time.Time {
	start := time.Now().UTC().Truncate(5 * time.Minute).Add(-time.Duration(n) * 5 * time.Minute)
	for i := range n {
		at := start.Add(time.Duration(i) * 5 * time.Minute)
		cloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/EC2", "CPUUtilization", at, float64(i+1), "InstanceId", "i-1")
		cloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/EC2", "NetworkIn", at, 1e6, "InstanceId", "i-1")
	}
	return start
}

func TestGetMetrics(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	start := putLoad(sim, 12)
	got := r.Call(t, "cloudwatch.get-metrics", map[string]any{
		"namespace": "AWS/EC2", "metric": "CPUUtilization", "dimensions": map[string]any{"InstanceId": "i-1"}, "period": 300,
		"start": start.Format(time.RFC3339), "statistics": []any{"avg", "p90"},
		"series": []any{map[string]any{"metric": "NetworkIn", "statistics": []any{"Sum"}}, map[string]any{"dimensions": map[string]any{"InstanceId": "none"}}},
	})
	var rows []string
	for _, item := range got["items"].([]any) {
		s := item.(map[string]any)
		values, _ := s["values"].([]any)
		times, _ := s["timestamps"].([]any)
		if len(values) != len(times) {
			t.Errorf("%d values at %d times", len(values), len(times))
		}
		rows = append(rows, fmt.Sprintf("%v %v: %d points, last %v, min %v, avg %v, max %v", s["metric"], s["statistic"], len(values), s["last"], s["min"], s["avg"], s["max"]))
	}
	want := []string{
		"CPUUtilization Average: 12 points, last 12, min 1, avg 6.5, max 12",
		"CPUUtilization p90: 12 points, last 12, min 1, avg 6.5, max 12",
		"NetworkIn Sum: 12 points, last 1e+06, min 1e+06, avg 1e+06, max 1e+06",
		"CPUUtilization Average: 0 points, last <nil>, min <nil>, avg <nil>, max <nil>",
		"CPUUtilization p90: 0 points, last <nil>, min <nil>, avg <nil>, max <nil>",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if calls := sim.Count("cloudwatch:GetMetricData"); calls != 1 {
		t.Errorf("%d calls; want all series in 1", calls)
	}
}

func TestGetMetricsChoosesThePeriod(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	putLoad(sim, 1)
	for start, want := range map[string]float64{"1h": 60, "24h": 300, "3d": 900, "12d": 3600, "20d": 14400, "70d": 86400} {
		got := r.Call(t, "cloudwatch.get-metrics", map[string]any{"namespace": "AWS/EC2", "metric": "CPUUtilization", "start": start})
		if got["period"] != want {
			t.Errorf("from %s ago: a period of %v, want %v", start, got["period"], want)
		}
	}
	result, err := r.Try(t.Context(), "cloudwatch.get-metrics", `{"namespace": "AWS/EC2", "metric": "CPUUtilization", "start": "20d", "period": 60}`)
	if err != nil || len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "300 seconds") {
		t.Errorf("a period that is not kept so long: %v, %v", result, err)
	}
}

func TestGetMetricsFaults(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	for name, more := range map[string]string{
		"a period between":      `"period": 45`,
		"an unknown statistic":  `"statistics": ["median"]`,
		"a percentile over 100": `"statistics": ["p101"]`,
		"an end before":         `"start": "1h", "end": "2h"`,
		"an unknown field":      `"stats": ["p99"]`,
		"too many series":       `"series": [` + strings.Repeat(`{},`, 500) + `{}]`,
	} {
		_, err := r.Try(t.Context(), "cloudwatch.get-metrics", `{"namespace": "AWS/EC2", "metric": "CPUUtilization", `+more+`}`)
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for effect, want := range map[awssim.Effect]fault.Kind{awssim.Throttle: "", awssim.TruncateBody: "", awssim.DenyAccess: fault.Denied} {
		sim.ClearFaults()
		toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "cloudwatch", Effect: effect, Times: 1})
		_, err := r.Try(t.Context(), "cloudwatch.get-metrics", `{"namespace": "AWS/EC2", "metric": "CPUUtilization"}`)
		if want == "" && err != nil || want != "" && !errors.Is(err, want) {
			t.Errorf("%s: %v", effect, err)
		}
	}
}
