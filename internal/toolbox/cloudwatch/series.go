package cloudwatch

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// metricsAnswer is the series that a call read.
type metricsAnswer struct {
	Items  []metricSeries `json:"items"`
	Period int            `json:"period" jsonschema:"the seconds that one point covers"`
	Start  time.Time      `json:"start"`
	End    time.Time      `json:"end"`
	Notes  []string       `json:"notes,omitempty" jsonschema:"what could not be read, and what to know about it"`
}

// Rows returns the series for a table.
func (a metricsAnswer) Rows() any { return a.Items }

// Remarks returns the notes.
func (a metricsAnswer) Remarks() []string { return a.Notes }

// metricSeries is one statistic of one metric over time.
type metricSeries struct {
	Namespace  string            `json:"namespace"`
	Metric     string            `json:"metric" column:"METRIC"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Statistic  string            `json:"statistic" column:"STAT"`
	Timestamps []time.Time       `json:"timestamps,omitempty" jsonschema:"the beginnings of the periods that have data"`
	Values     []float64         `json:"values,omitempty" jsonschema:"the values, as many as timestamps"`
	Last       *figure           `json:"last,omitempty" column:"LAST" jsonschema:"the newest value"`
	Min        *figure           `json:"min,omitempty" column:"MIN"`
	Avg        *figure           `json:"avg,omitempty" column:"AVG" jsonschema:"the mean of the values"`
	Max        *figure           `json:"max,omitempty" column:"MAX"`
	Spark      string            `json:"-" column:"TREND"`
}

// figure is a number that people read in short.
type figure float64

// String returns four digits and a unit of thousands: 0.5, 12.35, 1.235M.
func (f figure) String() string {
	v, unit := float64(f), ""
	for _, u := range []string{"K", "M", "G", "T", "P"} {
		if math.Abs(v) < 10_000 && unit == "" || math.Abs(v) < 1000 {
			break
		}
		v, unit = v/1000, u
	}
	return strconv.FormatFloat(v, 'g', 4, 64) + unit
}

// trendWidth is how many characters a trend takes in a table.
const trendWidth = 24

// summarize fills in the summary.
func (s *metricSeries) summarize(start, end time.Time) {
	s.Spark = spark(s.Timestamps, s.Values, start, end, trendWidth)
	if len(s.Values) == 0 {
		return
	}
	sum := 0.0
	for _, v := range s.Values {
		sum += v
	}
	set := func(v float64) *figure { f := figure(v); return &f }
	s.Min, s.Max = set(slices.Min(s.Values)), set(slices.Max(s.Values))
	s.Avg, s.Last = set(sum/float64(len(s.Values))), set(s.Values[len(s.Values)-1])
}

// spark draws values over time with eight heights of blocks, and averages the
// values of one column. A column without data stays empty, and a series that does
// not change is drawn at half height.
func spark(times []time.Time, values []float64, start, end time.Time, width int) string {
	sums, counts := make([]float64, width), make([]float64, width)
	for i, at := range times {
		column := int(float64(width) * float64(at.Sub(start)) / float64(end.Sub(start)))
		column = min(max(column, 0), width-1)
		sums[column] += values[i]
		counts[column]++
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i := range sums {
		if counts[i] > 0 {
			sums[i] /= counts[i]
			low, high = min(low, sums[i]), max(high, sums[i])
		}
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for i, v := range sums {
		switch {
		case counts[i] == 0:
			b.WriteByte(' ')
		case high == low:
			b.WriteRune('▄')
		default:
			b.WriteRune(blocks[min(int((v-low)/(high-low)*float64(len(blocks))), len(blocks)-1)])
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// statisticForm is every statistic that GetMetricData computes.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
var statisticForm = regexp.MustCompile(`^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)(\d{1,2}(\.\d{1,10})?|100)|(TM|TC|TS|WM|PR)\([\d.]*%?:[\d.]*%?\))$`)

// statisticName returns the name that CloudWatch knows a statistic by.
func statisticName(s string) string {
	known := map[string]string{
		"average": "Average", "avg": "Average", "mean": "Average", "sum": "Sum", "minimum": "Minimum", "min": "Minimum",
		"maximum": "Maximum", "max": "Maximum", "samplecount": "SampleCount", "count": "SampleCount", "iqm": "IQM",
	}
	if name, ok := known[strings.ToLower(s)]; ok {
		return name
	}
	return s
}

// keptPeriod returns the shortest period, in seconds, for which CloudWatch still
// has data of that age.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
func keptPeriod(age time.Duration) int {
	const day = 24 * time.Hour
	switch {
	case age > 63*day:
		return 3600
	case age > 15*day:
		return 300
	case age > 3*time.Hour:
		return 60
	}
	return 1
}

// How many points a series has at most where the period was left to us, and
// all together in one answer of GetMetricData.
const (
	suitingPoints = 360
	allPoints     = 100_800
)

// suitingPeriod returns the shortest round period, in seconds and not under a
// minute, with which a time gives a readable number of points and all series fit
// in one answer.
func suitingPeriod(span time.Duration, kept, series int) int {
	most := min(suitingPoints, allPoints/series)
	for _, period := range []int{60, 300, 900, 3600, 4 * 3600} {
		if period >= kept && int(span/time.Second)/period < most {
			return period
		}
	}
	return 86400
}

// Cut implements tool.Cutter: it keeps the newest points of each series.
func (a metricsAnswer) Cut(limit int) (any, string) {
	bare := a
	bare.Items = slices.Clone(a.Items)
	points := 0
	for i := range bare.Items {
		points = max(points, len(bare.Items[i].Values))
		bare.Items[i].Timestamps, bare.Items[i].Values = nil, nil
	}
	base, err := json.Marshal(bare)
	if err != nil {
		return a, ""
	}
	const perPoint, perSeries = 50, 40 // a time, a number, and what stands between
	keep := ((limit-len(base))/max(1, len(a.Items)) - perSeries) / perPoint
	if keep < 0 || keep >= points {
		return a, ""
	}
	for i, s := range a.Items {
		from := max(0, len(s.Values)-keep)
		bare.Items[i].Timestamps, bare.Items[i].Values = s.Timestamps[from:], s.Values[from:]
	}
	return bare, fmt.Sprintf("each series has only its newest %d points: give a longer period or a shorter time", keep)
}
