package organizations_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// denyElsewhere denies everything outside of eu-west-1, with no exception for the services
// that have one endpoint.
const denyElsewhere = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`

// irelandCalls makes a call of each service, signed for eu-west-1.
func (c *company) irelandCalls(key *awssim.Credential) (ofIAM, ofOrganizations, ofEC2 error) {
	ctx, cfg := c.t.Context(), c.ConfigFor(key)
	cfg.Region = "eu-west-1"
	_, ofIAM = iam.NewFromConfig(cfg).ListUsers(ctx, nil)
	_, ofOrganizations = sdk.NewFromConfig(cfg).DescribeOrganization(ctx, nil)
	_, ofEC2 = ec2.NewFromConfig(cfg).DescribeRegions(ctx, nil)
	return ofIAM, ofOrganizations, ofEC2
}

// TestRequestedRegionOfOneEndpoint denies all regions but one, in an identity-based policy
// and in a service control policy. IAM and Organizations are in us-east-1, for whatever
// region a request is signed.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
func TestRequestedRegionOfOneEndpoint(t *testing.T) {
	c := start(t, 2)
	limited, member := simtest.Admin(t, c.Account, "limited"), simtest.Admin(t, c.members[1].Account, "ada")
	if err := limited.PutPolicy("region", denyElsewhere); err != nil {
		t.Fatal(err)
	}
	c.control(types.PolicyTypeServiceControlPolicy, denyElsewhere, c.members[1].Account.ID)
	for kind, key := range map[string]*awssim.Credential{"an identity-based policy": limited.NewKey(), "a service control policy": member.NewKey()} {
		ofIAM, ofOrganizations, ofEC2 := c.irelandCalls(key)
		simtest.WantCode(t, ofIAM, "AccessDenied", "iam:ListUsers on resource: arn:aws:iam::"+key.Principal.Account.ID+":user/ with an explicit deny in "+kind)
		simtest.WantCode(t, ofOrganizations, "AccessDeniedException", "with an explicit deny in "+kind)
		if ofEC2 != nil {
			t.Errorf("%s: a service with an endpoint in eu-west-1: %v", kind, ofEC2)
		}
	}
}

// TestRequestedRegionInOtherPartitions allows one region alone. The regions are those for
// which the SDKs sign requests of the partition.
//
// https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html
func TestRequestedRegionInOtherPartitions(t *testing.T) {
	c := start(t, 0)
	for i, test := range []struct{ partition, signed, ofIAM, ofOrganizations string }{
		{"aws-cn", "cn-northwest-1", "cn-north-1", "cn-northwest-1"},
		{"aws-cn", "cn-north-1", "cn-north-1", "cn-northwest-1"},
		{"aws-us-gov", "us-gov-east-1", "us-gov-west-1", "us-gov-west-1"},
	} {
		user := c.World.AddAccountIn(test.partition, fmt.Sprintf("4444%08d", i), "other").AddUser("eve")
		cfg := c.ConfigFor(user.NewKey())
		cfg.Region = test.signed
		if err := user.PutPolicy("iam", allowIn("iam", test.ofIAM)); err != nil {
			t.Fatal(err)
		}
		if err := user.PutPolicy("organizations", allowIn("organizations", test.ofOrganizations)); err != nil {
			t.Fatal(err)
		}
		if _, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), nil); err != nil {
			t.Errorf("%+v: %v", test, err)
		}
		_, err := sdk.NewFromConfig(cfg).DescribeOrganization(t.Context(), nil)
		simtest.WantCode(t, err, "AWSOrganizationsNotInUseException", "")
	}
}

// allowIn allows a service's actions in one region.
func allowIn(service, region string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + service + `:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"` + region + `"}}}]}`
}
