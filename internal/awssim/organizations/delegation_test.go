package organizations_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"

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
