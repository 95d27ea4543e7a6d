// Package logs simulates CloudWatch Logs.
package logs

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// Service is CloudWatch Logs: groups, streams, events with filter patterns, and
// retention.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{Model: "logs", Unsupported: map[string][]string{"DescribeLogGroups": {"AccountIdentifiers"}}, InvalidToken: awssim.TokenAs("InvalidParameterException", "The specified nextToken is invalid."), Invalid: awssim.InvalidAs("InvalidParameterException"), Handlers: map[string]awssim.Handler{
		"CreateLogGroup":        awssim.Op(createLogGroup),
		"DeleteLogGroup":        awssim.Op(deleteLogGroup),
		"DescribeLogGroups":     awssim.Op(describeLogGroups),
		"PutRetentionPolicy":    awssim.Op(putRetentionPolicy),
		"DeleteRetentionPolicy": awssim.Op(deleteRetentionPolicy),
		"CreateLogStream":       awssim.Op(createLogStream),
		"DeleteLogStream":       awssim.Op(deleteLogStream),
		"DescribeLogStreams":    awssim.Op(describeLogStreams),
		"PutLogEvents":          awssim.Op(putLogEvents),
		"FilterLogEvents":       awssim.Op(filterLogEvents),
		"GetLogEvents":          awssim.Op(getLogEvents),
		"TagResource":           awssim.Op(logsTagResource),
		"UntagResource":         awssim.Op(logsUntagResource),
		"ListTagsForResource":   awssim.Op(logsListTags),
		"TagLogGroup":           awssim.Op(tagLogGroup),
		"UntagLogGroup":         awssim.Op(untagLogGroup),
		"ListTagsLogGroup":      awssim.Op(listTagsLogGroup),
	}, Needs: needsOf, ReservedTag: reservedTag}
}

// needsOf asks for permission on the group or stream that a call names.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	group, stream := logsSubject(c, in)
	ctx := reference.Context{}
	awssim.ResourceTags(ctx, tagsOfGroup(c, group))
	need := awssim.Need{Action: "logs:" + c.Operation, Resource: resourceOf(c, c.Operation, group, stream), Context: ctx}
	if elsewhere, _ := arn.Parse(group); elsewhere.Account != "" {
		need.Owner = elsewhere.Account
	}
	if create, ok := in.(*logs.CreateLogGroupInput); ok && len(create.Tags) > 0 {
		return append([]awssim.Need{need}, tagNeeds(c, need, group)...)
	}
	return []awssim.Need{need}
}

// resourceOf is the ARN of which an action is asked. For most actions it has a part for
// the stream, empty where a call concerns the whole group, so that a policy must name the
// group with ":*" at the end. For the actions of tags by ARN it is the group's own ARN,
// and a policy that names the group with ":*" does not match it.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
func resourceOf(c *awssim.Call, action, group, stream string) string {
	of := c.ARN("log-group:" + group)
	if elsewhere, _ := arn.Parse(group); elsewhere.Account != "" {
		of = strings.TrimSuffix(group, ":*")
	}
	switch action {
	case "TagResource", "UntagResource", "ListTagsForResource":
		return of
	}
	return of + ":log-stream:" + stream
}

// tagNeeds is what a call needs besides that makes a group with tags: one of two
// permissions.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func tagNeeds(c *awssim.Call, need awssim.Need, group string) []awssim.Need {
	need.Action = "logs:TagLogGroup"
	if c.Permit(need) == nil {
		return nil
	}
	need.Action, need.Resource = "logs:TagResource", resourceOf(c, "TagResource", group, "")
	return []awssim.Need{need}
}

// logsSubject is the group and stream that a call names; see groupOfARN.
func logsSubject(c *awssim.Call, in any) (group, stream string) {
	switch in := in.(type) {
	case *logs.CreateLogGroupInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.DeleteLogGroupInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.PutRetentionPolicyInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.DeleteRetentionPolicyInput:
		return aws.ToString(in.LogGroupName), ""
	case *logs.DescribeLogStreamsInput:
		return groupName(c, in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.FilterLogEventsInput:
		return groupName(c, in.LogGroupName, in.LogGroupIdentifier), ""
	case *logs.CreateLogStreamInput:
		return aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)
	case *logs.DeleteLogStreamInput:
		return aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)
	case *logs.PutLogEventsInput:
		return aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)
	case *logs.GetLogEventsInput:
		return groupName(c, in.LogGroupName, in.LogGroupIdentifier), aws.ToString(in.LogStreamName)
	}
	return logsTagSubject(c, in), ""
}

func logsTagSubject(c *awssim.Call, in any) string {
	switch in := in.(type) {
	case *logs.TagResourceInput:
		return groupOfARN(c, aws.ToString(in.ResourceArn))
	case *logs.UntagResourceInput:
		return groupOfARN(c, aws.ToString(in.ResourceArn))
	case *logs.ListTagsForResourceInput:
		return groupOfARN(c, aws.ToString(in.ResourceArn))
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
func groupName(c *awssim.Call, name, identifier *string) string {
	if identifier != nil {
		return groupOfARN(c, *identifier)
	}
	return aws.ToString(name)
}

// groupOfARN gives the group in arn:...:log-group:NAME or NAME:*. It gives the ARN itself
// where that is of another account or region: no group here has such a name.
func groupOfARN(c *awssim.Call, text string) string {
	if a, _ := arn.Parse(text); a.Type() == "log-group" && a.Account == c.Account.ID && a.Region == c.Region {
		return strings.TrimSuffix(a.ID(), ":*")
	}
	return text
}
