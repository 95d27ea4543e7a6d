package cloudwatch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	simcloudwatch "github.com/hawser/hawser/internal/awssim/cloudwatch"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// tenMinutes puts the values 1 to 10 into Latency of Shop, one a minute, and
// gives the time of the first.
func tenMinutes(t *testing.T, sim *simtest.Sim) time.Time {
	t.Helper()
	start := sim.Clock.Now().Truncate(5 * time.Minute).Add(-20 * time.Minute)
	var data []types.MetricDatum
	for i := range 10 {
		data = append(data, types.MetricDatum{
			MetricName: aws.String("Latency"), Timestamp: aws.Time(start.Add(time.Duration(i) * time.Minute)),
			Value: aws.Float64(float64(i + 1)), Unit: types.StandardUnitMilliseconds,
			Dimensions: []types.Dimension{{Name: aws.String("Route"), Value: aws.String("/")}, {Name: aws.String("Host"), Value: aws.String("a")}},
		})
	}
	_, err := cloudwatch.NewFromConfig(sim.Config()).PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Shop"), MetricData: data})
	if err != nil {
		t.Fatal(err)
	}
	return start
}

func latency(id, stat string, period int32) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{Stat: &stat, Period: &period, Metric: &types.Metric{
		Namespace: aws.String("Shop"), MetricName: aws.String("Latency"),
		Dimensions: []types.Dimension{{Name: aws.String("Host"), Value: aws.String("a")}, {Name: aws.String("Route"), Value: aws.String("/")}},
	}}}
}

func TestGetMetricData(t *testing.T) {
	sim := simtest.Start(t)
	start := tenMinutes(t, sim)
	client := cloudwatch.NewFromConfig(sim.Config())
	out, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: &start, EndTime: aws.Time(start.Add(time.Hour)), ScanBy: types.ScanByTimestampAscending,
		MetricDataQueries: []types.MetricDataQuery{
			latency("sums", "Sum", 300), latency("avg", "Average", 300), latency("p90", "p90", 600), latency("n", "SampleCount", 60),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]float64{}
	for _, r := range out.MetricDataResults {
		got[*r.Id] = r.Values
	}
	p90 := []float64{9.1}
	if start.Unix()%600 != 0 {
		p90 = []float64{4.6, 9.6} // the ten minutes lie in two periods
	}
	want := map[string][]float64{"sums": {15, 40}, "avg": {3, 8}, "p90": p90, "n": {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Error(diff)
	}
	if first := out.MetricDataResults[0].Timestamps[0]; !first.Equal(start) {
		t.Errorf("the first period begins at %s, want %s", first, start)
	}
}

func TestGetMetricDataPages(t *testing.T) {
	sim := simtest.Start(t)
	start := tenMinutes(t, sim)
	client := cloudwatch.NewFromConfig(sim.Config())
	in := &cloudwatch.GetMetricDataInput{
		StartTime: &start, EndTime: aws.Time(start.Add(time.Hour)), ScanBy: types.ScanByTimestampAscending, MaxDatapoints: aws.Int32(7),
		MetricDataQueries: []types.MetricDataQuery{latency("a", "Sum", 60), latency("b", "Maximum", 60)},
	}
	got := map[string][]float64{}
	calls := 0
	for pages := cloudwatch.NewGetMetricDataPaginator(client, in); pages.HasMorePages(); calls++ {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.MetricDataResults {
			got[*r.Id] = append(got[*r.Id], r.Values...)
		}
	}
	all := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if diff := cmp.Diff(map[string][]float64{"a": all, "b": all}, got); diff != "" || calls != 3 {
		t.Errorf("%d calls: %s", calls, diff)
	}
}

func TestMetricsAreKeptByPeriod(t *testing.T) {
	sim := simtest.Start(t)
	start := tenMinutes(t, sim)
	client := cloudwatch.NewFromConfig(sim.Config())
	points := func(period int32) int {
		out, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: &start, EndTime: aws.Time(start.Add(time.Hour)), MetricDataQueries: []types.MetricDataQuery{latency("a", "Sum", period)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.MetricDataResults[0].Values)
	}
	fresh := points(60)
	sim.Clock.Advance(20 * 24 * time.Hour)
	if minutes, fives := points(60), points(300); fresh != 10 || minutes != 0 || fives != 2 {
		t.Errorf("%d points fresh, after 20 days %d of a minute and %d of five; want 10, 0 and 2", fresh, minutes, fives)
	}
}

func TestGetMetricStatistics(t *testing.T) {
	sim := simtest.Start(t)
	start := tenMinutes(t, sim)
	client := cloudwatch.NewFromConfig(sim.Config())
	q := latency("a", "", 300).MetricStat.Metric
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: q.Namespace, MetricName: q.MetricName, Dimensions: q.Dimensions, Period: aws.Int32(300),
		StartTime: &start, EndTime: aws.Time(start.Add(5 * time.Minute)), Statistics: []types.Statistic{types.StatisticAverage, types.StatisticMaximum},
	}
	out, err := client.GetMetricStatistics(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Datapoints) != 1 || *out.Datapoints[0].Average != 3 || *out.Datapoints[0].Maximum != 5 || out.Datapoints[0].Unit != types.StandardUnitMilliseconds {
		t.Errorf("%+v", out.Datapoints)
	}
	in.Statistics, in.ExtendedStatistics = nil, []string{"p50"}
	if out, err = client.GetMetricStatistics(t.Context(), in); err != nil || out.Datapoints[0].ExtendedStatistics["p50"] != 3 {
		t.Errorf("p50: %+v, %v", out, err)
	}
	in.Period, in.EndTime = aws.Int32(60), aws.Time(start.Add(48*time.Hour))
	_, err = client.GetMetricStatistics(t.Context(), in)
	simtest.WantCode(t, err, "InvalidParameterCombination", "2880 datapoints")
}

func TestPutMetricDataRefuses(t *testing.T) {
	sim := simtest.Start(t)
	client := cloudwatch.NewFromConfig(sim.Config())
	datum := types.MetricDatum{MetricName: aws.String("a"), Value: aws.Float64(1)}
	old, both, none := datum, datum, datum
	old.Timestamp = aws.Time(sim.Clock.Now().Add(-15 * 24 * time.Hour))
	both.Values = []float64{1}
	none.Value = nil
	tests := map[string]struct {
		namespace, code string
		datum           types.MetricDatum
	}{
		"AWS's namespace": {"AWS/EC2", "InvalidParameterValue", datum},
		"too old":         {"Shop", "InvalidParameterValue", old},
		"two values":      {"Shop", "InvalidParameterCombination", both},
		"no value":        {"Shop", "MissingParameter", none},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: &tt.namespace, MetricData: []types.MetricDatum{tt.datum}})
			simtest.WantCode(t, err, tt.code, "")
		})
	}
}

func TestListMetrics(t *testing.T) {
	sim := simtest.Start(t)
	for i := range 700 {
		simcloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/EC2", "CPUUtilization", sim.Clock.Now(), 1, "InstanceId", fmt.Sprintf("i-%03d", i))
	}
	client := cloudwatch.NewFromConfig(sim.Config())
	found, calls := 0, 0
	for pages := cloudwatch.NewListMetricsPaginator(client, &cloudwatch.ListMetricsInput{Namespace: aws.String("AWS/EC2")}); pages.HasMorePages(); calls++ {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found += len(page.Metrics)
	}
	if found != 700 || calls != 2 {
		t.Errorf("%d metrics in %d calls; want 700 in 2", found, calls)
	}
	one, err := client.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{Dimensions: []types.DimensionFilter{{Name: aws.String("InstanceId"), Value: aws.String("i-007")}}})
	if err != nil || len(one.Metrics) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestAlarms(t *testing.T) {
	sim := simtest.Start(t)
	client := cloudwatch.NewFromConfig(sim.Config())
	_, err := client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("slow"), MetricName: aws.String("Latency"), Namespace: aws.String("Shop"), Statistic: types.StatisticAverage,
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(5), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"slow"}})
	if err != nil || len(out.MetricAlarms) != 1 || out.MetricAlarms[0].StateValue != types.StateValueInsufficientData || !*out.MetricAlarms[0].ActionsEnabled {
		t.Fatalf("%+v, %v", out, err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &cloudwatch.ListTagsForResourceInput{ResourceARN: out.MetricAlarms[0].AlarmArn})
	if err != nil || len(tags.Tags) != 1 {
		t.Errorf("tags %+v, %v", tags, err)
	}
	if _, err := client.DeleteAlarms(t.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"slow", "none"}}); err != nil {
		t.Fatal(err)
	}
	if out, err = client.DescribeAlarms(t.Context(), nil); err != nil || len(out.MetricAlarms) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}
