package organizations_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestResourcePolicyPrincipals has the resource policy name a user who is deleted.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
func TestResourcePolicyPrincipals(t *testing.T) {
	c := start(t, 1)
	client := sdk.NewFromConfig(c.Config())
	put := func(who string) error {
		_, err := client.PutResourcePolicy(t.Context(), &sdk.PutResourcePolicyInput{Content: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + who + `"},"Action":"organizations:DescribeOrganization","Resource":"*"}]}`)})
		return err
	}
	ada := c.members[0].Account.AddUser("ada")
	if err := put(ada.ARN); err != nil {
		t.Fatal(err)
	}
	ada.Remove()
	c.members[0].Account.AddUser("ada")
	out, err := client.DescribeResourcePolicy(t.Context(), nil)
	if err != nil || !strings.Contains(*out.ResourcePolicy.Content, `{"AWS":"`+ada.ID+`"}`) {
		t.Errorf("got %v, %v", out, err)
	}
	simtest.WantCode(t, put(ada.ID), "InvalidInputException", "invalid principal")
}

// TestResourcePolicyDelegates lets a member do what the resource policy says, and nothing
// else.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/security_iam_resource-based-policy-examples.html
func TestResourcePolicyDelegates(t *testing.T) {
	c := start(t, 2)
	member := c.members[1].Account // the first may read everything
	root := sdk.NewFromConfig(c.Config())
	ada := sdk.NewFromConfig(c.ConfigFor(simtest.Admin(t, member, "ada").NewKey()))
	bob := member.AddUser("bob") // whose own policies allow nothing
	list := func(client *sdk.Client, kind types.PolicyType) error {
		_, err := client.ListPolicies(t.Context(), &sdk.ListPoliciesInput{Filter: kind})
		return err
	}
	simtest.WantCode(t, list(ada, types.PolicyTypeServiceControlPolicy), "AccessDeniedException", "")
	_, err := root.PutResourcePolicy(t.Context(), &sdk.PutResourcePolicyInput{Content: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + member.ID + `:root"},
		"Action":["organizations:ListPolicies","organizations:CreatePolicy"],"Resource":"*",
		"Condition":{"StringEquals":{"organizations:PolicyType":"SERVICE_CONTROL_POLICY"}}}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := list(ada, types.PolicyTypeServiceControlPolicy); err != nil {
		t.Error(err)
	}
	_, err = ada.CreatePolicy(t.Context(), &sdk.CreatePolicyInput{
		Name: aws.String("p"), Description: aws.String("d"), Type: types.PolicyTypeServiceControlPolicy,
		Content: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`),
	})
	if err != nil {
		t.Error(err)
	}
	simtest.WantCode(t, list(ada, types.PolicyTypeResourceControlPolicy), "AccessDeniedException", "")
	_, err = ada.ListRoots(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDeniedException", "")
	simtest.WantCode(t, list(sdk.NewFromConfig(c.ConfigFor(bob.NewKey())), types.PolicyTypeServiceControlPolicy), "AccessDeniedException", "")
}

// TestConditionKeys denies a type of policies, and allows one service alone.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html#awsorganizations-policy-keys
func TestConditionKeys(t *testing.T) {
	c := start(t, 1)
	user := c.Account.AddUser("eve")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["organizations:ListPolicies","organizations:DescribePolicy"],"Resource":"*"},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"organizations:PolicyType":"SERVICE_CONTROL_POLICY"}}},
		{"Effect":"Allow","Action":"organizations:EnableAWSServiceAccess","Resource":"*","Condition":{"StringEquals":{"organizations:ServicePrincipal":"config.amazonaws.com"}}}]}`); err != nil {
		t.Fatal(err)
	}
	client := sdk.NewFromConfig(c.ConfigFor(user.NewKey()))
	_, err := client.ListPolicies(t.Context(), &sdk.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
	simtest.WantCode(t, err, "AccessDeniedException", "explicit deny")
	_, err = client.DescribePolicy(t.Context(), &sdk.DescribePolicyInput{PolicyId: aws.String("p-FullAWSAccess")})
	simtest.WantCode(t, err, "AccessDeniedException", "explicit deny")
	if _, err := client.ListPolicies(t.Context(), &sdk.ListPoliciesInput{Filter: types.PolicyTypeResourceControlPolicy}); err != nil {
		t.Error(err)
	}
	for service, allowed := range map[string]bool{"config.amazonaws.com": true, "ram.amazonaws.com": false} {
		_, err := client.EnableAWSServiceAccess(t.Context(), &sdk.EnableAWSServiceAccessInput{ServicePrincipal: &service})
		if (err == nil) != allowed {
			t.Errorf("%s: %v", service, err)
		}
	}
}
