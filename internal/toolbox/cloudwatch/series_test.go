package cloudwatch

import (
	"encoding/json"
	"testing"
	"time"
)

func TestSpark(t *testing.T) {
	start := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	at := func(minutes ...int) []time.Time {
		var times []time.Time
		for _, m := range minutes {
			times = append(times, start.Add(time.Duration(m)*time.Minute))
		}
		return times
	}
	tests := []struct {
		name   string
		times  []time.Time
		values []float64
		want   string
	}{
		{"rising", at(0, 1, 2, 3, 4, 5, 6, 7), []float64{0, 1, 2, 3, 4, 5, 6, 7}, "▁▂▃▄▅▆▇█"},
		{"level", at(0, 1, 2), []float64{5, 5, 5}, "▄▄▄"},
		{"with a gap", at(0, 3), []float64{1, 9}, "▁  █"},
		{"empty", nil, nil, ""},
		{"negative", at(0, 1), []float64{-9, -1}, "▁█"},
		{"at the end", at(8), []float64{1}, "       ▄"},
	}
	for _, tt := range tests {
		if got := spark(tt.times, tt.values, start, start.Add(8*time.Minute), 8); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := spark(at(0, 1, 2, 3, 4, 5, 6, 7), []float64{0, 0, 0, 0, 8, 8, 8, 8}, start, start.Add(8*time.Minute), 2); got != "▁█" {
		t.Errorf("many points in few columns: %q", got)
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[figure]string{0: "0", 0.5: "0.5", 12.3456: "12.35", 9999: "9999", 12345: "12.35K", 1234567: "1.235M", -2.5e9: "-2.5G"} {
		if got := v.String(); got != want {
			t.Errorf("%v: %s, want %s", float64(v), got, want)
		}
	}
}

func TestMetricsCutKeepsTheNewest(t *testing.T) {
	a := metricsAnswer{Items: []metricSeries{{Metric: "m"}, {Metric: "n"}}}
	for i := range 1000 {
		for s := range a.Items {
			a.Items[s].Timestamps = append(a.Items[s].Timestamps, time.Unix(int64(i)*60, 0).UTC())
			a.Items[s].Values = append(a.Items[s].Values, float64(i)+0.123456789)
		}
	}
	cut, how := a.Cut(4096)
	raw, err := json.Marshal(cut)
	if err != nil || len(raw) > 4096 || how == "" {
		t.Fatalf("%d bytes, %q, %v", len(raw), how, err)
	}
	kept := cut.(metricsAnswer).Items[1].Values
	if len(kept) < 20 || kept[len(kept)-1] != 999.123456789 || len(a.Items[0].Values) != 1000 {
		t.Errorf("%d points kept, the last is %v", len(kept), kept[len(kept)-1])
	}
}
