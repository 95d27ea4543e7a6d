package cloudwatch

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudwatch/metricstat"
)

// The bounds of PutMetricData.
const (
	maxData       = 1000
	maxValues     = 150
	maxDimensions = 30
	oldestDatum   = 14 * 24 * time.Hour
	newestDatum   = 2 * time.Hour
)

func putMetricData(c *awssim.Call, in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
	namespace := aws.ToString(in.Namespace)
	data := slices.Clone(in.MetricData)
	for _, e := range in.EntityMetricData {
		data = append(data, e.MetricData...)
	}
	switch {
	case strings.HasPrefix(namespace, "AWS/"):
		return nil, awssim.Errorf("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
	case len(data) == 0:
		return nil, awssim.Errorf("MissingParameter", "The parameter MetricData is required.")
	case len(data) > maxData:
		return nil, awssim.Errorf("InvalidParameterValue", "The collection MetricData must not have a size greater than %d.", maxData)
	}
	for i, d := range data {
		if err := checkDatum(c.Now(), i+1, d); err != nil {
			return nil, err
		}
	}
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, d := range data {
		for _, sample := range samplesOf(c.Now(), d) {
			st.add(namespace, aws.ToString(d.MetricName), d.Dimensions, sample)
		}
	}
	return &cloudwatch.PutMetricDataOutput{}, nil
}

func checkDatum(now time.Time, number int, d types.MetricDatum) error {
	bad := func(member, why string) error {
		return awssim.Errorf("InvalidParameterValue", "The parameter MetricData.member.%d.%s %s", number, member, why)
	}
	given := 0
	for _, set := range []bool{d.Value != nil, len(d.Values) > 0, d.StatisticValues != nil} {
		if set {
			given++
		}
	}
	switch {
	case given == 0:
		return awssim.Errorf("MissingParameter", "At least one of the parameters must be specified: Value, Values, StatisticValues.")
	case given > 1:
		return awssim.Errorf("InvalidParameterCombination", "The parameters MetricData.member.%d.Value, Values and StatisticValues are mutually exclusive and you have specified more than one.", number)
	case len(d.Values) > maxValues:
		return bad("Values", "must not have a size greater than 150.")
	case len(d.Counts) > 0 && len(d.Counts) != len(d.Values):
		return bad("Values", "and Counts must be of the same size.")
	case len(d.Dimensions) > maxDimensions:
		return bad("Dimensions", "must not have a size greater than 30.")
	case d.Timestamp != nil && (d.Timestamp.Before(now.Add(-oldestDatum)) || d.Timestamp.After(now.Add(newestDatum))):
		return bad("Timestamp", "must be within two weeks before and two hours after now.")
	}
	for _, v := range append(slices.Clone(d.Values), aws.ToFloat64(d.Value)) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return bad("Value", "must be a number.")
		}
	}
	return nil
}

// samplesOf gives a datum's samples, which all have one time.
func samplesOf(now time.Time, d types.MetricDatum) []metricSample {
	base := metricSample{at: now, unit: d.Unit, fine: aws.ToInt32(d.StorageResolution) == 1}
	if d.Timestamp != nil {
		base.at = *d.Timestamp
	}
	if set := d.StatisticValues; set != nil {
		base.Set = &metricstat.Set{
			Count: aws.ToFloat64(set.SampleCount), Sum: aws.ToFloat64(set.Sum), Min: aws.ToFloat64(set.Minimum), Max: aws.ToFloat64(set.Maximum),
		}
		return []metricSample{base}
	}
	if d.Value != nil {
		base.Sample = metricstat.Sample{Value: *d.Value, Count: 1}
		return []metricSample{base}
	}
	var samples []metricSample
	for i, v := range d.Values {
		base.Sample = metricstat.Sample{Value: v, Count: 1}
		if len(d.Counts) > 0 {
			base.Count = d.Counts[i]
		}
		samples = append(samples, base)
	}
	return samples
}

// metricsPage is how many metrics ListMetrics gives at a time, and
// forgottenAfter how long one without new data is listed.
const (
	metricsPage    = 500
	forgottenAfter = 14 * 24 * time.Hour
)

func listMetrics(c *awssim.Call, in *cloudwatch.ListMetricsInput) (*cloudwatch.ListMetricsOutput, error) {
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	since := c.Now().Add(-forgottenAfter)
	if in.RecentlyActive == types.RecentlyActivePt3h {
		since = c.Now().Add(-3 * time.Hour)
	}
	var keys []string
	for key, s := range st.series {
		if s.latest.After(since) && s.fits(in) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	out := &cloudwatch.ListMetricsOutput{Metrics: []types.Metric{}}
	first, _ := slices.BinarySearch(keys, aws.ToString(in.NextToken))
	for _, key := range keys[first:] {
		if len(out.Metrics) == metricsPage {
			out.NextToken = &key
			break
		}
		out.Metrics = append(out.Metrics, st.series[key].metric)
	}
	return out, nil
}

func (s *metricSeries) fits(in *cloudwatch.ListMetricsInput) bool {
	if cmp.Or(aws.ToString(in.Namespace), *s.metric.Namespace) != *s.metric.Namespace ||
		cmp.Or(aws.ToString(in.MetricName), *s.metric.MetricName) != *s.metric.MetricName {
		return false
	}
	for _, want := range in.Dimensions {
		if !slices.ContainsFunc(s.metric.Dimensions, func(d types.Dimension) bool {
			return aws.ToString(d.Name) == aws.ToString(want.Name) && (want.Value == nil || aws.ToString(d.Value) == *want.Value)
		}) {
			return false
		}
	}
	return true
}
