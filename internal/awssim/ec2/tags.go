package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// maxTags is how many tags a resource may have.
//
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
const maxTags = 50

// kindOf is the resource type that an id's prefix tells, or "".
func kindOf(id string) types.ResourceType {
	prefix, _, _ := strings.Cut(id, "-")
	return map[string]types.ResourceType{
		"i": types.ResourceTypeInstance, "vol": types.ResourceTypeVolume, "eni": types.ResourceTypeNetworkInterface,
		"vpc": types.ResourceTypeVpc, "subnet": types.ResourceTypeSubnet, "sg": types.ResourceTypeSecurityGroup,
	}[prefix]
}

// has reports whether a resource that can be tagged exists.
func (st *compute) has(c *awssim.Call, id string) bool {
	if id == st.network.vpc || id == st.network.group {
		return true
	}
	if _, ok := st.network.subnet(id); ok {
		return true
	}
	for _, i := range st.instances {
		if !i.forgotten(c) && (id == *i.desc.InstanceId || id == *i.volume.VolumeId || id == i.iface) {
			return true
		}
	}
	return false
}

func reservedTag(key string) error {
	return awssim.Errorf("InvalidParameterValue", "Value ( %s ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use", key)
}

func createTags(c *awssim.Call, in *ec2.CreateTagsInput) (*ec2.CreateTagsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if err := st.taggable(c, in.Resources); err != nil {
		return nil, err
	}
	for _, id := range in.Resources {
		if len(st.tags[id])+len(in.Tags) > maxTags {
			return nil, awssim.Errorf("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
		}
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	for _, id := range in.Resources {
		st.setTags(id, in.Tags)
	}
	return &ec2.CreateTagsOutput{}, nil
}

func (st *compute) taggable(c *awssim.Call, ids []string) error {
	for _, id := range ids {
		switch {
		case kindOf(id) == "":
			return awssim.Errorf("InvalidID", "The ID '%s' is not valid", id)
		case !st.has(c, id) && kindOf(id) == types.ResourceTypeInstance:
			return awssim.Errorf("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		case !st.has(c, id):
			return awssim.Errorf("InvalidID", "The ID '%s' is not valid", id)
		}
	}
	return nil
}

func deleteTags(c *awssim.Call, in *ec2.DeleteTagsInput) (*ec2.DeleteTagsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	for _, id := range in.Resources {
		if len(in.Tags) == 0 {
			delete(st.tags, id)
		}
		for _, t := range in.Tags {
			if have, ok := st.tags[id][aws.ToString(t.Key)]; ok && (t.Value == nil || *t.Value == have) {
				delete(st.tags[id], *t.Key)
			}
		}
	}
	return &ec2.DeleteTagsOutput{}, nil
}

func describeTags(c *awssim.Call, in *ec2.DescribeTagsInput) (*ec2.DescribeTagsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var tags []types.TagDescription
	for _, id := range sortedKeys(st.tags) {
		for _, key := range sortedKeys(st.tags[id]) {
			tags = append(tags, types.TagDescription{
				ResourceId: aws.String(id), ResourceType: kindOf(id), Key: aws.String(key), Value: aws.String(st.tags[id][key]),
			})
		}
	}
	all, err := chosen(tags, nil, in.Filters, "", "", func(t types.TagDescription) fields {
		return fields{tags: map[string]string{*t.Key: *t.Value}, values: map[string][]string{
			"resource-id": {*t.ResourceId}, "resource-type": {string(t.ResourceType)}, "key": {*t.Key}, "value": {*t.Value},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeTagsOutput{Tags: page, NextToken: next}, err
}
