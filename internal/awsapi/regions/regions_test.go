package regions_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awsapi/regions"
)

func TestRegions(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc",
		"us-iso-east-1": "aws-iso", "us-isob-west-1": "aws-iso-b", "xx-new-1": "aws", "cn-new-9": "aws-cn",
	} {
		if got := regions.PartitionOf(region); got != want {
			t.Errorf("%s is in %s, want %s", region, got, want)
		}
	}
	for region, want := range map[string]string{
		"us-east1": "us-east-1", "useast-1": "us-east-1", "EU-West-1": "eu-west-1", "eu-wset-1": "eu-west-1", "us-gov-west1": "us-gov-west-1", "moon": "",
	} {
		if got := regions.Nearest(region); got != want {
			t.Errorf("%s suggests %q, want %q", region, got, want)
		}
	}
}
