package logs_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestFormOfTheGroup calls operations with policies that name the group in one of two
// forms. All need the form with ":*" but those of tags by ARN, which need the other.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
func TestFormOfTheGroup(t *testing.T) {
	const group = "arn:aws:logs:us-east-1:" + simtest.Account + ":log-group:/app"
	name, stream, resource := aws.String("/app"), aws.String("a"), aws.String(group)
	tag, made := map[string]string{"team": "shop"}, aws.String("/app/made")
	const byStream = group + ":log-stream:"
	for _, tt := range []struct {
		action, resource string
		call             func(context.Context, *logs.Client) error
	}{
		{"TagResource", group, func(ctx context.Context, c *logs.Client) error {
			_, err := c.TagResource(ctx, &logs.TagResourceInput{ResourceArn: resource, Tags: tag})
			return err
		}},
		{"ListTagsForResource", group, func(ctx context.Context, c *logs.Client) error {
			_, err := c.ListTagsForResource(ctx, &logs.ListTagsForResourceInput{ResourceArn: resource})
			return err
		}},
		{"UntagResource", group, func(ctx context.Context, c *logs.Client) error {
			_, err := c.UntagResource(ctx, &logs.UntagResourceInput{ResourceArn: resource, TagKeys: []string{"team"}})
			return err
		}},
		{"TagLogGroup", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.TagLogGroup(ctx, &logs.TagLogGroupInput{LogGroupName: name, Tags: tag}) //nolint:staticcheck // SA1019: AWS still has it
			return err
		}},
		{"ListTagsLogGroup", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.ListTagsLogGroup(ctx, &logs.ListTagsLogGroupInput{LogGroupName: name}) //nolint:staticcheck // SA1019: AWS still has it
			return err
		}},
		{"UntagLogGroup", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.UntagLogGroup(ctx, &logs.UntagLogGroupInput{LogGroupName: name, Tags: []string{"team"}}) //nolint:staticcheck // SA1019: AWS still has it
			return err
		}},
		{"PutRetentionPolicy", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.PutRetentionPolicy(ctx, &logs.PutRetentionPolicyInput{LogGroupName: name, RetentionInDays: aws.Int32(7)})
			return err
		}},
		{"DeleteRetentionPolicy", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.DeleteRetentionPolicy(ctx, &logs.DeleteRetentionPolicyInput{LogGroupName: name})
			return err
		}},
		{"CreateLogStream", byStream + "new", func(ctx context.Context, c *logs.Client) error {
			_, err := c.CreateLogStream(ctx, &logs.CreateLogStreamInput{LogGroupName: name, LogStreamName: aws.String("new")})
			return err
		}},
		{"DescribeLogStreams", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.DescribeLogStreams(ctx, &logs.DescribeLogStreamsInput{LogGroupName: name})
			return err
		}},
		{"FilterLogEvents", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.FilterLogEvents(ctx, &logs.FilterLogEventsInput{LogGroupIdentifier: resource})
			return err
		}},
		{"GetLogEvents", byStream + "a", func(ctx context.Context, c *logs.Client) error {
			_, err := c.GetLogEvents(ctx, &logs.GetLogEventsInput{LogGroupName: name, LogStreamName: stream})
			return err
		}},
		{"PutLogEvents", byStream + "a", func(ctx context.Context, c *logs.Client) error {
			event := types.InputLogEvent{Message: aws.String("x"), Timestamp: aws.Int64(time.Now().UnixMilli())}
			_, err := c.PutLogEvents(ctx, &logs.PutLogEventsInput{LogGroupName: name, LogStreamName: stream, LogEvents: []types.InputLogEvent{event}})
			return err
		}},
		{"DeleteLogStream", byStream + "a", func(ctx context.Context, c *logs.Client) error {
			_, err := c.DeleteLogStream(ctx, &logs.DeleteLogStreamInput{LogGroupName: name, LogStreamName: stream})
			return err
		}},
		{"CreateLogGroup", group + "/made:log-stream:", func(ctx context.Context, c *logs.Client) error {
			_, err := c.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: made})
			return err
		}},
		{"DeleteLogGroup", byStream, func(ctx context.Context, c *logs.Client) error {
			_, err := c.DeleteLogGroup(ctx, &logs.DeleteLogGroupInput{LogGroupName: name})
			return err
		}},
	} {
		t.Run(tt.action, func(t *testing.T) {
			sim := simtest.Start(t)
			fillLogs(sim, 2)
			named := group
			if tt.action == "CreateLogGroup" {
				named += "/made"
			}
			right, wrong := named+":*", named
			if tt.resource == named {
				right, wrong = wrong, right
			}
			user := sim.Account.AddUser("user")
			client := logs.NewFromConfig(sim.ConfigFor(user.NewKey()))
			allow := func(resource string) {
				if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"logs:`+tt.action+`","Resource":"`+resource+`"}}`); err != nil {
					t.Fatal(err)
				}
			}
			allow(wrong)
			simtest.WantCode(t, tt.call(t.Context(), client), "AccessDeniedException", "logs:"+tt.action+" on resource: "+tt.resource+" because")
			allow(right)
			if err := tt.call(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestGroupsElsewhere names groups of another account and another region by their ARNs.
func TestGroupsElsewhere(t *testing.T) {
	sim := simtest.Start(t)
	client := logs.NewFromConfig(sim.Config())
	if _, err := client.CreateLogGroup(t.Context(), &logs.CreateLogGroupInput{LogGroupName: aws.String("/app")}); err != nil {
		t.Fatal(err)
	}
	for group, want := range map[string]string{
		"arn:aws:logs:us-east-1:444455556666:log-group:/app":            "AccessDeniedException",
		"arn:aws:logs:eu-west-1:" + simtest.Account + ":log-group:/app": "ResourceNotFoundException",
	} {
		_, err := client.TagResource(t.Context(), &logs.TagResourceInput{ResourceArn: &group, Tags: map[string]string{"a": "b"}})
		simtest.WantCode(t, err, want, "")
		_, err = client.FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{LogGroupIdentifier: &group})
		simtest.WantCode(t, err, want, "")
	}
}
