// Package cloudwatch simulates CloudWatch: metrics and their alarms.
package cloudwatch

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudwatch/metricstat"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// Service is metrics, with all their statistics, and metric alarms, which
// stay in the state they were set to.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{
		Model: "cloudwatch", Prefix: "cloudwatch", Needs: needsOf, TagAction: tagAction, ReservedTag: reservedTag, Invalid: invalid, InvalidToken: invalidToken,
		Unsupported: map[string][]string{
			"DescribeAlarms": {"ChildrenOfAlarmName", "ParentsOfAlarmName"},
			"ListMetrics":    {"OwningAccount"},
			"PutMetricData":  {"StrictEntityValidation"},
		},
		Handlers: map[string]awssim.Handler{
			"PutMetricData":       awssim.Op(putMetricData),
			"GetMetricData":       awssim.Op(getMetricData),
			"GetMetricStatistics": awssim.Op(getMetricStatistics),
			"ListMetrics":         awssim.Op(listMetrics),
			"PutMetricAlarm":      awssim.Op(putMetricAlarm),
			"DescribeAlarms":      awssim.Op(describeAlarms),
			"SetAlarmState":       awssim.Op(setAlarmState),
			"DeleteAlarms":        awssim.Op(deleteAlarms),
			"ListTagsForResource": awssim.Op(alarmListTags),
			"TagResource":         awssim.Op(alarmTag),
			"UntagResource":       awssim.Op(alarmUntag),
		},
		Unions: []wire.Union{
			wire.UnionOf[types.EvaluationCriteria](&types.EvaluationCriteriaMemberPromQLCriteria{}),
			wire.UnionOf[types.EvaluationWindow](&types.EvaluationWindowMemberSlidingWindow{}, &types.EvaluationWindowMemberWallClockWindow{}),
		},
	}
}

// needsOf asks for permission on the alarm that a call names; metrics
// are not resources.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	var resources []string
	switch in := in.(type) {
	case *cloudwatch.PutMetricDataInput:
		return []awssim.Need{{Action: "cloudwatch:PutMetricData", Context: reference.Context{"cloudwatch:namespace": {aws.ToString(in.Namespace)}}}}
	case *cloudwatch.PutMetricAlarmInput:
		resources = []string{c.ARN("alarm:" + aws.ToString(in.AlarmName))}
	case *cloudwatch.SetAlarmStateInput:
		resources = []string{c.ARN("alarm:" + aws.ToString(in.AlarmName))}
	case *cloudwatch.DeleteAlarmsInput:
		for _, name := range in.AlarmNames {
			resources = append(resources, c.ARN("alarm:"+name))
		}
	case *cloudwatch.DescribeAlarmsInput:
		resources = []string{c.ARN("alarm:*")}
	case *cloudwatch.ListTagsForResourceInput:
		resources = []string{aws.ToString(in.ResourceARN)}
	case *cloudwatch.TagResourceInput:
		resources = []string{aws.ToString(in.ResourceARN)}
	case *cloudwatch.UntagResourceInput:
		resources = []string{aws.ToString(in.ResourceARN)}
	}
	var needs []awssim.Need
	for _, r := range resources {
		needs = append(needs, awssim.Need{Action: "cloudwatch:" + c.Operation, Resource: r, Context: alarmTags(c, r)})
	}
	return needs
}

// tagAction follows
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func tagAction(operation string) string {
	if operation == "PutMetricAlarm" {
		return "TagResource"
	}
	return ""
}

// alarmTags are the condition keys of an alarm: its tags.
func alarmTags(c *awssim.Call, resource string) reference.Context {
	a, _ := arn.Parse(resource)
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	ctx := reference.Context{}
	if alarm := st.alarms[a.ID()]; alarm != nil {
		awssim.ResourceTags(ctx, alarm.tags)
	}
	return ctx
}

// metricState is what CloudWatch keeps for an account in a region.
type metricState struct {
	mu     sync.Mutex
	series map[string]*metricSeries // by its identity as text
	alarms map[string]*alarm
}

// Start makes the maps.
func (st *metricState) Start(*awssim.World, string, string) {
	st.series, st.alarms = make(map[string]*metricSeries), make(map[string]*alarm)
}

// metricSeries is one metric: a name in a namespace with its dimensions.
type metricSeries struct {
	metric types.Metric
	latest time.Time // of its samples
	// samples are in the order of their times.
	samples []metricSample
}

type metricSample struct {
	metricstat.Sample
	at   time.Time
	unit types.StandardUnit
	fine bool // sent at a resolution of one second
}

// seriesKey is a metric's identity; the order of the dimensions is none of it.
func seriesKey(namespace, name string, dimensions []types.Dimension) string {
	parts := []string{namespace, name}
	for _, d := range sortedDimensions(dimensions) {
		parts = append(parts, aws.ToString(d.Name)+"\x00"+aws.ToString(d.Value))
	}
	return strings.Join(parts, "\x01")
}

func sortedDimensions(dimensions []types.Dimension) []types.Dimension {
	return slices.SortedFunc(slices.Values(dimensions), func(a, b types.Dimension) int {
		return cmp.Compare(aws.ToString(a.Name), aws.ToString(b.Name))
	})
}

func (st *metricState) add(namespace, name string, dimensions []types.Dimension, sample metricSample) {
	key := seriesKey(namespace, name, dimensions)
	s := st.series[key]
	if s == nil {
		s = &metricSeries{metric: types.Metric{Namespace: &namespace, MetricName: &name, Dimensions: sortedDimensions(dimensions)}}
		st.series[key] = s
	}
	if sample.at.After(s.latest) {
		s.latest = sample.at
	}
	i, _ := slices.BinarySearchFunc(s.samples, sample.at.Add(1), func(m metricSample, at time.Time) int { return m.at.Compare(at) })
	s.samples = slices.Insert(s.samples, i, sample)
}

// Put adds a value to a metric, also to one of AWS's own namespaces,
// where PutMetricData may not. Dimensions are names and values by turns.
func Put(w *awssim.World, account, region, namespace, name string, at time.Time, value float64, dimensions ...string) {
	var d []types.Dimension
	for i := 0; i+1 < len(dimensions); i += 2 {
		d = append(d, types.Dimension{Name: aws.String(dimensions[i]), Value: aws.String(dimensions[i+1])})
	}
	st := awssim.StateOf[metricState](w, account, region)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.add(namespace, name, d, metricSample{Sample: metricstat.Sample{Value: value, Count: 1}, at: at})
}
