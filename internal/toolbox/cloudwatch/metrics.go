package cloudwatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type getMetricsInput struct {
	tool.Target
	Namespace  string            `json:"namespace" jsonschema:"the metric's namespace, such as AWS/EC2" complete:"cloudwatch.namespace"`
	Metric     string            `json:"metric" jsonschema:"the metric's name, such as CPUUtilization" complete:"cloudwatch.metric"`
	Dimensions map[string]string `json:"dimensions,omitempty" jsonschema:"all of the metric's dimensions, such as InstanceId=i-0123456789abcdef0" holds:"content"`
	Statistics []string          `json:"statistics,omitempty" jsonschema:"Average, Sum, Minimum, Maximum, SampleCount, percentiles such as p99 or p99.9, and trimmed ones such as tm90 or TM(10%:90%); each is a series; default: Average"`
	Start      tool.When         `json:"start,omitempty" jsonschema:"the beginning: a time, or how long ago, such as 2d" default:"\"3h\""`
	End        tool.When         `json:"end,omitempty" jsonschema:"the end; default: now"`
	Period     int               `json:"period,omitempty" jsonschema:"the seconds that one point covers: 1, 5, 10, 20, 30 or a multiple of 60; default: depends on the time range" min:"1" max:"86400"`
	Series     []moreSeries      `json:"series,omitempty" jsonschema:"further metrics to read in the same call"`
}

// moreSeries is a further metric; fields that it leaves out are those of the
// first.
type moreSeries struct {
	Namespace  string            `json:"namespace,omitempty" jsonschema:"default: the first metric's"`
	Metric     string            `json:"metric,omitempty" jsonschema:"default: the first metric"`
	Dimensions map[string]string `json:"dimensions,omitempty" jsonschema:"default: the first metric's" holds:"content"`
	Statistics []string          `json:"statistics,omitempty" jsonschema:"default: the first metric's"`
}

// maxSeries is how many queries GetMetricData takes.
const maxSeries = 500

// Validate refuses periods and statistics that CloudWatch does not have.
func (in getMetricsInput) Validate() error {
	if in.Period%60 != 0 && !slices.Contains([]int{1, 5, 10, 20, 30}, in.Period) {
		return fault.New(fault.Invalid, "%d seconds is not a valid period", in.Period).At("period").
			WithFix("give 1, 5, 10, 20, 30 or a multiple of 60")
	}
	wanted := in.wanted()
	if len(wanted) > maxSeries {
		return fault.New(fault.Invalid, "%d series are too many for one call", len(wanted)).At("series").
			WithFix("ask for at most %d; each statistic counts as one", maxSeries)
	}
	for _, s := range wanted {
		if !statisticForm.MatchString(s.Statistic) {
			return fault.New(fault.Invalid, "%q is not a statistic", s.Statistic).At("statistics").
				WithFix("give Average, Sum, Minimum, Maximum, SampleCount, a percentile such as p99, or a trimmed statistic such as tm90")
		}
		if len(s.Dimensions) > 30 {
			return fault.New(fault.Invalid, "%d dimensions are too many for a metric", len(s.Dimensions)).At("dimensions").WithFix("give at most 30")
		}
	}
	return nil
}

// wanted lists the series, one for each metric and statistic.
func (in getMetricsInput) wanted() []metricSeries {
	first := moreSeries{in.Namespace, in.Metric, in.Dimensions, in.Statistics}
	if len(first.Statistics) == 0 {
		first.Statistics = []string{"Average"}
	}
	var wanted []metricSeries
	for _, m := range append([]moreSeries{first}, in.Series...) {
		m = m.or(first)
		for _, stat := range m.Statistics {
			wanted = append(wanted, metricSeries{Namespace: m.Namespace, Metric: m.Metric, Dimensions: m.Dimensions, Statistic: statisticName(stat)})
		}
	}
	return wanted
}

func (m moreSeries) or(first moreSeries) moreSeries {
	if m.Namespace == "" {
		m.Namespace = first.Namespace
	}
	if m.Metric == "" {
		m.Metric = first.Metric
	}
	if m.Dimensions == nil {
		m.Dimensions = first.Dimensions
	}
	if len(m.Statistics) == 0 {
		m.Statistics = first.Statistics
	}
	return m
}

func (b *box) getMetricsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "cloudwatch.get-metrics", Items: "metrics",
		Summary: "Read metrics over time, with a summary of each series",
		Description: "All series are read in one call, oldest point first. Periods without data have no point. CloudWatch keeps " +
			"periods under a minute for 3 hours, of a minute for 15 days, of five minutes for 63 days and of an hour for 455.",
		Effect: tool.Read, Idempotent: true, Default: true, Args: []string{"namespace", "metric"},
		Needs: []tool.Need{{Action: "cloudwatch:GetMetricData", Resource: "*"}},
		Examples: []tool.Example{
			{Does: "an instance's load", Input: `{"namespace": "AWS/EC2", "metric": "CPUUtilization", "dimensions": {"InstanceId": "i-0123456789abcdef0"}}`},
			{Does: "how slow a function was this week", Input: `{"namespace": "AWS/Lambda", "metric": "Duration", "dimensions": {"FunctionName": "report"}, "statistics": ["p50", "p99", "Maximum"], "start": "7d"}`},
			{Does: "calls beside errors", Input: `{"namespace": "AWS/Lambda", "metric": "Invocations", "dimensions": {"FunctionName": "report"}, "statistics": ["Sum"], "series": [{"metric": "Errors"}]}`},
		},
	}, b.getMetrics)
}

func (b *box) getMetrics(ctx context.Context, call *tool.Call, in getMetricsInput) (metricsAnswer, error) {
	start, end, err := metricSpan(call.Now(), in.Start, in.End)
	if err != nil {
		return metricsAnswer{}, err
	}
	session, err := b.Session(ctx, in.Target)
	if err != nil {
		return metricsAnswer{}, err
	}
	answer := metricsAnswer{Start: start, End: end, Period: in.Period, Items: in.wanted()}
	kept := keptPeriod(call.Now().Sub(start))
	switch {
	case in.Period == 0:
		answer.Period = suitingPeriod(end.Sub(start), kept, len(answer.Items))
	case in.Period%kept != 0:
		answer.Notes = append(answer.Notes, fmt.Sprintf("for the oldest part of this time range CloudWatch keeps only periods of %d seconds and its multiples: points may be missing there", kept))
	}
	if err := answer.read(ctx, awsapi.Client(session, cloudwatch.NewFromConfig)); err != nil {
		return metricsAnswer{}, err
	}
	for i := range answer.Items {
		answer.Items[i].summarize(start, end)
	}
	return answer, nil
}

// metricSpan returns the two ends of the time.
func metricSpan(now time.Time, from, to tool.When) (start, end time.Time, err error) {
	if start, err = from.Time(now); err != nil {
		return start, end, fault.From(err).At("start")
	}
	if end, err = to.Time(now); err != nil {
		return start, end, fault.From(err).At("end")
	}
	if end.IsZero() {
		end = now
	}
	if !start.Before(end) {
		return start, end, fault.New(fault.Invalid, "start must be before end").At("start").
			WithFix("start is the older time, such as 2h, and end the newer one, such as 1h")
	}
	return start.UTC(), end.UTC(), nil
}

// read fills the series, page by page.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
func (a *metricsAnswer) read(ctx context.Context, client *cloudwatch.Client) error {
	in := &cloudwatch.GetMetricDataInput{StartTime: &a.Start, EndTime: &a.End, ScanBy: types.ScanByTimestampAscending}
	byID := map[string]*metricSeries{}
	for i := range a.Items {
		id := fmt.Sprintf("s%d", i)
		byID[id] = &a.Items[i]
		in.MetricDataQueries = append(in.MetricDataQueries, a.Items[i].query(id, a.Period))
	}
	for pages := cloudwatch.NewGetMetricDataPaginator(client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		a.note(page.Messages)
		for _, r := range page.MetricDataResults {
			s := byID[aws.ToString(r.Id)]
			if s == nil {
				continue
			}
			a.note(r.Messages)
			if r.StatusCode == types.StatusCodeInternalError || r.StatusCode == types.StatusCodeForbidden {
				a.Notes = append(a.Notes, fmt.Sprintf("%s %s could not be read: %s", s.Metric, s.Statistic, r.StatusCode))
			}
			s.Timestamps, s.Values = append(s.Timestamps, r.Timestamps...), append(s.Values, r.Values...)
		}
	}
	return nil
}

func (a *metricsAnswer) note(messages []types.MessageData) {
	for _, m := range messages {
		a.Notes = append(a.Notes, strings.TrimSpace(aws.ToString(m.Code)+" "+aws.ToString(m.Value)))
	}
}

func (s *metricSeries) query(id string, period int) types.MetricDataQuery {
	metric := &types.Metric{Namespace: &s.Namespace, MetricName: &s.Metric}
	for _, name := range slices.Sorted(maps.Keys(s.Dimensions)) {
		metric.Dimensions = append(metric.Dimensions, types.Dimension{Name: aws.String(name), Value: aws.String(s.Dimensions[name])})
	}
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{Metric: metric, Stat: &s.Statistic, Period: aws.Int32(int32(period))}}
}
