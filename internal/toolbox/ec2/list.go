package ec2

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type listInput struct {
	tool.Target
	tool.Fan
	tool.Page
	State   string              `json:"state,omitempty" jsonschema:"only instances in this state" enum:"pending,running,stopping,stopped,shutting-down,terminated"`
	Filters map[string][]string `json:"filters,omitempty" jsonschema:"EC2's own filters, by name, each with the values that fit, in which * and ? are wildcards" empty:"text"`
	Tags    map[string]string   `json:"tags,omitempty" jsonschema:"only instances with all of these tags; values may hold * and ?" holds:"content" empty:"text"`
	IDs     []string            `json:"instance_ids,omitempty" jsonschema:"only these instances" complete:"ec2.instance"`
}

// Validate refuses ids with a fan: an instance is in one region.
func (in listInput) Validate() error {
	if len(in.IDs) > 0 && (in.AllRegions || in.AllAccounts) {
		return fault.New(fault.Invalid, "instance_ids and a listing of all regions or accounts can't be used together").
			At("instance_ids").WithFix("an instance is in one account and region: name them, or filter with tags or filters")
	}
	return nil
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "ec2.list", Items: "instances", Summary: "List instances",
		Lists:       map[string]string{"ec2.instance": "instance_id"},
		Description: "Terminated instances are shown for about an hour, as EC2 keeps them. EC2's filters are listed at https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html",
		Effect:      tool.Read, Idempotent: true, Default: true, Args: []string{"instance_ids"},
		Forms: []tool.Form{{Verb: "describe-instances", Flags: kit.PageFlags()}},
		Needs: []tool.Need{
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource},
		},
		Examples: []tool.Example{
			{Does: "what runs in the region", Input: `{"state": "running"}`},
			{Does: "the web servers of a team, in every region", Input: `{"tags": {"team": "shop", "Name": "web-*"}, "all_regions": true}`},
			{Does: "large instances of a VPC", Input: `{"filters": {"instance-type": ["*.xlarge"], "vpc-id": ["vpc-0a1b2c3d"]}}`},
		},
	}, b.listInstances)
}

func (b *box) listInstances(ctx context.Context, _ *tool.Call, in listInput) (tool.List[instanceRow], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[instanceRow], error) {
			return in.page(ctx, s, token, limit)
		})
}

// page reads one page.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
func (in listInput) page(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[instanceRow], error) {
	ask := &ec2.DescribeInstancesInput{InstanceIds: in.IDs, Filters: in.filters(), NextToken: kit.Optional(token)}
	if len(in.IDs) == 0 { // EC2 takes ids or a page size, not both
		ask.MaxResults = aws.Int32(max(*kit.PageSize(limit, 1000), 5))
	}
	out, err := newClient(s).DescribeInstances(ctx, ask)
	if err != nil {
		return tool.Batch[instanceRow]{}, err
	}
	batch := tool.Batch[instanceRow]{Next: aws.ToString(out.NextToken)}
	for _, r := range out.Reservations {
		for _, i := range r.Instances {
			row := instanceOf(s, i)
			if in.AllAccounts {
				row.InAccount = s.Account
			}
			batch.Items = append(batch.Items, row)
		}
	}
	return batch, nil
}

// filters returns state, tags and filters in EC2's form, in a steady order, so
// that a page's token stays good.
func (in listInput) filters() []types.Filter {
	var filters []types.Filter
	add := func(name string, values ...string) {
		filters = append(filters, types.Filter{Name: &name, Values: values})
	}
	if in.State != "" {
		add("instance-state-name", in.State)
	}
	for _, key := range slices.Sorted(maps.Keys(in.Tags)) {
		add("tag:"+key, in.Tags[key])
	}
	for _, name := range slices.Sorted(maps.Keys(in.Filters)) {
		add(name, in.Filters[name]...)
	}
	return filters
}
