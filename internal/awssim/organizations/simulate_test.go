package organizations_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestSimulateInAnOrganization tells what service control policies do to a simulation
// of a member's user.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_OrganizationsDecisionDetail.html
func TestSimulateInAnOrganization(t *testing.T) {
	c := start(t, 1)
	member := c.members[0].Account
	ada := simtest.Admin(t, member, "ada")
	client := iam.NewFromConfig(c.ConfigFor(ada.NewKey()))
	c.control(types.PolicyTypeServiceControlPolicy, denyUsers, member.ID)
	out, err := client.SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &ada.ARN, ActionNames: []string{"iam:ListUsers", "iam:ListRoles"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		decision iamtypes.PolicyEvaluationDecisionType
		allowed  bool
		by       int
	}{{"explicitDeny", false, 0}, {"allowed", true, 1}} {
		got := out.EvaluationResults[i]
		if d := got.OrganizationsDecisionDetail; got.EvalDecision != want.decision || d == nil || d.AllowedByOrganizations != want.allowed || len(got.MatchedStatements) != want.by {
			t.Errorf("%s: %s, %+v, %d statements, want %+v", *got.EvalActionName, got.EvalDecision, d, len(got.MatchedStatements), want)
		}
	}
	custom, err := client.SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}, ActionNames: []string{"iam:ListUsers"},
	})
	if err != nil || custom.EvaluationResults[0].EvalDecision != "allowed" || custom.EvaluationResults[0].OrganizationsDecisionDetail != nil {
		t.Errorf("policies that are of no account: %+v, %v", custom, err)
	}
}

// TestSimulateForACallerOfAnOrganization has the organization's keys of CallerArn.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
func TestSimulateForACallerOfAnOrganization(t *testing.T) {
	c := start(t, 1)
	ada := simtest.Admin(t, c.members[0].Account, "ada")
	client := iam.NewFromConfig(c.ConfigFor(ada.NewKey()))
	text := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"},"Null":{"aws:PrincipalOrgPaths":"false"}}}}`
	for arn, want := range map[string]iamtypes.PolicyEvaluationDecisionType{
		ada.ARN: "allowed", strings.Replace(ada.ARN, "ada", "nobody", 1): "allowed", "arn:aws:iam::999988887777:user/stranger": "implicitDeny",
	} {
		custom, err := client.SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
			PolicyInputList: []string{text}, ActionNames: []string{"iam:ListUsers"}, CallerArn: &arn,
		})
		if err != nil || custom.EvaluationResults[0].EvalDecision != want {
			t.Errorf("custom, %s: %+v, %v", arn, custom, err)
		}
	}
	group, err := client.CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("all")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: group.Group.Arn, PolicyInputList: []string{text}, ActionNames: []string{"iam:ListUsers"}, CallerArn: &ada.ARN,
	})
	if err != nil || out.EvaluationResults[0].EvalDecision != "allowed" {
		t.Errorf("principal: %+v, %v", out, err)
	}
}

// TestAnonymousReadsInAnOrganization denies by a resource control policy what a bucket
// opens to everybody.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func TestAnonymousReadsInAnOrganization(t *testing.T) {
	c := start(t, 1)
	member := c.members[0].Account
	client := simtest.S3Client(c.ConfigFor(simtest.Admin(t, member, "ada").NewKey()))
	bucket := aws.String("opened-bucket")
	for _, call := range []func() error{
		func() error {
			_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket})
			return err
		},
		func() error {
			_, err := client.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: bucket})
			return err
		},
		func() error {
			_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("x"), Body: strings.NewReader("x")})
			return err
		},
		func() error {
			_, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::opened-bucket/*"}]}`)})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	read := func() int {
		status, _ := simtest.Unsigned(t, http.MethodGet, c.URL+"/opened-bucket/x", "")
		return status
	}
	if got := read(); got != 200 {
		t.Errorf("opened: %d", got)
	}
	if _, err := c.manager().EnablePolicyType(t.Context(), &sdk.EnablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeResourceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	c.control(types.PolicyTypeResourceControlPolicy, strings.ReplaceAll(denyBuckets, "s3:ListBucket", "s3:GetObject"), member.ID)
	if got := read(); got != 403 {
		t.Errorf("denied by a resource control policy: %d", got)
	}
}
