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
		Unsupported: unsupported(),
		Handlers: map[string]awssim.Handler{
			"RunInstances":       awssim.Op(runInstances),
			"StartInstances":     awssim.Op(startInstances),
			"StopInstances":      awssim.Op(stopInstances),
			"RebootInstances":    awssim.Op(rebootInstances),
			"TerminateInstances": awssim.Op(terminateInstances),

			"DescribeInstances":                    looks(awssim.Op(describeInstances)),
			"DescribeInstanceStatus":               looks(awssim.Op(describeInstanceStatus)),
			"DescribeInstanceAttribute":            looks(awssim.Op(describeInstanceAttribute)),
			"DescribeInstanceCreditSpecifications": looks(awssim.Op(describeCredits)),
			"ModifyInstanceAttribute":              awssim.Op(modifyInstanceAttribute),
			"ModifyInstanceMetadataOptions":        awssim.Op(modifyMetadataOptions),
			"MonitorInstances":                     awssim.Op(monitorInstances),
			"UnmonitorInstances":                   awssim.Op(unmonitorInstances),

			"DescribeVolumes":           looks(awssim.Op(describeVolumes)),
			"DescribeNetworkInterfaces": looks(awssim.Op(describeInterfaces)),
			"DescribeSecurityGroups":    looks(awssim.Op(describeSecurityGroups)),
			"DescribeVpcs":              looks(awssim.Op(describeVpcs)),
			"DescribeVpcAttribute":      looks(awssim.Op(describeVpcAttribute)),
			"DescribeSubnets":           looks(awssim.Op(describeSubnets)),

			"DescribeImages":                         looks(awssim.Op(describeImages)),
			"DescribeInstanceTypes":                  looks(awssim.Op(describeInstanceTypes)),
			"DescribeRegions":                        looks(awssim.Op(describeRegions)),
			"DescribeAvailabilityZones":              looks(awssim.Op(describeZones)),
			"DescribeIamInstanceProfileAssociations": looks(awssim.Op(describeProfiles)),

			"DescribeTags": looks(awssim.Op(describeTags)),
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

// looks lets an operation that changes nothing have DryRun.
func looks(h awssim.Handler) awssim.Handler {
	return h.Then(func(in any) error { return dryRun(awssim.Flag(in, "DryRun")) })
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
