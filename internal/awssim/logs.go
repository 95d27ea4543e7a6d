package awssim

import (
	"strings"

	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// Logs is CloudWatch Logs: groups, streams, events with filter patterns, and
// retention.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
func Logs(*World) *Service {
	return &Service{Model: "logs", Handlers: map[string]Handler{
		"CreateLogGroup":        Op(createLogGroup),
		"DeleteLogGroup":        Op(deleteLogGroup),
		"DescribeLogGroups":     Op(describeLogGroups),
		"PutRetentionPolicy":    Op(putRetentionPolicy),
		"DeleteRetentionPolicy": Op(deleteRetentionPolicy),
		"CreateLogStream":       Op(createLogStream),
		"DeleteLogStream":       Op(deleteLogStream),
		"DescribeLogStreams":    Op(describeLogStreams),
		"PutLogEvents":          Op(putLogEvents),
		"FilterLogEvents":       Op(filterLogEvents),
		"GetLogEvents":          Op(getLogEvents),
		"TagResource":           Op(logsTagResource),
		"UntagResource":         Op(logsUntagResource),
		"ListTagsForResource":   Op(logsListTags),
		"TagLogGroup":           Op(tagLogGroup),
		"UntagLogGroup":         Op(untagLogGroup),
		"ListTagsLogGroup":      Op(listTagsLogGroup),
	}, Needs: logsNeeds}
}

// logsNeeds asks for permission on the group, in the form that policies and
// AWS's own messages name it: with the stream's part behind it, empty where a
// call concerns the whole group.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
func logsNeeds(c *Call, in any) []Need {
	group, stream := logsSubject(in)
	return []Need{{
		Action:   "logs:" + c.Operation,
		Resource: c.ARN("log-group:" + group + ":log-stream:" + stream),
	}}
}

// logsSubject is the group and stream that a call names.
func logsSubject(in any) (group, stream string) {
	switch in := in.(type) {
	case *logs.CreateLogGroupInput:
		return deref(in.LogGroupName), ""
	case *logs.DeleteLogGroupInput:
		return deref(in.LogGroupName), ""
	case *logs.PutRetentionPolicyInput:
		return deref(in.LogGroupName), ""
	case *logs.DeleteRetentionPolicyInput:
		return deref(in.LogGroupName), ""
	case *logs.CreateLogStreamInput:
		return deref(in.LogGroupName), ""
	case *logs.DescribeLogStreamsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.FilterLogEventsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.DeleteLogStreamInput:
		return deref(in.LogGroupName), deref(in.LogStreamName)
	case *logs.PutLogEventsInput:
		return deref(in.LogGroupName), deref(in.LogStreamName)
	case *logs.GetLogEventsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), deref(in.LogStreamName)
	}
	return logsTagSubject(in), ""
}

func logsTagSubject(in any) string {
	switch in := in.(type) {
	case *logs.TagResourceInput:
		return groupOfARN(deref(in.ResourceArn))
	case *logs.UntagResourceInput:
		return groupOfARN(deref(in.ResourceArn))
	case *logs.ListTagsForResourceInput:
		return groupOfARN(deref(in.ResourceArn))
	case *logs.TagLogGroupInput:
		return deref(in.LogGroupName)
	case *logs.UntagLogGroupInput:
		return deref(in.LogGroupName)
	case *logs.ListTagsLogGroupInput:
		return deref(in.LogGroupName)
	}
	return ""
}

// groupName gives a group by its name, or by an identifier, which may be an
// ARN.
func groupName(name, identifier *string) string {
	if identifier != nil {
		return groupOfARN(*identifier)
	}
	return deref(name)
}

// groupOfARN gives the group in arn:...:log-group:NAME or NAME:*.
func groupOfARN(arn string) string {
	if _, name, found := strings.Cut(arn, ":log-group:"); found {
		return strings.TrimSuffix(name, ":*")
	}
	return arn
}

// deref gives what p points to, or the zero value.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
