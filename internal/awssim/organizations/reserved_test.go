package organizations_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPathsLikeThoseOfServiceLinkedRoles makes, in an account that is denied to list
// users, the role of a service and a role whose path has the words of such a role within.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp
func TestPathsLikeThoseOfServiceLinkedRoles(t *testing.T) {
	c := start(t, 1)
	member := c.members[0].Account
	client := iam.NewFromConfig(c.ConfigFor(simtest.Admin(t, member, "ada").NewKey()))
	if _, err := client.CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")}); err != nil {
		t.Fatal(err)
	}
	const alike = "alike"
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String(alike), Path: aws.String("/x:role/aws-service-role/config.amazonaws.com/"), AssumeRolePolicyDocument: aws.String(trustService("config.amazonaws.com")),
	}); err != nil {
		t.Fatal(err)
	}
	linked, other := member.Role("AWSServiceRoleForConfig"), member.Role(alike)
	simtest.Grant(t, linked, "AdministratorAccess")
	simtest.Grant(t, other, "AdministratorAccess")
	c.control(types.PolicyTypeServiceControlPolicy, denyUsers, member.ID)
	if err := c.listUsers(linked.NewSession("s", time.Hour)); err != nil {
		t.Errorf("a service-linked role: %v", err)
	}
	simtest.WantCode(t, c.listUsers(other.NewSession("s", time.Hour)), "AccessDenied", "service control policy")
}
