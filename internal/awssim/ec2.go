package awssim

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// EC2 is Amazon EC2: instances with their volumes and interfaces in a default
// VPC, their life, tags, and the catalogue that clients look things up in.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
func EC2(*World) *Service {
	return &Service{
		Model: "ec2", ThrottleCode: "RequestLimitExceeded", ThrottleStatus: 503, Needs: ec2Needs,
		Handlers: map[string]Handler{
			"RunInstances":       Op(runInstances),
			"StartInstances":     Op(startInstances),
			"StopInstances":      Op(stopInstances),
			"RebootInstances":    Op(rebootInstances),
			"TerminateInstances": Op(terminateInstances),

			"DescribeInstances":                    Op(describeInstances),
			"DescribeInstanceStatus":               Op(describeInstanceStatus),
			"DescribeInstanceAttribute":            Op(describeInstanceAttribute),
			"DescribeInstanceCreditSpecifications": Op(describeCredits),
			"ModifyInstanceAttribute":              Op(modifyInstanceAttribute),
			"ModifyInstanceMetadataOptions":        Op(modifyMetadataOptions),
			"MonitorInstances":                     Op(monitorInstances),
			"UnmonitorInstances":                   Op(unmonitorInstances),

			"DescribeVolumes":           Op(describeVolumes),
			"DescribeNetworkInterfaces": Op(describeInterfaces),
			"DescribeSecurityGroups":    Op(describeSecurityGroups),
			"DescribeVpcs":              Op(describeVpcs),
			"DescribeVpcAttribute":      Op(describeVpcAttribute),
			"DescribeSubnets":           Op(describeSubnets),

			"DescribeImages":                         Op(describeImages),
			"DescribeInstanceTypes":                  Op(describeInstanceTypes),
			"DescribeRegions":                        Op(describeRegions),
			"DescribeAvailabilityZones":              Op(describeZones),
			"DescribeIamInstanceProfileAssociations": Op(describeProfiles),

			"DescribeTags": Op(describeTags),
			"CreateTags":   Op(createTags),
			"DeleteTags":   Op(deleteTags),
		},
	}
}

// ec2State is what an account has in a region.
type ec2State struct {
	mu        sync.Mutex
	network   ec2Network
	instances map[string]*ec2Instance // by id
	order     []string                // ids, oldest first
	runs      map[string]ec2Run       // by client token
	tags      map[string]map[string]string
}

// Start makes the default network that every account has in every region.
func (st *ec2State) Start(_ *World, account, region string) {
	st.instances, st.runs, st.tags = map[string]*ec2Instance{}, map[string]ec2Run{}, map[string]map[string]string{}
	st.network = newNetwork(account, region)
}

// ec2Of gives the state, locked.
func ec2Of(c *Call) *ec2State {
	st := State[ec2State](c)
	st.mu.Lock()
	return st
}

// ec2ID makes an id as EC2 does: a prefix and 17 hexadecimal digits.
func ec2ID(prefix string) string {
	b := make([]byte, 9)
	_, _ = rand.Read(b) // never fails
	return prefix + "-" + hex.EncodeToString(b)[:17]
}

// ec2Needs gives the permissions: instances are named one by one, the rest
// know no resource.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
func ec2Needs(c *Call, in any) []Need {
	var needs []Need
	for _, id := range instanceIDs(in) {
		needs = append(needs, Need{Action: "ec2:" + c.Operation, Resource: c.ARN("instance/" + id)})
	}
	return needs
}

// instanceIDs are the instances that a call of a resource-level action names.
func instanceIDs(in any) []string {
	switch in := in.(type) {
	case *ec2.StartInstancesInput:
		return in.InstanceIds
	case *ec2.StopInstancesInput:
		return in.InstanceIds
	case *ec2.RebootInstancesInput:
		return in.InstanceIds
	case *ec2.TerminateInstancesInput:
		return in.InstanceIds
	case *ec2.ModifyInstanceAttributeInput:
		return []string{aws.ToString(in.InstanceId)}
	}
	return nil
}

// dryRun is EC2's answer to a call with DryRun that would have been made.
func dryRun(flag *bool) error {
	if !aws.ToBool(flag) {
		return nil
	}
	return &Error{Code: "DryRunOperation", Status: 412, Message: "Request would have succeeded, but DryRun flag is set."}
}

// tagList gives tags in EC2's form, by key.
func (st *ec2State) tagList(id string) []types.Tag {
	var out []types.Tag
	for _, key := range sortedKeys(st.tags[id]) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(st.tags[id][key])})
	}
	return out
}

func (st *ec2State) setTags(id string, tags []types.Tag) {
	for _, t := range tags {
		if st.tags[id] == nil {
			st.tags[id] = map[string]string{}
		}
		st.tags[id][aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}

func ec2Missing(kind, code, id string) *Error {
	return Errorf(code, "The %s ID '%s' does not exist", kind, id)
}
