package awssim_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestServicePrincipals has trust policies name what is, and what is not, the name of a
// service.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
func TestServicePrincipals(t *testing.T) {
	sim := simtest.Start(t)
	mustRole(t, sim.Account, "reader", trustAnyone)
	client := iam.NewFromConfig(sim.Config())
	try := func(name string) (created, updated error) {
		trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ec2.amazonaws.com","` + name + `"]}}]}`
		_, created = client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r" + strings.ReplaceAll(name, "*", "-")), AssumeRolePolicyDocument: &trust})
		_, updated = client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("reader"), PolicyDocument: &trust})
		return created, updated
	}
	for _, name := range []string{
		"lambda.amazonaws.com", "monitoring.rds.amazonaws.com", "states.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn", "alexa-appkit.amazon.com",
	} {
		if created, updated := try(name); created != nil || updated != nil {
			t.Errorf("%s: %v, %v", name, created, updated)
		}
	}
	for _, name := range []string{"nope.example.com", "lambda", "amazonaws.com", "lambda.amazonaws.com.example.com", "lambda.amazonaws.co", "*.amazonaws.com", "*"} {
		created, updated := try(name)
		want := `Invalid principal in policy: "SERVICE":"` + name + `"`
		simtest.WantCode(t, created, "MalformedPolicyDocument", want)
		simtest.WantCode(t, updated, "MalformedPolicyDocument", want)
	}
}
