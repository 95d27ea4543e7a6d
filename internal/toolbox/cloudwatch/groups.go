package cloudwatch

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type groupsInput struct {
	tool.Target
	tool.Fan
	tool.Page
	Prefix  string `json:"prefix,omitempty" jsonschema:"only groups whose names begin with this" holds:"content" xor:"pattern"`
	Pattern string `json:"pattern,omitempty" jsonschema:"only groups whose names contain this" holds:"content"`
}

// logGroup is a log group as listings show it.
type logGroup struct {
	Name      string         `json:"log_group" column:"LOG GROUP"`
	Retention *int32         `json:"retention_days,omitempty" column:"DAYS" jsonschema:"how long events are kept; absent means for ever"`
	Stored    *kit.ByteCount `json:"stored_bytes,omitempty" column:"STORED"`
	Created   *time.Time     `json:"created,omitempty" column:"CREATED"`
	Class     string         `json:"class,omitempty" jsonschema:"STANDARD, INFREQUENT_ACCESS or DELIVERY"`
	Key       string         `json:"kms_key_id,omitempty"`
	ARN       string         `json:"arn"`
	Account   string         `json:"account"`
	Region    string         `json:"region"`
	Place     string         `json:"-" column:"WHERE"`
}

// groupsTool lists log groups. Its noun is logs, as AWS calls CloudWatch Logs in actions,
// ARNs and the aws CLI.
func (b *box) groupsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "logs.groups", Items: "log groups", Summary: "List log groups",
		Lists:  map[string]string{"logs.group": "log_group"},
		Effect: tool.Read, Idempotent: true, Args: []string{"prefix"},
		Forms: []tool.Form{{Verb: "describe-log-groups", Flags: append([]tool.FormFlag{
			{Name: "log-group-name-prefix", Field: "prefix"}, {Name: "log-group-name-pattern", Field: "pattern"},
		}, kit.PageFlags()...)}},
		Needs: []tool.Need{{Action: "logs:DescribeLogGroups", Resource: "arn:{partition}:logs:{region}:{account}:log-group:*"}},
		Examples: []tool.Example{
			{Does: "the log groups of the region", Input: `{}`},
			{Does: "those of all functions, everywhere", Input: `{"prefix": "/aws/lambda/", "all_regions": true, "all_accounts": true}`},
		},
	}, b.groups)
}

// groupsPage is the most log groups that one call returns.
const groupsPage = 50

func (b *box) groups(ctx context.Context, _ *tool.Call, in groupsInput) (tool.List[logGroup], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[logGroup], error) {
			return in.page(ctx, s, token, limit)
		})
}

// page reads one page.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
func (in groupsInput) page(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[logGroup], error) {
	out, err := awsapi.Client(s, cloudwatchlogs.NewFromConfig).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{
		LogGroupNamePrefix: kit.Optional(in.Prefix), LogGroupNamePattern: kit.Optional(in.Pattern),
		NextToken: kit.Optional(token), Limit: kit.PageSize(limit, groupsPage),
	})
	if err != nil {
		return tool.Batch[logGroup]{}, err
	}
	batch := tool.Batch[logGroup]{Next: aws.ToString(out.NextToken)}
	for _, g := range out.LogGroups {
		one := groupOf(g)
		one.Account, one.Region, one.Place = s.Account, s.Region, kit.LocationOf(in.Fan, s)
		batch.Items = append(batch.Items, one)
	}
	return batch, nil
}

func groupOf(g types.LogGroup) logGroup {
	one := logGroup{
		Name: aws.ToString(g.LogGroupName), Retention: g.RetentionInDays, Stored: (*kit.ByteCount)(g.StoredBytes),
		Class: string(g.LogGroupClass), Key: aws.ToString(g.KmsKeyId), ARN: aws.ToString(g.LogGroupArn),
	}
	if one.ARN == "" { // the older member, which ends with :*
		one.ARN = strings.TrimSuffix(aws.ToString(g.Arn), ":*")
	}
	if g.CreationTime != nil {
		at := time.UnixMilli(*g.CreationTime).UTC()
		one.Created = &at
	}
	return one
}
