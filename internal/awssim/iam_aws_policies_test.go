package awssim_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awssim/awsmanaged"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// AWS's own policies have AWS's documents, and only those exist that AWS has.
func TestAWSManagedPolicies(t *testing.T) {
	sim := simtest.Start(t)
	c := iam.NewFromConfig(sim.Config())
	mustRole(t, sim.Account, "app", trustAnyone)
	const prefix = "arn:aws:iam::aws:policy/"
	version, err := c.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: aws.String(prefix + "job-function/ViewOnlyAccess")})
	if err != nil {
		t.Fatal(err)
	}
	known, _ := awsmanaged.Find("job-function/ViewOnlyAccess")
	if p := version.Policy; *p.Path != "/job-function/" || *p.PolicyName != "ViewOnlyAccess" || !p.UpdateDate.Equal(known.Updated) {
		t.Errorf("%+v", p)
	}
	doc, err := c.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: version.Policy.Arn, VersionId: version.Policy.DefaultVersionId})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := url.QueryUnescape(*doc.PolicyVersion.Document); err != nil || !strings.Contains(text, "autoscaling:Describe*") {
		t.Errorf("%v: %s", err, text)
	}
	var missing *types.NoSuchEntityException
	for _, name := range []string{"ViewOnlyAccess", "NoSuchAccess", "service-role/AdministratorAccess"} {
		_, err := c.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("app"), PolicyArn: aws.String(prefix + name)})
		if !errors.As(err, &missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	listed := 0
	for pages := iam.NewListPoliciesPaginator(c, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		listed += len(page.Policies)
	}
	if listed != len(awsmanaged.Names()) {
		t.Errorf("%d are listed, of %d", listed, len(awsmanaged.Names()))
	}
}
