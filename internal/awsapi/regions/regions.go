// Package regions knows AWS's partitions and their regions, and which hosts are
// AWS's own.
package regions

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// partition is one of AWS's separate clouds.
//
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
type partition struct {
	id      string
	home    string // where its STS and global services surely answer
	regions []string
}

// partitions is every partition and region known when this was written; newer
// regions go into a connection's extra_regions.
func partitions() []partition {
	return []partition{
		{"aws", "us-east-1", []string{
			"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
			"ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
			"ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1",
			"eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
			"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
			"us-east-1", "us-east-2", "us-west-1", "us-west-2",
		}},
		{"aws-us-gov", "us-gov-west-1", []string{"us-gov-east-1", "us-gov-west-1"}},
		{"aws-cn", "cn-north-1", []string{"cn-north-1", "cn-northwest-1"}},
		{"aws-iso", "us-iso-east-1", []string{"us-iso-east-1", "us-iso-west-1"}},
		{"aws-iso-b", "us-isob-east-1", []string{"us-isob-east-1", "us-isob-west-1"}},
		{"aws-iso-e", "eu-isoe-west-1", []string{"eu-isoe-west-1"}},
		{"aws-iso-f", "us-isof-east-1", []string{"us-isof-east-1", "us-isof-south-1"}},
		{"aws-eusc", "eusc-de-east-1", []string{"eusc-de-east-1"}},
	}
}

// PartitionOf returns the partition of a region. A region that is not in the
// table is placed by its prefix.
func PartitionOf(region string) string {
	for _, p := range partitions() {
		if slices.Contains(p.regions, region) {
			return p.id
		}
	}
	prefixes := []struct{ prefix, id string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"us-isob-", "aws-iso-b"},
		{"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"},
		{"eusc-", "aws-eusc"},
	}
	for _, p := range prefixes {
		if strings.HasPrefix(region, p.prefix) {
			return p.id
		}
	}
	return "aws"
}

// Of returns the known regions of a partition, or of all when it is "".
func Of(partitionID string) []string {
	var out []string
	for _, p := range partitions() {
		if partitionID == "" || p.id == partitionID {
			out = append(out, p.regions...)
		}
	}
	return out
}

// Known reports whether a region is in the table.
func Known(region string) bool {
	return slices.Contains(Of(PartitionOf(region)), region)
}

// Home returns the region where a partition's STS surely answers.
func Home(partitionID string) string {
	for _, p := range partitions() {
		if p.id == partitionID {
			return p.home
		}
	}
	return "us-east-1"
}

// Nearest returns the known region nearest to a mistyped one ("us-east1" gives
// "us-east-1"), or "" when none is near.
func Nearest(region string) string {
	return fault.Nearest(strings.ToLower(strings.TrimSpace(region)), Of(""))
}

// IsAWS reports whether a host is AWS's own, VPC endpoints included.
func IsAWS(host string) bool {
	for _, suffix := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn", ".amazonaws.eu"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
