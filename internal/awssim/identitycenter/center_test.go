package identitycenter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

const (
	security = "222200000001" // administers Identity Center
	workload = "222200000002"
	outside  = "999900000000"
)

// company is an organization with Identity Center in us-east-1, a user in a
// group, and a permission set.
type company struct {
	*simtest.Sim
	t      *testing.T
	org    *organizations.Organization
	center *identitycenter.Instance
	ada    *identitycenter.User
	crew   *identitycenter.Group
	reader *identitycenter.PermissionSet
	names  []string
}

func start(t *testing.T) *company {
	t.Helper()
	c := &company{Sim: simtest.Start(t), t: t, reader: &identitycenter.PermissionSet{
		Name: "Reader", Inline: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`,
	}}
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	c.org, err = organizations.New(c.World, c.Account, "root@example.com", 1)
	fail(err)
	for _, id := range []string{security, workload} {
		_, err := c.org.Root.AddAccount(c.AddAccount(id, id), id+"@example.com")
		fail(err)
	}
	c.AddAccount(outside, "outside")
	c.org.Delegate(c.org.Member(security), "sso.amazonaws.com")
	c.center, err = identitycenter.Enable(c.World, c.Account, "us-east-1", 1)
	fail(err)
	c.ada, err = c.center.AddUser("ada", "Ada", "Lovelace", "ada@example.com")
	fail(err)
	c.crew, err = c.center.AddGroup("crew", "")
	fail(err)
	c.center.AddMember(c.crew, c.ada)
	fail(c.center.AddPermissionSet(c.reader))
	return c
}

func ptr(s string) *string { return &s }

func (c *company) store() *identitystore.Client { return identitystore.NewFromConfig(c.Config()) }

// admin calls as an administrator of an account.
func (c *company) admin(account string) *ssoadmin.Client {
	return ssoadmin.NewFromConfig(c.ConfigFor(simtest.Admin(c.t, c.World.Account(account), "caller").NewKey()))
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// TestWhoMayCall has each kind of account see the instance, read and write the
// identity store, and administer.
func TestWhoMayCall(t *testing.T) {
	c := start(t)
	const denied = "AccessDeniedException"
	tests := []struct {
		account                           string
		sees                              int
		reads, writes, lists, ofPrincipal string
	}{
		{simtest.Account, 1, "", "", "", ""},
		{security, 1, "", "", "", denied},
		{workload, 1, "", denied, denied, denied},
		{outside, 0, denied, denied, denied, denied},
	}
	for _, tt := range tests {
		ctx, sso := t.Context(), c.admin(tt.account)
		store := identitystore.NewFromConfig(c.ConfigFor(simtest.Admin(t, c.World.Account(tt.account), "caller").NewKey()))
		instances, err := sso.ListInstances(ctx, nil)
		if err != nil || len(instances.Instances) != tt.sees {
			t.Errorf("%s sees %v (%v), want %d", tt.account, instances, err, tt.sees)
		}
		_, read := store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: &c.center.StoreID})
		_, written := store.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: &c.center.StoreID, DisplayName: ptr("by " + tt.account)})
		_, listed := sso.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: &c.center.ARN})
		_, assigned := sso.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{
			InstanceArn: &c.center.ARN, PrincipalId: &c.ada.ID, PrincipalType: types.PrincipalTypeUser,
		})
		got := []string{code(read), code(written), code(listed), code(assigned)}
		if diff := cmp.Diff([]string{tt.reads, tt.writes, tt.lists, tt.ofPrincipal}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.account, diff)
		}
	}
}

// TestDelegateAndManagementAccount wants that a delegated administrator leaves
// the management account's access alone.
func TestDelegateAndManagementAccount(t *testing.T) {
	c := start(t)
	sso, ctx := c.admin(security), t.Context()
	assign := func(account string) string {
		_, err := sso.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{
			InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, PrincipalId: &c.ada.ID, PrincipalType: types.PrincipalTypeUser,
			TargetId: &account, TargetType: types.TargetTypeAwsAccount,
		})
		return code(err)
	}
	if got := []string{assign(workload), assign(simtest.Account)}; got[0] != "" || got[1] != "AccessDeniedException" {
		t.Errorf("to a member and to the management account: %q", got)
	}
	c.Clock.Advance(time.Minute)
	if err := c.center.Assign(c.reader, simtest.Account, c.crew); err != nil {
		t.Fatal(err)
	}
	_, err := sso.UpdatePermissionSet(ctx, &ssoadmin.UpdatePermissionSetInput{InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN})
	if code(err) != "AccessDeniedException" {
		t.Errorf("changing a permission set of the management account: %v", err)
	}
}

// TestAssignment follows an assignment from the request to the role in the
// account, and to its end.
func TestAssignment(t *testing.T) {
	c := start(t)
	sso, ctx := c.admin(simtest.Account), t.Context()
	in := &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, PrincipalId: &c.crew.ID, PrincipalType: types.PrincipalTypeGroup,
		TargetId: ptr(workload), TargetType: types.TargetTypeAwsAccount,
	}
	began, err := sso.CreateAccountAssignment(ctx, in)
	if err != nil || began.AccountAssignmentCreationStatus.Status != types.StatusValuesInProgress {
		t.Fatal(began, err)
	}
	if _, err := sso.CreateAccountAssignment(ctx, in); code(err) != "ConflictException" {
		t.Errorf("the same twice: %v", err)
	}
	c.Clock.Advance(time.Minute)
	found, err := sso.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{
		InstanceArn: &c.center.ARN, PrincipalId: &c.ada.ID, PrincipalType: types.PrincipalTypeUser,
	})
	if err != nil || len(found.AccountAssignments) != 1 || *found.AccountAssignments[0].PrincipalId != c.crew.ID {
		t.Fatalf("ada's, through the group: %+v (%v)", found, err)
	}
	name := c.center.RoleOf(c.reader, workload)
	role := c.World.Account(workload).Role(name)
	if role == nil || !strings.HasPrefix(name, "AWSReservedSSO_Reader_") || len(name) != len("AWSReservedSSO_Reader_")+16 {
		t.Fatalf("the role %q: %v", name, role)
	}
	if want := "arn:aws:iam::" + workload + ":role/aws-reserved/sso.amazonaws.com/" + name; role.ARN != want {
		t.Errorf("the role is %s, want %s", role.ARN, want)
	}
	portal := c.center.SignIn(c.ada, time.Hour)
	if portal.AccessToken == "" {
		t.Error("nobody signed in")
	}
	_, err = sso.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: in.InstanceArn, PermissionSetArn: in.PermissionSetArn, PrincipalId: in.PrincipalId, PrincipalType: in.PrincipalType,
		TargetId: in.TargetId, TargetType: in.TargetType,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(time.Minute)
	left, err := sso.ListPermissionSetsProvisionedToAccount(ctx, &ssoadmin.ListPermissionSetsProvisionedToAccountInput{InstanceArn: &c.center.ARN, AccountId: ptr(workload)})
	if err != nil || len(left.PermissionSets) != 0 {
		t.Errorf("still provisioned: %v (%v)", left, err)
	}
	if c.World.Account(workload).Role(name) != nil {
		t.Error("the role is still there")
	}
}

// TestRolesHaveTheSetsPolicies calls by the roles of permission sets, which allow what
// the set's policies do, and nothing where it has none.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
func TestRolesHaveTheSetsPolicies(t *testing.T) {
	c := start(t)
	for _, tt := range []struct {
		name    string
		managed []string
		want    string
	}{{"Bare", nil, "AccessDenied"}, {"View", []string{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"}, ""}} {
		set := &identitycenter.PermissionSet{Name: tt.name, Managed: tt.managed}
		if err := errors.Join(c.center.AddPermissionSet(set), c.center.Assign(set, workload, c.ada)); err != nil {
			t.Fatal(err)
		}
		role := c.World.Account(workload).Role(c.center.RoleOf(set, workload))
		_, err := iam.NewFromConfig(c.ConfigFor(role.NewSession("ada", time.Hour))).ListUsers(t.Context(), nil)
		if code(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestCustomerPolicy wants a policy of the account's own to be there before a
// permission set that refers to it can be.
func TestCustomerPolicy(t *testing.T) {
	c := start(t)
	own := &identitycenter.PermissionSet{Name: "Own", Customer: []identitycenter.PolicyName{{Name: "team", Path: "/"}}}
	if err := c.center.AddPermissionSet(own); err != nil {
		t.Fatal(err)
	}
	err := c.center.Assign(own, workload, c.ada)
	if err == nil || !strings.Contains(err.Error(), "Not supported policy arn:aws:iam::"+workload+":policy/team") {
		t.Errorf("without the policy: %v", err)
	}
	if _, err := c.World.Account(workload).AddPolicy("team", c.reader.Inline); err != nil {
		t.Fatal(err)
	}
	if err := c.center.Assign(own, workload, c.ada); err != nil {
		t.Errorf("with it: %v", err)
	}
}

// TestTooMuchAtOnce begins more assignments than may be under way.
func TestTooMuchAtOnce(t *testing.T) {
	c := start(t)
	sso := c.admin(simtest.Account)
	var refused string
	for n := range 11 {
		u, err := c.center.AddUser("user"+string(rune('a'+n)), "A", "B", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = sso.CreateAccountAssignment(t.Context(), &ssoadmin.CreateAccountAssignmentInput{
			InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, PrincipalId: &u.ID, PrincipalType: types.PrincipalTypeUser,
			TargetId: ptr(workload), TargetType: types.TargetTypeAwsAccount,
		}, func(o *ssoadmin.Options) { o.Retryer = aws.NopRetryer{} })
		if refused = code(err); refused != "" && n < 10 {
			t.Fatalf("assignment %d: %v", n, err)
		}
	}
	if refused != "ThrottlingException" {
		t.Errorf("the eleventh: %q", refused)
	}
}

// TestResources has a caller who may look at one permission set only.
func TestResources(t *testing.T) {
	c := start(t)
	other := &identitycenter.PermissionSet{Name: "Other"}
	if err := c.center.AddPermissionSet(other); err != nil {
		t.Fatal(err)
	}
	u := c.Account.AddUser("narrow")
	err := u.PutPolicy("one", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sso:Describe*","identitystore:List*"],`+
		`"Resource":["`+c.center.ARN+`","`+c.reader.ARN+`","arn:aws:identitystore::*:identitystore/`+c.center.StoreID+`"]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	sso := ssoadmin.NewFromConfig(c.ConfigFor(u.NewKey()))
	for _, s := range []*identitycenter.PermissionSet{c.reader, other} {
		_, err := sso.DescribePermissionSet(t.Context(), &ssoadmin.DescribePermissionSetInput{InstanceArn: &c.center.ARN, PermissionSetArn: &s.ARN})
		if want := map[bool]string{false: "AccessDeniedException"}[s == c.reader]; code(err) != want {
			t.Errorf("%s: %v, want %q", s.Name, err, want)
		}
	}
	store := identitystore.NewFromConfig(c.ConfigFor(u.NewKey()))
	if _, err := store.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &c.center.StoreID}); err != nil {
		t.Errorf("users: %v", err)
	}
}

// TestClientToken creates an application twice by one token.
func TestClientToken(t *testing.T) {
	c := start(t)
	sso := ssoadmin.NewFromConfig(c.Config())
	create := func(token string) string {
		out, err := sso.CreateApplication(t.Context(), &ssoadmin.CreateApplicationInput{
			InstanceArn: &c.center.ARN, ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom"), Name: aws.String("shop"), ClientToken: &token,
		})
		if err != nil {
			t.Fatal(err)
		}
		return *out.ApplicationArn
	}
	first := create("one")
	if again, other := create("one"), create("two"); again != first || other == first {
		t.Errorf("by one token %s and %s, by another %s", first, again, other)
	}
}

// TestSharedLimit wants the operations of a service to draw on one rate.
func TestSharedLimit(t *testing.T) {
	c := start(t)
	c.SetLimit("sso:*", awssim.Limit{Rate: 0.001, Burst: 2, Shared: true})
	sso := ssoadmin.NewFromConfig(c.Config(), func(o *ssoadmin.Options) { o.Retryer = aws.NopRetryer{} })
	_, one := sso.ListInstances(t.Context(), nil)
	_, two := sso.ListPermissionSets(t.Context(), &ssoadmin.ListPermissionSetsInput{InstanceArn: &c.center.ARN})
	_, three := sso.DescribeInstance(t.Context(), &ssoadmin.DescribeInstanceInput{InstanceArn: &c.center.ARN})
	if got := []string{code(one), code(two), code(three)}; got[0]+got[1] != "" || got[2] != "ThrottlingException" {
		t.Errorf("three operations where two may be called: %q", got)
	}
}

// TestOtherRegion wants nothing of the instance to be seen in another region.
func TestOtherRegion(t *testing.T) {
	c := start(t)
	cfg := c.Config()
	cfg.Region = "eu-west-1"
	got, err := ssoadmin.NewFromConfig(cfg).ListInstances(t.Context(), nil)
	if err != nil || len(got.Instances) != 0 {
		t.Errorf("in eu-west-1: %v (%v)", got, err)
	}
	_, err = identitystore.NewFromConfig(cfg).ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &c.center.StoreID})
	if code(err) != "ResourceNotFoundException" {
		t.Errorf("its identity store: %v", err)
	}
}

// TestSeed wants the same IDs from the same seed.
func TestSeed(t *testing.T) {
	one, other := start(t), start(t)
	ids := func(c *company) []string {
		return []string{c.center.ARN, c.center.StoreID, c.ada.ID, c.crew.ID, c.reader.ARN}
	}
	if diff := cmp.Diff(ids(one), ids(other)); diff != "" {
		t.Error(diff)
	}
	if _, err := identitycenter.Enable(one.World, one.Account, "eu-west-1", 2); err == nil {
		t.Error("an account has two instances")
	}
	if err := one.center.Assign(one.reader, outside, one.ada); err == nil {
		t.Error("an account outside the organization was assigned")
	}
}
