package cloudwatch

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// alarm is one metric alarm, kept as CloudWatch describes it.
type alarm struct {
	desc types.MetricAlarm
	tags map[string]string
}

func putMetricAlarm(c *awssim.Call, in *cloudwatch.PutMetricAlarmInput) (*cloudwatch.PutMetricAlarmOutput, error) {
	name := aws.ToString(in.AlarmName)
	switch {
	case in.ComparisonOperator == "" && in.EvaluationCriteria == nil:
		return nil, awssim.Errorf("ValidationError", "The parameter ComparisonOperator is required.")
	case in.MetricName != nil && in.Statistic == "" && in.ExtendedStatistic == nil:
		return nil, awssim.Errorf("ValidationError", "The parameters Statistic and ExtendedStatistic must not both be missing.")
	}
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	now := c.Now()
	a := st.alarms[name]
	d := types.MetricAlarm{
		StateValue: types.StateValueInsufficientData, StateReason: aws.String("Unchecked: Initial alarm creation"),
		StateUpdatedTimestamp: &now, StateTransitionedTimestamp: &now,
	}
	if a == nil {
		a = &alarm{tags: make(map[string]string)}
		for _, t := range in.Tags {
			a.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	} else {
		d.StateValue, d.StateReason = a.desc.StateValue, a.desc.StateReason
		d.StateUpdatedTimestamp, d.StateTransitionedTimestamp = a.desc.StateUpdatedTimestamp, a.desc.StateTransitionedTimestamp
	}
	awssim.Adopt(&d, in)
	d.AlarmArn, d.AlarmConfigurationUpdatedTimestamp = aws.String(c.ARN("alarm:"+name)), &now
	awssim.OrElse(&d.ActionsEnabled, true)
	for _, actions := range []*[]string{&d.AlarmActions, &d.OKActions, &d.InsufficientDataActions} {
		*actions = append([]string{}, *actions...) // sent even where empty
	}
	d.Dimensions = append([]types.Dimension{}, d.Dimensions...)
	a.desc = d
	st.alarms[name] = a
	return &cloudwatch.PutMetricAlarmOutput{}, nil
}

func describeAlarms(c *awssim.Call, in *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
	size := 50
	if in.MaxRecords != nil {
		size = int(*in.MaxRecords)
	}
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	out := &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []types.MetricAlarm{}, CompositeAlarms: []types.CompositeAlarm{}}
	for _, name := range slices.Sorted(maps.Keys(st.alarms)) {
		a := st.alarms[name]
		if name <= aws.ToString(in.NextToken) || !a.fits(in) {
			continue
		}
		if len(out.MetricAlarms) == size {
			out.NextToken = out.MetricAlarms[size-1].AlarmName
			break
		}
		out.MetricAlarms = append(out.MetricAlarms, a.desc)
	}
	return out, nil
}

func (a *alarm) fits(in *cloudwatch.DescribeAlarmsInput) bool {
	name := *a.desc.AlarmName
	return (len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, name)) &&
		strings.HasPrefix(name, aws.ToString(in.AlarmNamePrefix)) &&
		(in.StateValue == "" || in.StateValue == a.desc.StateValue) &&
		(len(in.AlarmTypes) == 0 || slices.Contains(in.AlarmTypes, types.AlarmTypeMetricAlarm)) &&
		(in.ActionPrefix == nil || slices.ContainsFunc(a.desc.AlarmActions, func(s string) bool { return strings.HasPrefix(s, *in.ActionPrefix) }))
}

func setAlarmState(c *awssim.Call, in *cloudwatch.SetAlarmStateInput) (*cloudwatch.SetAlarmStateOutput, error) {
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	a := st.alarms[aws.ToString(in.AlarmName)]
	if a == nil {
		return nil, awssim.Errorf("ResourceNotFound", "Unknown alarm %s", aws.ToString(in.AlarmName))
	}
	now := c.Now()
	a.desc.StateValue, a.desc.StateReason, a.desc.StateReasonData = in.StateValue, in.StateReason, in.StateReasonData
	a.desc.StateUpdatedTimestamp, a.desc.StateTransitionedTimestamp = &now, &now
	return &cloudwatch.SetAlarmStateOutput{}, nil
}

// deleteAlarms deletes the ones that exist and says nothing of the others, as
// AWS does where at most one is a composite alarm.
func deleteAlarms(c *awssim.Call, in *cloudwatch.DeleteAlarmsInput) (*cloudwatch.DeleteAlarmsOutput, error) {
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, name := range in.AlarmNames {
		delete(st.alarms, name)
	}
	return &cloudwatch.DeleteAlarmsOutput{}, nil
}

// onAlarm runs do on the alarm that an ARN names.
func onAlarm(c *awssim.Call, name *string, do func(*alarm)) error {
	st := awssim.State[metricState](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	named, _ := arn.Parse(aws.ToString(name))
	a := st.alarms[named.ID()]
	if named.Type() != "alarm" || a == nil {
		return awssim.Errorf("ResourceNotFoundException", "The resource %s does not exist.", aws.ToString(name))
	}
	do(a)
	return nil
}

func alarmListTags(c *awssim.Call, in *cloudwatch.ListTagsForResourceInput) (*cloudwatch.ListTagsForResourceOutput, error) {
	out := &cloudwatch.ListTagsForResourceOutput{Tags: []types.Tag{}}
	return out, onAlarm(c, in.ResourceARN, func(a *alarm) {
		for _, key := range slices.Sorted(maps.Keys(a.tags)) {
			out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(a.tags[key])})
		}
	})
}

func reservedTag(string) error {
	return awssim.Errorf("InvalidParameterValue", "aws: prefixed tag key names are not allowed for external use.")
}

func alarmTag(c *awssim.Call, in *cloudwatch.TagResourceInput) (*cloudwatch.TagResourceOutput, error) {
	return &cloudwatch.TagResourceOutput{}, onAlarm(c, in.ResourceARN, func(a *alarm) {
		for _, t := range in.Tags {
			a.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	})
}

func alarmUntag(c *awssim.Call, in *cloudwatch.UntagResourceInput) (*cloudwatch.UntagResourceOutput, error) {
	return &cloudwatch.UntagResourceOutput{}, onAlarm(c, in.ResourceARN, func(a *alarm) {
		for _, key := range in.TagKeys {
			delete(a.tags, key)
		}
	})
}
