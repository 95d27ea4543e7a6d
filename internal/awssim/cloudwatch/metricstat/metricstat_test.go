package metricstat_test

import (
	"math"
	"testing"

	"github.com/hawser/hawser/internal/awssim/cloudwatch/metricstat"
)

// hundred is the values 1 to 100, backwards.
func hundred() []metricstat.Sample {
	var s []metricstat.Sample
	for i := 100; i > 0; i-- {
		s = append(s, metricstat.Sample{Value: float64(i), Count: 1})
	}
	return s
}

func TestOf(t *testing.T) {
	heavy := []metricstat.Sample{{Value: 10, Count: 3}, {Value: 20, Count: 1}}
	set := []metricstat.Sample{{Set: &metricstat.Set{Count: 4, Sum: 10, Min: 1, Max: 5}}, {Value: 9, Count: 1}}
	even := []metricstat.Sample{{Set: &metricstat.Set{Count: 4, Sum: 8, Min: 2, Max: 2}}}
	tests := []struct {
		stat    string
		samples []metricstat.Sample
		want    float64
		ok      bool
	}{
		{"SampleCount", hundred(), 100, true},
		{"Average", hundred(), 50.5, true},
		{"Sum", hundred(), 5050, true},
		{"Minimum", hundred(), 1, true},
		{"Maximum", hundred(), 100, true},
		{"p50", hundred(), 50.5, true},
		{"p0", hundred(), 1, true},
		{"p100", hundred(), 100, true},
		{"p99", hundred(), 99.01, true},
		{"p99.9", hundred(), 99.901, true},
		{"tm90", hundred(), 45.5, true},
		{"TM(10%:90%)", hundred(), 50.5, true},
		{"tc90", hundred(), 90, true},
		{"ts10", hundred(), 55, true},
		{"IQM", hundred(), 50.5, true},
		{"Average", heavy, 12.5, true},
		{"p50", heavy, 10, true},
		{"p100", heavy, 20, true},
		{"Average", set, 3.8, true},
		{"Minimum", set, 1, true},
		{"Maximum", set, 9, true},
		{"p50", set, 0, false},
		{"p50", even, 2, true},
		{"Sum", nil, 0, false},
	}
	for _, tt := range tests {
		s, err := metricstat.Parse(tt.stat)
		if err != nil {
			t.Errorf("%s: %v", tt.stat, err)
			continue
		}
		got, ok := s.Of(tt.samples)
		if ok != tt.ok || ok && math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s = %v, %v; want %v, %v", tt.stat, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, name := range []string{"", "average", "p", "p101", "pp", "p-1", "TM(90%:10%)", "TM(1:)", "p99.99999999999"} {
		if _, err := metricstat.Parse(name); err == nil {
			t.Errorf("%q must not parse", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"p99", "TM(10%:90%)", "IQM", "tc0.5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := metricstat.Parse(name)
		if err != nil {
			return
		}
		if v, ok := s.Of(hundred()); ok && (math.IsNaN(v) || v < 0 || v > 5050) {
			t.Errorf("%s = %v", name, v)
		}
	})
}
