package acme_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/awssim/roster"
)

func world(t testing.TB) *awssim.World {
	t.Helper()
	w, err := roster.New(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// reader reads a company through the SDK.
type reader struct {
	t   *testing.T
	cfg aws.Config
	c   *acme.Company
}

func read(t *testing.T, w *awssim.World, c *acme.Company) *reader {
	t.Helper()
	server, err := w.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return &reader{t, aws.Config{
		Region: acme.Region, BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider(c.Operator.AccessKeyID, c.Operator.SecretAccessKey, ""),
	}, c}
}

// count pages through listings.
func count[O any](t *testing.T, more func() bool, next func(context.Context) (O, error), size func(O) int) (n int) {
	t.Helper()
	for more() {
		page, err := next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n += size(page)
	}
	return n
}

// sizes are how many accounts, users, groups and permission sets there are,
// and how many assignments.
func (r *reader) sizes() map[string]int {
	org := organizations.NewFromConfig(r.cfg)
	store, sso := identitystore.NewFromConfig(r.cfg), ssoadmin.NewFromConfig(r.cfg)
	center := r.c.Center
	out := map[string]int{}
	accounts := organizations.NewListAccountsPaginator(org, nil)
	out["accounts"] = count(r.t, accounts.HasMorePages, func(ctx context.Context) (*organizations.ListAccountsOutput, error) { return accounts.NextPage(ctx) },
		func(o *organizations.ListAccountsOutput) int { return len(o.Accounts) })
	users := identitystore.NewListUsersPaginator(store, &identitystore.ListUsersInput{IdentityStoreId: &center.StoreID})
	out["people"] = count(r.t, users.HasMorePages, func(ctx context.Context) (*identitystore.ListUsersOutput, error) { return users.NextPage(ctx) },
		func(o *identitystore.ListUsersOutput) int { return len(o.Users) })
	groups := identitystore.NewListGroupsPaginator(store, &identitystore.ListGroupsInput{IdentityStoreId: &center.StoreID})
	out["teams"] = count(r.t, groups.HasMorePages, func(ctx context.Context) (*identitystore.ListGroupsOutput, error) { return groups.NextPage(ctx) },
		func(o *identitystore.ListGroupsOutput) int { return len(o.Groups) })
	sets := ssoadmin.NewListPermissionSetsPaginator(sso, &ssoadmin.ListPermissionSetsInput{InstanceArn: &center.ARN})
	var arns []string
	out["sets"] = count(r.t, sets.HasMorePages, func(ctx context.Context) (*ssoadmin.ListPermissionSetsOutput, error) { return sets.NextPage(ctx) },
		func(o *ssoadmin.ListPermissionSetsOutput) int {
			arns = append(arns, o.PermissionSets...)
			return len(o.PermissionSets)
		})
	for _, arn := range arns {
		out["assignments"] += r.assignments(sso, arn)
	}
	return out
}

// assignments counts those of a permission set.
func (r *reader) assignments(sso *ssoadmin.Client, arn string) (n int) {
	where, err := sso.ListAccountsForProvisionedPermissionSet(r.t.Context(), &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
		InstanceArn: &r.c.Center.ARN, PermissionSetArn: &arn,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, id := range where.AccountIds {
		out, err := sso.ListAccountAssignments(r.t.Context(), &ssoadmin.ListAccountAssignmentsInput{
			InstanceArn: &r.c.Center.ARN, PermissionSetArn: &arn, AccountId: &id,
		})
		if err != nil {
			r.t.Fatal(err)
		}
		n += len(out.AccountAssignments)
	}
	return n
}

// TestAcme reads Acme as a client would, and tries the doors of its accounts.
func TestAcme(t *testing.T) {
	w := world(t)
	c, err := acme.Build(w)
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, w, c)
	want := map[string]int{"accounts": 12, "people": 150, "teams": 25, "sets": 20, "assignments": 75}
	if diff := cmp.Diff(want, r.sizes()); diff != "" {
		t.Error(diff)
	}
	for id, open := range map[string]bool{acme.Security: true, acme.Denied: false} {
		_, err := sts.NewFromConfig(r.cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::" + id + ":role/OrganizationAccountAccessRole"), RoleSessionName: aws.String("sync"),
		})
		if (err == nil) != open {
			t.Errorf("assuming the role in %s: %v", id, err)
		}
	}
}

// TestGenerate makes an organization of a size, and the same one again.
func TestGenerate(t *testing.T) {
	size := acme.Size{Accounts: 30, Users: 4, Groups: 2, Roles: 5, Keys: 3, People: 120, Teams: 12, PermissionSets: 9, Assignments: 200, Seed: 7}
	one, other := world(t), world(t)
	first, err := acme.Generate(t.Context(), one, size)
	if err != nil {
		t.Fatal(err)
	}
	second, err := acme.Generate(t.Context(), other, size)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, one, first).sizes()
	if diff := cmp.Diff(map[string]int{"accounts": 30, "people": 120, "teams": 12, "sets": 9, "assignments": 200}, got); diff != "" {
		t.Error(diff)
	}
	same := []string{first.Organization.ID, first.Center.ARN, first.Center.Tenant}
	if diff := cmp.Diff(same, []string{second.Organization.ID, second.Center.ARN, second.Center.Tenant}); diff != "" {
		t.Error(diff)
	}
	if first.Operator.Principal.Account.ID == "" || len(one.Accounts()) != 30 {
		t.Errorf("%d accounts", len(one.Accounts()))
	}
}

// BenchmarkGenerate makes the organization of the performance tests.
func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w := world(b)
		begin := time.Now()
		c, err := acme.Generate(b.Context(), w, acme.Size{
			Accounts: 100, Users: 100, Groups: 20, Roles: 150, Keys: 60, People: 3000, Teams: 300, PermissionSets: 60, Assignments: 4000, Seed: 1,
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "s/organization")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB/organization")
		runtime.KeepAlive(c)
	}
}
