// Package ec2 holds the tools of Amazon EC2.
package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{b.listTool(), b.describeTool(), b.startTool(), b.stopTool()}
}

// The resources that the tools' actions are needed on.
const (
	instanceResource = "arn:{partition}:ec2:{region}:{account}:instance/{instance_ids}"
)

func newClient(s *awsapi.Session) *ec2.Client { return awsapi.Client(s, ec2.NewFromConfig) }

// instanceRow is an instance as listings and descriptions show it.
type instanceRow struct {
	ID         string            `json:"instance_id" column:"INSTANCE"`
	Name       string            `json:"name,omitempty" column:"NAME" jsonschema:"its Name tag"`
	State      string            `json:"state" column:"STATE"`
	Type       string            `json:"type" column:"TYPE"`
	PrivateIP  string            `json:"private_ip,omitempty" column:"PRIVATE IP"`
	PublicIP   string            `json:"public_ip,omitempty"`
	Zone       string            `json:"availability_zone" column:"ZONE"`
	Launched   *time.Time        `json:"launched,omitempty" column:"LAUNCHED" jsonschema:"when it was last started"`
	Image      string            `json:"image_id,omitempty"`
	VPC        string            `json:"vpc_id,omitempty"`
	Subnet     string            `json:"subnet_id,omitempty"`
	Profile    string            `json:"iam_instance_profile,omitempty" jsonschema:"ARN of the instance profile, whose role the instance acts as"`
	Account    string            `json:"account" jsonschema:"the account it belongs to"`
	Region     string            `json:"region" jsonschema:"the region it runs in"`
	Tags       map[string]string `json:"tags,omitempty"`
	InAccount  string            `json:"-" column:"ACCOUNT"`
	StateCause string            `json:"state_reason,omitempty" jsonschema:"why it is in its state"`
}

func instanceOf(s *awsapi.Session, i types.Instance) instanceRow {
	tags := tagMap(i.Tags)
	out := instanceRow{
		ID: aws.ToString(i.InstanceId), Name: tags["Name"], Type: string(i.InstanceType), Launched: i.LaunchTime,
		PrivateIP: aws.ToString(i.PrivateIpAddress), PublicIP: aws.ToString(i.PublicIpAddress), Image: aws.ToString(i.ImageId),
		VPC: aws.ToString(i.VpcId), Subnet: aws.ToString(i.SubnetId), Account: s.Account, Region: s.Region, Tags: tags,
	}
	if i.State != nil {
		out.State = string(i.State.Name)
	}
	if i.Placement != nil {
		out.Zone = aws.ToString(i.Placement.AvailabilityZone)
	}
	if i.IamInstanceProfile != nil {
		out.Profile = aws.ToString(i.IamInstanceProfile.Arn)
	}
	if i.StateReason != nil {
		out.StateCause = aws.ToString(i.StateReason.Message)
	}
	return out
}

func tagMap(list []types.Tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	tags := map[string]string{}
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}
