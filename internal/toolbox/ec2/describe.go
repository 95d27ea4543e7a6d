package ec2

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type describeInput struct {
	tool.Target
	ID string `json:"instance_id" jsonschema:"the instance" complete:"ec2.instance"`
}

// description is all that is known of an instance.
type description struct {
	instanceRow
	Architecture string          `json:"architecture,omitempty"`
	Platform     string          `json:"platform,omitempty"`
	KeyName      string          `json:"key_name,omitempty" jsonschema:"the SSH key pair it was launched with"`
	Monitoring   string          `json:"monitoring,omitempty"`
	IMDSv2       string          `json:"metadata_tokens,omitempty" jsonschema:"required means that only IMDSv2 is answered"`
	Checks       *checks         `json:"status_checks,omitempty" jsonschema:"EC2's own checks; absent if they could not be read"`
	Volumes      []volume        `json:"volumes,omitempty"`
	Groups       []securityGroup `json:"security_groups,omitempty"`
	Gaps         []unreadPart    `json:"gaps,omitempty" jsonschema:"what could not be read; it may exist nevertheless"`
}

type checks struct {
	System   string `json:"system"`
	Instance string `json:"instance"`
	EBS      string `json:"ebs,omitempty"`
}

type volume struct {
	ID        string     `json:"volume_id"`
	Device    string     `json:"device"`
	SizeGiB   int32      `json:"size_gib"`
	Type      string     `json:"type"`
	IOPS      int32      `json:"iops,omitempty"`
	Encrypted bool       `json:"encrypted"`
	State     string     `json:"state"`
	Attached  *time.Time `json:"attached,omitempty"`
	Deleted   bool       `json:"delete_on_termination"`
}

type securityGroup struct {
	ID       string         `json:"group_id"`
	Name     string         `json:"name,omitempty"`
	Inbound  []securityRule `json:"inbound,omitempty"`
	Outbound []securityRule `json:"outbound,omitempty"`
}

type securityRule struct {
	Protocol string   `json:"protocol" jsonschema:"tcp, udp, icmp, a number, or all"`
	From     *int32   `json:"from_port,omitempty"`
	To       *int32   `json:"to_port,omitempty"`
	Peers    []string `json:"peers" jsonschema:"CIDR blocks, prefix lists and security groups"`
}

type unreadPart struct {
	What  string       `json:"what"`
	Error *fault.Error `json:"error"`
}

// Verdict is Partial where a part could not be read.
func (d description) Verdict() error {
	if len(d.Gaps) == 0 {
		return nil
	}
	return fault.New(fault.Partial, "%s could not be read", d.Gaps[0].What).WithCause("%s", d.Gaps[0].Error.Error()).
		WithFix("see gaps; the rest of the answer is complete")
}

func (b *box) describeTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "ec2.describe", Summary: "Describe an instance in full",
		Description: "Details, status checks, volumes, security groups with their rules, IAM profile and tags. A part that the caller is not allowed to read is listed as a gap.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"instance_id"},
		Needs: []tool.Need{
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource},
			{Action: "ec2:DescribeInstanceStatus", Resource: kit.AnyResource},
			{Action: "ec2:DescribeVolumes", Resource: kit.AnyResource},
			{Action: "ec2:DescribeSecurityGroups", Resource: kit.AnyResource},
		},
		Examples: []tool.Example{{Does: "one instance", Input: `{"instance_id": "i-0123456789abcdef0"}`}},
	}, b.describe)
}

func (b *box) describe(ctx context.Context, _ *tool.Call, in describeInput) (description, error) {
	s, err := b.Session(ctx, in.Target)
	if err != nil {
		return description{}, err
	}
	client := newClient(s)
	out, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{in.ID}})
	if err != nil {
		return description{}, err
	}
	if len(out.Reservations) == 0 || len(out.Reservations[0].Instances) == 0 {
		return description{}, fault.New(fault.NotFound, "there is no instance %s in %s", in.ID, s.Region).
			WithFix("search the other regions: hawser ec2 list --all-regions")
	}
	i := out.Reservations[0].Instances[0]
	if *i.InstanceId != in.ID { // answer checks that it is there
		return description{}, otherInstances([]string{in.ID}, []string{*i.InstanceId})
	}
	d := description{
		instanceRow: instanceOf(s, i), Architecture: string(i.Architecture), Platform: aws.ToString(i.PlatformDetails), KeyName: aws.ToString(i.KeyName),
	}
	if i.Monitoring != nil {
		d.Monitoring = string(i.Monitoring.State)
	}
	if i.MetadataOptions != nil {
		d.IMDSv2 = string(i.MetadataOptions.HttpTokens)
	}
	d.readParts(ctx, client, i)
	return d, ctx.Err()
}

// readParts makes the additional calls in parallel. If one fails, its part is a
// gap.
func (d *description) readParts(ctx context.Context, client *ec2.Client, i types.Instance) {
	calls := []struct {
		what string
		read func(context.Context, *ec2.Client, types.Instance) error
	}{
		{"the status checks", d.readChecks},
		{"the volumes", d.readVolumes},
		{"the security groups", d.readGroups},
	}
	gaps := make([]*unreadPart, len(calls))
	var group parallel.Group
	for at, one := range calls {
		group.Go(func() error {
			if err := one.read(ctx, client, i); err != nil {
				gaps[at] = &unreadPart{What: one.what, Error: fault.From(kit.Explain(ctx, err))}
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in gaps
	for _, gap := range gaps {
		if gap != nil {
			d.Gaps = append(d.Gaps, *gap)
		}
	}
}

func (d *description) readChecks(ctx context.Context, client *ec2.Client, i types.Instance) error {
	out, err := client.DescribeInstanceStatus(ctx, &ec2.DescribeInstanceStatusInput{
		InstanceIds: []string{*i.InstanceId}, IncludeAllInstances: aws.Bool(true),
	})
	if err != nil || len(out.InstanceStatuses) == 0 {
		return err
	}
	status := out.InstanceStatuses[0]
	if status.SystemStatus == nil || status.InstanceStatus == nil {
		return nil // no check was made yet
	}
	d.Checks = &checks{System: string(status.SystemStatus.Status), Instance: string(status.InstanceStatus.Status)}
	if status.AttachedEbsStatus != nil {
		d.Checks.EBS = string(status.AttachedEbsStatus.Status)
	}
	return nil
}

func (d *description) readVolumes(ctx context.Context, client *ec2.Client, i types.Instance) error {
	pages := ec2.NewDescribeVolumesPaginator(client, &ec2.DescribeVolumesInput{
		Filters: []types.Filter{{Name: aws.String("attachment.instance-id"), Values: []string{*i.InstanceId}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, v := range page.Volumes {
			d.Volumes = append(d.Volumes, volumeOf(v, *i.InstanceId))
		}
	}
	return nil
}

func volumeOf(v types.Volume, instance string) volume {
	out := volume{
		ID: aws.ToString(v.VolumeId), SizeGiB: aws.ToInt32(v.Size), Type: string(v.VolumeType), IOPS: aws.ToInt32(v.Iops),
		Encrypted: aws.ToBool(v.Encrypted), State: string(v.State),
	}
	for _, a := range v.Attachments {
		if aws.ToString(a.InstanceId) == instance {
			out.Device, out.Attached, out.Deleted = aws.ToString(a.Device), a.AttachTime, aws.ToBool(a.DeleteOnTermination)
		}
	}
	return out
}

func (d *description) readGroups(ctx context.Context, client *ec2.Client, i types.Instance) error {
	var ids []string
	for _, g := range i.SecurityGroups {
		ids = append(ids, aws.ToString(g.GroupId))
	}
	if len(ids) == 0 {
		return nil
	}
	out, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: ids})
	if err != nil {
		return err
	}
	for _, g := range out.SecurityGroups {
		d.Groups = append(d.Groups, securityGroup{
			ID: aws.ToString(g.GroupId), Name: aws.ToString(g.GroupName), Inbound: rulesOf(g.IpPermissions), Outbound: rulesOf(g.IpPermissionsEgress),
		})
	}
	return nil
}

func rulesOf(permissions []types.IpPermission) []securityRule {
	var rules []securityRule
	for _, p := range permissions {
		rule := securityRule{Protocol: aws.ToString(p.IpProtocol), From: p.FromPort, To: p.ToPort, Peers: []string{}}
		if rule.Protocol == "-1" {
			rule.Protocol = "all"
		}
		for _, r := range p.IpRanges {
			rule.Peers = append(rule.Peers, aws.ToString(r.CidrIp))
		}
		for _, r := range p.Ipv6Ranges {
			rule.Peers = append(rule.Peers, aws.ToString(r.CidrIpv6))
		}
		for _, l := range p.PrefixListIds {
			rule.Peers = append(rule.Peers, aws.ToString(l.PrefixListId))
		}
		for _, g := range p.UserIdGroupPairs {
			rule.Peers = append(rule.Peers, aws.ToString(g.GroupId))
		}
		rules = append(rules, rule)
	}
	return rules
}
