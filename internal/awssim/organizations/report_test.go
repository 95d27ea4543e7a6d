package organizations_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestAccessReport reports which services the accounts below a path used.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateOrganizationsAccessReport.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOrganizationsAccessReport.html
func TestAccessReport(t *testing.T) {
	c := start(t, 2)
	member := c.members[0].Account
	cfg := c.ConfigFor(simtest.Admin(t, member, "ada").NewKey())
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.control(types.PolicyTypeServiceControlPolicy, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`, c.unit.ID)
	client := iam.NewFromConfig(c.Config())
	root := c.org.ID + "/" + c.org.Root.ID
	for name, tt := range map[string]struct {
		path string
		s3   bool
		used int32
	}{
		"root":       {root, true, 1},
		"unit":       {root + "/" + c.unit.ID, false, 1},
		"account":    {root + "/" + c.unit.ID + "/" + member.ID, false, 1},
		"other":      {root + "/" + c.unit.ID + "/" + c.members[1].Account.ID, false, 0},
		"management": {root + "/" + simtest.Account, true, 1},
	} {
		job, err := client.GenerateOrganizationsAccessReport(t.Context(), &iam.GenerateOrganizationsAccessReportInput{EntityPath: &tt.path})
		if err != nil {
			t.Fatal(err)
		}
		in := &iam.GetOrganizationsAccessReportInput{JobId: job.JobId, SortKey: iamtypes.SortKeyTypeLastAuthenticatedTimeDescending, MaxItems: aws.Int32(1000)}
		if first, err := client.GetOrganizationsAccessReport(t.Context(), in); err != nil || first.JobStatus != iamtypes.JobStatusTypeInProgress {
			t.Errorf("%s, first: %+v, %v", name, first, err)
		}
		out, err := client.GetOrganizationsAccessReport(t.Context(), in)
		if err != nil || out.JobStatus != iamtypes.JobStatusTypeCompleted {
			t.Fatalf("%s: %+v, %v", name, out, err)
		}
		services := map[string]iamtypes.AccessDetail{}
		for _, d := range out.AccessDetails {
			services[*d.ServiceNamespace] = d
		}
		if _, ok := services["s3"]; ok != tt.s3 || int(*out.NumberOfServicesAccessible) != len(out.AccessDetails) {
			t.Errorf("%s: s3 %v, %d of %d services", name, ok, len(out.AccessDetails), *out.NumberOfServicesAccessible)
		}
		if d := services["sts"]; name != "management" && (*d.TotalAuthenticatedEntities != tt.used || (d.LastAuthenticatedTime != nil) != (tt.used > 0)) {
			t.Errorf("%s: sts %+v", name, d)
		}
		if name == "account" && (*out.AccessDetails[0].ServiceNamespace != "sts" || *out.AccessDetails[0].EntityPath != tt.path) {
			t.Errorf("used last: %+v", out.AccessDetails[0])
		}
	}
	_, err := iam.NewFromConfig(cfg).GenerateOrganizationsAccessReport(t.Context(), &iam.GenerateOrganizationsAccessReportInput{EntityPath: &root})
	simtest.WantCode(t, err, "AccessDenied", "management account")
	_, err = client.GenerateOrganizationsAccessReport(t.Context(), &iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-0123456789/r-0123")})
	simtest.WantCode(t, err, "InvalidInput", "not in the organization")
}
