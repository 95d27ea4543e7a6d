// Package ec2 simulates Amazon EC2: instances in a default VPC.
package ec2

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// Service is Amazon EC2: instances with their volumes and interfaces in a default
// VPC, their life, tags, and the catalogue that clients look things up in.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{
		Model: "ec2", ReservedTag: reservedTag, ThrottleCode: "RequestLimitExceeded", ThrottleStatus: 503, Needs: needsOf,
		Handlers: map[string]awssim.Handler{
			"RunInstances":       awssim.Op(runInstances),
			"StartInstances":     awssim.Op(startInstances),
			"StopInstances":      awssim.Op(stopInstances),
			"RebootInstances":    awssim.Op(rebootInstances),
			"TerminateInstances": awssim.Op(terminateInstances),

			"DescribeInstances":                    awssim.Op(describeInstances),
			"DescribeInstanceStatus":               awssim.Op(describeInstanceStatus),
			"DescribeInstanceAttribute":            awssim.Op(describeInstanceAttribute),
			"DescribeInstanceCreditSpecifications": awssim.Op(describeCredits),
			"ModifyInstanceAttribute":              awssim.Op(modifyInstanceAttribute),
			"ModifyInstanceMetadataOptions":        awssim.Op(modifyMetadataOptions),
			"MonitorInstances":                     awssim.Op(monitorInstances),
			"UnmonitorInstances":                   awssim.Op(unmonitorInstances),

			"DescribeVolumes":           awssim.Op(describeVolumes),
			"DescribeNetworkInterfaces": awssim.Op(describeInterfaces),
			"DescribeSecurityGroups":    awssim.Op(describeSecurityGroups),
			"DescribeVpcs":              awssim.Op(describeVpcs),
			"DescribeVpcAttribute":      awssim.Op(describeVpcAttribute),
			"DescribeSubnets":           awssim.Op(describeSubnets),

			"DescribeImages":                         awssim.Op(describeImages),
			"DescribeInstanceTypes":                  awssim.Op(describeInstanceTypes),
			"DescribeRegions":                        awssim.Op(describeRegions),
			"DescribeAvailabilityZones":              awssim.Op(describeZones),
			"DescribeIamInstanceProfileAssociations": awssim.Op(describeProfiles),

			"DescribeTags": awssim.Op(describeTags),
			"CreateTags":   awssim.Op(createTags),
			"DeleteTags":   awssim.Op(deleteTags),
		},
	}
}

// compute is what an account has in a region.
type compute struct {
	mu        sync.Mutex
	network   network
	instances map[string]*machine // by id
	order     []string            // ids, oldest first
	runs      map[string]run      // by client token
	tags      map[string]map[string]string
}

// Start makes the default network that every account has in every region.
func (st *compute) Start(_ *awssim.World, account, region string) {
	st.instances, st.runs, st.tags = map[string]*machine{}, map[string]run{}, map[string]map[string]string{}
	st.network = newNetwork(account, region)
}

// of gives the state, locked.
func of(c *awssim.Call) *compute {
	st := awssim.State[compute](c)
	st.mu.Lock()
	return st
}

// newID makes an id as EC2 does: a prefix and 17 hexadecimal digits.
func newID(prefix string) string {
	b := make([]byte, 9)
	_, _ = rand.Read(b) // never fails
	return prefix + "-" + hex.EncodeToString(b)[:17]
}

// dryRun is EC2's answer to a call with DryRun that would have been made.
func dryRun(flag *bool) error {
	if !aws.ToBool(flag) {
		return nil
	}
	return &awssim.Error{Code: "DryRunOperation", Status: 412, Message: "Request would have succeeded, but DryRun flag is set."}
}

// tagList gives tags in EC2's form, by key.
func (st *compute) tagList(id string) []types.Tag {
	var out []types.Tag
	for _, key := range sortedKeys(st.tags[id]) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(st.tags[id][key])})
	}
	return out
}

func (st *compute) setTags(id string, tags []types.Tag) {
	for _, t := range tags {
		if st.tags[id] == nil {
			st.tags[id] = map[string]string{}
		}
		st.tags[id][aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}

func noSuch(kind, code, id string) *awssim.Error {
	return awssim.Errorf(code, "The %s ID '%s' does not exist", kind, id)
}
