package cloudwatch

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudwatch/metricstat"
)

// The bounds of reading metrics.
const (
	maxQueries    = 500
	maxPoints     = 100_800
	maxStatPoints = 1440
)

// point is a statistic of the samples in one period.
type point struct {
	at    time.Time
	value float64
}

// keptFor is how long samples are to be had at a period.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
func keptFor(period time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case period < time.Minute:
		return 3 * time.Hour
	case period%time.Hour == 0:
		return 455 * day
	case period%(5*time.Minute) == 0:
		return 63 * day
	}
	return 15 * day
}

// points computes a statistic for each period that has samples. The periods
// lie on whole multiples of their length since 1970.
func (s *metricSeries) points(now, start, end time.Time, period time.Duration, stat metricstat.Stat, unit types.StandardUnit) []point {
	if s == nil {
		return nil
	}
	var out []point
	var group []metricstat.Sample
	var begin time.Time
	flush := func() {
		if v, ok := stat.Of(group); ok {
			out = append(out, point{begin, v})
		}
		group = nil
	}
	oldest := now.Add(-keptFor(period))
	for _, m := range s.samples {
		at := floor(m.at, period)
		if at.Before(floor(start, period)) || !m.at.Before(end) || m.at.Before(oldest) ||
			(unit != "" && m.unit != unit) || (period < time.Minute && !m.fine) {
			continue
		}
		if !at.Equal(begin) {
			flush()
			begin = at
		}
		group = append(group, m.Sample)
	}
	flush()
	return out
}

// floor is the beginning of the period that a time lies in.
func floor(t time.Time, period time.Duration) time.Time {
	seconds := int64(period / time.Second)
	return time.Unix(t.Unix()-t.Unix()%seconds, 0).UTC()
}

// getMetricData answers each query in the order given. What is more than the
// call may carry comes behind a token.
func getMetricData(c *awssim.Call, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
	if err := checkMetricData(in); err != nil {
		return nil, err
	}
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	skip, room := 0, maxPoints
	if in.MaxDatapoints != nil {
		room = int(*in.MaxDatapoints)
	}
	if in.NextToken != nil {
		n, err := strconv.Atoi(*in.NextToken)
		if err != nil || n < 0 {
			return nil, awssim.Errorf("InvalidNextToken", "The token is not valid.")
		}
		skip = n
	}
	out := &cloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{}, Messages: []types.MessageData{}}
	given := skip
	for _, q := range in.MetricDataQueries {
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		points, err := st.answer(c.Now(), in, q)
		if err != nil {
			return nil, err
		}
		result := resultOf(q)
		dropped := min(skip, len(points))
		points, skip = points[dropped:], skip-dropped
		if len(points) > room {
			points, result.StatusCode = points[:room], types.StatusCodePartialData
		}
		for _, p := range points {
			result.Timestamps, result.Values = append(result.Timestamps, p.at), append(result.Values, p.value)
		}
		room, given = room-len(points), given+len(points)
		out.MetricDataResults = append(out.MetricDataResults, result)
		if result.StatusCode == types.StatusCodePartialData {
			next := strconv.Itoa(given)
			out.NextToken = &next
		}
	}
	return out, nil
}

func checkMetricData(in *cloudwatch.GetMetricDataInput) error {
	switch {
	case !in.StartTime.Before(*in.EndTime):
		return awssim.Errorf("ValidationError", "The parameter EndTime must be greater than StartTime.")
	case len(in.MetricDataQueries) == 0 || len(in.MetricDataQueries) > maxQueries:
		return awssim.Errorf("ValidationError", "The collection MetricDataQueries must have a size between 1 and %d.", maxQueries)
	}
	ids := make(map[string]bool)
	for _, q := range in.MetricDataQueries {
		id := aws.ToString(q.Id)
		switch {
		case id == "" || id[0] < 'a' || id[0] > 'z':
			return awssim.Errorf("ValidationError", "The value for Id %q is invalid: it must begin with a lower-case letter.", id)
		case ids[id]:
			return awssim.Errorf("ValidationError", "The values for Id must be unique: %s is not.", id)
		case q.Expression != nil:
			return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator does not implement cloudwatch:GetMetricData with Expression."}
		case q.MetricStat == nil || q.MetricStat.Metric == nil:
			return awssim.Errorf("ValidationError", "The query %s has neither MetricStat nor Expression.", id)
		}
		ids[id] = true
	}
	return nil
}

func (st *metricState) answer(now time.Time, in *cloudwatch.GetMetricDataInput, q types.MetricDataQuery) ([]point, error) {
	stat, err := metricstat.Parse(aws.ToString(q.MetricStat.Stat))
	if err != nil {
		return nil, awssim.Errorf("ValidationError", "The value %s for parameter Stat is not supported.", aws.ToString(q.MetricStat.Stat))
	}
	period, err := metricPeriod(q.MetricStat.Period)
	if err != nil {
		return nil, err
	}
	m := q.MetricStat.Metric
	s := st.series[seriesKey(aws.ToString(m.Namespace), aws.ToString(m.MetricName), m.Dimensions)]
	points := s.points(now, *in.StartTime, *in.EndTime, period, stat, q.MetricStat.Unit)
	if in.ScanBy != types.ScanByTimestampAscending {
		slices.Reverse(points)
	}
	return points, nil
}

func metricPeriod(seconds *int32) (time.Duration, error) {
	s := aws.ToInt32(seconds)
	if s <= 0 || s%60 != 0 && !slices.Contains([]int32{1, 5, 10, 20, 30}, s) {
		return 0, awssim.Errorf("ValidationError", "The period must be 1, 5, 10, 20, 30, or any multiple of 60, and is %d.", s)
	}
	return time.Duration(s) * time.Second, nil
}

func resultOf(q types.MetricDataQuery) types.MetricDataResult {
	label := q.Label
	if label == nil {
		label = q.MetricStat.Metric.MetricName
	}
	return types.MetricDataResult{Id: q.Id, Label: label, StatusCode: types.StatusCodeComplete, Timestamps: []time.Time{}, Values: []float64{}}
}

func getMetricStatistics(c *awssim.Call, in *cloudwatch.GetMetricStatisticsInput) (*cloudwatch.GetMetricStatisticsOutput, error) {
	period, err := checkStatistics(in)
	if err != nil {
		return nil, err
	}
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	s := st.series[seriesKey(aws.ToString(in.Namespace), aws.ToString(in.MetricName), in.Dimensions)]
	byTime := make(map[time.Time]*types.Datapoint)
	for _, name := range statNames(in) {
		stat, err := metricstat.Parse(name)
		if err != nil {
			return nil, awssim.Errorf("InvalidParameterValue", "The value %s for parameter Statistics is not supported.", name)
		}
		for _, p := range s.points(c.Now(), *in.StartTime, *in.EndTime, period, stat, in.Unit) {
			if byTime[p.at] == nil {
				byTime[p.at] = &types.Datapoint{Timestamp: aws.Time(p.at), Unit: s.unitOf()}
			}
			setStatistic(byTime[p.at], name, p.value)
		}
	}
	out := &cloudwatch.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []types.Datapoint{}}
	for _, d := range byTime { // AWS gives them in no order either
		out.Datapoints = append(out.Datapoints, *d)
	}
	return out, nil
}

func checkStatistics(in *cloudwatch.GetMetricStatisticsInput) (time.Duration, error) {
	if in.StartTime == nil || in.EndTime == nil || len(in.Statistics)+len(in.ExtendedStatistics) == 0 {
		return 0, awssim.Errorf("MissingParameter", "StartTime, EndTime and either Statistics or ExtendedStatistics are required.")
	}
	period, err := metricPeriod(in.Period)
	if err != nil {
		return 0, awssim.Errorf("InvalidParameterValue", "%s", err.(*awssim.Error).Message) //nolint:errorlint // it was made two lines above
	}
	if !in.StartTime.Before(*in.EndTime) {
		return 0, awssim.Errorf("InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.")
	}
	if n := int(in.EndTime.Sub(*in.StartTime) / period); n > maxStatPoints {
		return 0, awssim.Errorf("InvalidParameterCombination", "You have requested up to %d datapoints, which exceeds the limit of %d. You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, maxStatPoints)
	}
	return period, nil
}

func statNames(in *cloudwatch.GetMetricStatisticsInput) []string {
	names := slices.Clone(in.ExtendedStatistics)
	for _, s := range in.Statistics {
		names = append(names, string(s))
	}
	return names
}

// unitOf is the unit of the newest sample, None where none was sent.
func (s *metricSeries) unitOf() types.StandardUnit {
	if u := s.samples[len(s.samples)-1].unit; u != "" {
		return u
	}
	return types.StandardUnitNone
}

func setStatistic(d *types.Datapoint, name string, value float64) {
	switch types.Statistic(name) {
	case types.StatisticSampleCount:
		d.SampleCount = &value
	case types.StatisticAverage:
		d.Average = &value
	case types.StatisticSum:
		d.Sum = &value
	case types.StatisticMinimum:
		d.Minimum = &value
	case types.StatisticMaximum:
		d.Maximum = &value
	default:
		if d.ExtendedStatistics == nil {
			d.ExtendedStatistics = make(map[string]float64)
		}
		d.ExtendedStatistics[name] = value
	}
}
