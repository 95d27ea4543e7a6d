package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// report asks for a report until it is complete; it must be in progress once.
func report(t *testing.T, client *iam.Client, arn string, level types.AccessAdvisorUsageGranularityType) (string, []types.ServiceLastAccessed) {
	t.Helper()
	job, err := client.GenerateServiceLastAccessedDetails(t.Context(), &iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn, Granularity: level})
	if err != nil {
		t.Fatal(err)
	}
	in := &iam.GetServiceLastAccessedDetailsInput{JobId: job.JobId}
	first, err := client.GetServiceLastAccessedDetails(t.Context(), in)
	if err != nil || first.JobStatus != types.JobStatusTypeInProgress || first.JobCompletionDate != nil || len(first.ServicesLastAccessed) != 0 {
		t.Fatalf("first answer: %+v, %v", first, err)
	}
	out, err := client.GetServiceLastAccessedDetails(t.Context(), in)
	if err != nil || out.JobStatus != types.JobStatusTypeCompleted || out.JobCompletionDate == nil {
		t.Fatalf("second answer: %+v, %v", out, err)
	}
	return *job.JobId, out.ServicesLastAccessed
}

func serviceIn(t *testing.T, all []types.ServiceLastAccessed, namespace string) types.ServiceLastAccessed {
	t.Helper()
	i := slices.IndexFunc(all, func(s types.ServiceLastAccessed) bool { return *s.ServiceNamespace == namespace })
	if i < 0 {
		t.Fatalf("no service %s in %d", namespace, len(all))
	}
	return all[i]
}

// TestServiceLastAccessed reports the calls of a user, also the refused ones, for the
// user, its group and the policy that it has by the group.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetailsWithEntities.html
func TestServiceLastAccessed(t *testing.T) {
	sim := simtest.Start(t)
	a, admin := sim.Account, iam.NewFromConfig(sim.Config())
	managed, err := a.AddPolicy("some", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:List*","ec2:DescribeInstances","glue:*"],"Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	ada, bob, group := a.AddUser("ada"), a.AddUser("bob"), a.AddGroup("makers")
	group.AddMember(ada)
	group.AddMember(bob)
	group.Attach(managed)
	cfg := sim.ConfigFor(ada.NewKey())
	cfg.Region = "eu-west-1"
	if _, err := ec2.NewFromConfig(cfg).DescribeInstances(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil); err == nil {
		t.Fatal("what is not allowed passes")
	}
	if _, err := simtest.S3Client(cfg).ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil {
		t.Fatal(err)
	}
	_, services := report(t, admin, ownPrefix+"user/ada", types.AccessAdvisorUsageGranularityTypeActionLevel)
	if len(services) != 3 || *services[0].ServiceNamespace != "ec2" || *services[1].ServiceNamespace != "glue" || *services[2].ServiceNamespace != "s3" {
		t.Fatalf("services: %+v", services)
	}
	used := services[0]
	if *used.ServiceName != "Amazon EC2" || *used.LastAuthenticatedEntity != ownPrefix+"user/ada" || *used.LastAuthenticatedRegion != "eu-west-1" || *used.TotalAuthenticatedEntities != 1 || used.LastAuthenticated == nil {
		t.Errorf("ec2: %+v", used)
	}
	if actions := used.TrackedActionsLastAccessed; len(actions) != 1 || *actions[0].ActionName != "DescribeInstances" || *actions[0].LastAccessedEntity != ownPrefix+"user/ada" {
		t.Errorf("actions of ec2: %+v", actions)
	}
	if s := services[1]; s.LastAuthenticated != nil || s.LastAuthenticatedEntity != nil || *s.TotalAuthenticatedEntities != 0 || s.TrackedActionsLastAccessed != nil {
		t.Errorf("glue: %+v", s)
	}
	if !slices.ContainsFunc(services[2].TrackedActionsLastAccessed, func(a types.TrackedActionLastAccessed) bool {
		return *a.ActionName == "ListAllMyBuckets" && a.LastAccessedTime != nil
	}) {
		t.Errorf("actions of s3: %+v", services[2].TrackedActionsLastAccessed)
	}
	for _, arn := range []string{group.ARN, managed.ARN} {
		job, services := report(t, admin, arn, "")
		if s := serviceIn(t, services, "ec2"); *s.LastAuthenticatedEntity != ownPrefix+"user/ada" || s.TrackedActionsLastAccessed != nil {
			t.Errorf("%s: %+v", arn, s)
		}
		by, err := admin.GetServiceLastAccessedDetailsWithEntities(t.Context(), &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: &job, ServiceNamespace: aws.String("ec2")})
		if err != nil || len(by.EntityDetailsList) != 2 || *by.EntityDetailsList[0].EntityInfo.Name != "ada" || by.EntityDetailsList[0].LastAuthenticated == nil ||
			*by.EntityDetailsList[1].EntityInfo.Name != "bob" || by.EntityDetailsList[1].LastAuthenticated != nil {
			t.Errorf("%s by entities: %+v, %v", arn, by, err)
		}
	}
}

// TestServicesThatPoliciesAllow goes by the wildcards of actions, and by denials of
// whole services.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
func TestServicesThatPoliciesAllow(t *testing.T) {
	sim := simtest.Start(t)
	admin := iam.NewFromConfig(sim.Config())
	role := mustRole(t, sim.Account, "r", trustAnyone)
	for _, tt := range []struct{ statements, with, without string }{
		{`{"Effect":"Allow","Action":"*","Resource":"*"}`, "glue", ""},
		{`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":["s3:*"],"Resource":"*"}`, "ec2", "s3"},
		{`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":["s3:Get*"],"Resource":"*"}`, "s3", ""},
		{`{"Effect":"Allow","NotAction":["iam:*","s3:Get*"],"Resource":"*"}`, "s3", "iam"},
		{`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["s3:*"],"Resource":"*"}`, "s3", "ec2"},
		{`{"Effect":"Allow","Action":"EC2:Describe*","Resource":"*"}`, "ec2", "s3"},
	} {
		if err := role.PutPolicy("p", `{"Version":"2012-10-17","Statement":[`+tt.statements+`]}`); err != nil {
			t.Fatal(err)
		}
		job, _ := report(t, admin, role.ARN, "")
		has := map[string]bool{}
		pages := wholeReport(t, admin, job)
		for _, s := range pages {
			has[*s.ServiceNamespace] = true
		}
		if !has[tt.with] || has[tt.without] {
			t.Errorf("%s: %d services, want %s and not %s", tt.statements, len(pages), tt.with, tt.without)
		}
	}
}

// wholeReport reads all pages of a report.
func wholeReport(t *testing.T, client *iam.Client, job string) (all []types.ServiceLastAccessed) {
	t.Helper()
	in := &iam.GetServiceLastAccessedDetailsInput{JobId: &job}
	for {
		out, err := client.GetServiceLastAccessedDetails(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out.ServicesLastAccessed...)
		if !out.IsTruncated {
			return all
		}
		in.Marker = out.Marker
	}
}

// TestAccessedRefusals looks for what a report does not give.
func TestAccessedRefusals(t *testing.T) {
	sim := simtest.Start(t)
	admin := iam.NewFromConfig(sim.Config())
	_, err := admin.GenerateServiceLastAccessedDetails(t.Context(), &iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(ownPrefix + "user/nobody")})
	simtest.WantCode(t, err, "NoSuchEntity", "nobody")
	job, _ := report(t, admin, ownPrefix+"user/admin", "")
	_, err = admin.GetServiceLastAccessedDetailsWithEntities(t.Context(), &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: &job, ServiceNamespace: aws.String("none")})
	simtest.WantCode(t, err, "InvalidInput", "none")
	other := sim.Account.AddUser("other")
	if err := other.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`); err != nil {
		t.Fatal(err)
	}
	_, err = iam.NewFromConfig(sim.ConfigFor(other.NewKey())).GetServiceLastAccessedDetails(t.Context(), &iam.GetServiceLastAccessedDetailsInput{JobId: &job})
	simtest.WantCode(t, err, "NoSuchEntity", job)
	_, err = admin.GetServiceLastAccessedDetails(t.Context(), &iam.GetServiceLastAccessedDetailsInput{JobId: aws.String(awssim.UniqueID("0123456789-0123456789"))})
	simtest.WantCode(t, err, "ValidationError", "jobId")
}
