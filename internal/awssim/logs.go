package awssim

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
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
		return aws.ToString(in.LogGroupName), ""
	case *logs.DeleteLogGroupInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.PutRetentionPolicyInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.DeleteRetentionPolicyInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.CreateLogStreamInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.DescribeLogStreamsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.FilterLogEventsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.DeleteLogStreamInput:
		return aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)
	case *logs.PutLogEventsInput:
		return aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)
	case *logs.GetLogEventsInput:
		return groupName(in.LogGroupName, in.LogGroupIdentifier), aws.ToString(in.LogStreamName)
	}
	return logsTagSubject(in), ""
}

func logsTagSubject(in any) string {
	switch in := in.(type) {
	case *logs.TagResourceInput:
		return groupOfARN(aws.ToString(in.ResourceArn))
	case *logs.UntagResourceInput:
		return groupOfARN(aws.ToString(in.ResourceArn))
	case *logs.ListTagsForResourceInput:
		return groupOfARN(aws.ToString(in.ResourceArn))
	case *logs.TagLogGroupInput:
		return aws.ToString(in.LogGroupName)
	case *logs.UntagLogGroupInput:
		return aws.ToString(in.LogGroupName)
	case *logs.ListTagsLogGroupInput:
		return aws.ToString(in.LogGroupName)
	}
	return ""
}

// groupName gives a group by its name, or by an identifier, which may be an
// ARN.
func groupName(name, identifier *string) string {
	if identifier != nil {
		return groupOfARN(*identifier)
	}
	return aws.ToString(name)
}

// groupOfARN gives the group in arn:...:log-group:NAME or NAME:*.
func groupOfARN(arn string) string {
	if _, name, found := strings.Cut(arn, ":log-group:"); found {
		return strings.TrimSuffix(name, ":*")
	}
	return arn
}
