package organizations_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

const denyLeaving = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`

// company is an organization of a management account and n members, the first
// of which administers Identity Center.
type company struct {
	*simtest.Sim
	t       testing.TB
	org     *organizations.Organization
	unit    *organizations.Node
	members []*organizations.Node
}

func start(t testing.TB, n int, options ...awssim.Options) *company {
	t.Helper()
	c := &company{Sim: simtest.Start(t, options...), t: t}
	var err error
	if c.org, err = organizations.New(c.World, c.Account, "root@example.com", 1); err != nil {
		t.Fatal(err)
	}
	c.unit = c.org.Root.AddUnit("workloads")
	for i := range n {
		id := fmt.Sprintf("2222%08d", i)
		m, err := c.unit.AddAccount(c.AddAccount(id, "member-"+id), id+"@example.com")
		if err != nil {
			t.Fatal(err)
		}
		c.members = append(c.members, m)
	}
	if n > 0 {
		c.org.Delegate(c.members[0], "sso.amazonaws.com")
	}
	return c
}

// client calls as an administrator of an account.
func (c *company) client(a *awssim.Account) *sdk.Client {
	return sdk.NewFromConfig(c.ConfigFor(simtest.Admin(c.t, a, "caller").NewKey()))
}

func (c *company) manager() *sdk.Client { return sdk.NewFromConfig(c.Config()) }

// code is the code of AWS's answer, with its reason where it gives one; empty
// for none.
func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	var input *types.InvalidInputException
	var rule *types.ConstraintViolationException
	switch {
	case errors.As(err, &input):
		return api.ErrorCode() + " " + string(input.Reason)
	case errors.As(err, &rule):
		return api.ErrorCode() + " " + string(rule.Reason)
	}
	return api.ErrorCode()
}

// TestWhoMayCall has each kind of account call what is open to all, a reading
// and a writing.
func TestWhoMayCall(t *testing.T) {
	c := start(t, 2)
	stranger := c.AddAccount("999988887777", "stranger")
	denied, none := "AccessDeniedException", "AWSOrganizationsNotInUseException"
	tests := []struct {
		name                 string
		caller               *awssim.Account
		describe, list, make string
	}{
		{"management", c.Account, "", "", ""},
		{"delegated administrator", c.members[0].Account, "", "", denied},
		{"member", c.members[1].Account, "", denied, denied},
		{"stranger", stranger, none, none, none},
	}
	for _, tt := range tests {
		client := c.client(tt.caller)
		_, described := client.DescribeOrganization(t.Context(), nil)
		_, listed := client.ListAccounts(t.Context(), nil)
		_, made := client.CreateOrganizationalUnit(t.Context(), &sdk.CreateOrganizationalUnitInput{ParentId: &c.org.Root.ID, Name: aws.String("new")})
		got := []string{code(described), code(listed), code(made)}
		if diff := cmp.Diff([]string{tt.describe, tt.list, tt.make}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestResources has a caller who may look at one account only.
func TestResources(t *testing.T) {
	c := start(t, 2)
	u := c.Account.AddUser("narrow")
	err := u.PutPolicy("one", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"organizations:DescribeAccount",`+
		`"Resource":"arn:aws:organizations::*:account/*/`+c.members[0].ID+`"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	client := sdk.NewFromConfig(c.ConfigFor(u.NewKey()))
	for n, want := range []string{"", "AccessDeniedException"} {
		_, err := client.DescribeAccount(t.Context(), &sdk.DescribeAccountInput{AccountId: &c.members[n].ID})
		if code(err) != want {
			t.Errorf("account %d: %v, want %q", n, err, want)
		}
	}
}

// TestPages wants every account once, in pages of at most 20, and also where
// pages are shorter than they might be.
func TestPages(t *testing.T) {
	for _, short := range []bool{false, true} {
		pages := map[bool]awssim.Pages{false: awssim.FullPages, true: awssim.EmptyPages}
		c := start(t, 44, awssim.Options{Pages: pages[short]})
		var ids []string
		var longest int
		for pages := sdk.NewListAccountsPaginator(c.manager(), &sdk.ListAccountsInput{MaxResults: aws.Int32(20)}); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			longest = max(longest, len(page.Accounts))
			for _, a := range page.Accounts {
				ids = append(ids, *a.Id)
			}
		}
		if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 45 || len(ids) != 45 {
			t.Errorf("short %v: %d accounts were listed", short, len(ids))
		}
		if want := map[bool]int{false: 20, true: 6}[short]; longest != want {
			t.Errorf("short %v: the longest page has %d accounts, want %d", short, longest, want)
		}
	}
}

func TestShapes(t *testing.T) {
	c := start(t, 1)
	member := c.members[0]
	got, err := c.manager().DescribeAccount(t.Context(), &sdk.DescribeAccountInput{AccountId: &member.ID})
	if err != nil {
		t.Fatal(err)
	}
	arn := "arn:aws:organizations::" + simtest.Account + ":account/" + c.org.ID + "/" + member.ID
	path := c.org.ID + "/" + c.org.Root.ID + "/" + c.unit.ID + "/" + member.ID + "/"
	a := got.Account
	if *a.Arn != arn || a.Paths[0] != path || a.Status != types.AccountStatusActive || a.State != types.AccountStateActive || a.JoinedTimestamp == nil {
		t.Errorf("account = %+v, want ARN %s and path %s", a, arn, path)
	}
	root := c.org.Root.ID
	for id, form := range map[string]string{c.org.ID: "o-**********", root: "r-****", c.unit.ID: "ou-" + root[2:] + "-********"} {
		if len(id) != len(form) || !strings.HasPrefix(id, strings.TrimRight(form, "*")) {
			t.Errorf("ID %s is not of the form %s", id, form)
		}
	}
	again := start(t, 1)
	if again.org.ID != c.org.ID || again.unit.ID != c.unit.ID {
		t.Errorf("the same seed makes %s and %s", again.org.ID, c.org.ID)
	}
}

// TestCreateAccount follows accounts from the request to the end.
func TestCreateAccount(t *testing.T) {
	c := start(t, 0)
	client := c.manager()
	ask := func(name string) *types.CreateAccountStatus {
		out, err := client.CreateAccount(t.Context(), &sdk.CreateAccountInput{AccountName: &name, Email: aws.String("one@example.com"), RoleName: aws.String("Door")})
		if err != nil {
			t.Fatal(err)
		}
		return out.CreateAccountStatus
	}
	status := func(id *string) *types.CreateAccountStatus {
		out, err := client.DescribeCreateAccountStatus(t.Context(), &sdk.DescribeCreateAccountStatusInput{CreateAccountRequestId: id})
		if err != nil {
			t.Fatal(err)
		}
		return out.CreateAccountStatus
	}
	first, second := ask("one"), ask("two")
	if first.State != types.CreateAccountStateInProgress || status(first.Id).AccountId != nil {
		t.Errorf("at once: %+v", first)
	}
	c.Clock.Advance(time.Minute)
	if late := status(second.Id); late.FailureReason != types.CreateAccountFailureReasonEmailAlreadyExists {
		t.Errorf("a second account with the same address: %+v", late)
	}
	made := status(first.Id)
	if made.State != types.CreateAccountStateSucceeded {
		t.Fatalf("after a minute: %+v", made)
	}
	door := c.World.Account(*made.AccountId).Role("Door")
	if door == nil {
		t.Fatal("the account lacks the role that was asked for")
	}
	if _, err := iam.NewFromConfig(c.ConfigFor(door.NewSession("me", time.Hour))).ListUsers(t.Context(), nil); err != nil {
		t.Errorf("the role is not an administrator: %v", err)
	}
	if _, err := client.CloseAccount(t.Context(), &sdk.CloseAccountInput{AccountId: made.AccountId}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []types.AccountState{types.AccountStatePendingClosure, types.AccountStateClosed} {
		got, err := client.DescribeAccount(t.Context(), &sdk.DescribeAccountInput{AccountId: made.AccountId})
		if err != nil || got.Account.State != want {
			t.Errorf("state %v, want %v (%v)", got.Account.State, want, err)
		}
		c.Clock.Advance(time.Hour)
	}
}

// refusal is a call, and the answer that it is to have.
type refusal struct {
	want string
	call func() error
}

func check(t *testing.T, refusals []refusal) {
	for _, tt := range refusals {
		t.Run(tt.want, func(t *testing.T) {
			if got := code(tt.call()); got != tt.want {
				t.Errorf("answer %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRefusals holds the answers to what may not be done with accounts and units.
func TestRefusals(t *testing.T) {
	c := start(t, 2)
	client, ctx := c.manager(), t.Context()
	root, member := &c.org.Root.ID, &c.members[0].ID
	check(t, []refusal{
		{"AlreadyInOrganizationException", func() error { _, err := client.CreateOrganization(ctx, nil); return err }},
		{"OrganizationNotEmptyException", func() error { _, err := client.DeleteOrganization(ctx, nil); return err }},
		{"MasterCannotLeaveOrganizationException", func() error { _, err := client.LeaveOrganization(ctx, nil); return err }},
		{"InvalidInputException MAX_VALUE_EXCEEDED", func() error {
			_, err := client.ListAccounts(ctx, &sdk.ListAccountsInput{MaxResults: aws.Int32(21)})
			return err
		}},
		{"InvalidInputException INVALID_NEXT_TOKEN", func() error {
			_, err := client.ListAccounts(ctx, &sdk.ListAccountsInput{NextToken: aws.String("x")})
			return err
		}},
		{"DuplicateOrganizationalUnitException", func() error {
			_, err := client.CreateOrganizationalUnit(ctx, &sdk.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String("workloads")})
			return err
		}},
		{"OrganizationalUnitNotEmptyException", func() error {
			_, err := client.DeleteOrganizationalUnit(ctx, &sdk.DeleteOrganizationalUnitInput{OrganizationalUnitId: &c.unit.ID})
			return err
		}},
		{"SourceParentNotFoundException", func() error {
			_, err := client.MoveAccount(ctx, &sdk.MoveAccountInput{AccountId: member, SourceParentId: root, DestinationParentId: root})
			return err
		}},
		{"DuplicateAccountException", func() error {
			_, err := client.MoveAccount(ctx, &sdk.MoveAccountInput{AccountId: member, SourceParentId: &c.unit.ID, DestinationParentId: &c.unit.ID})
			return err
		}},
	})
}

// TestPolicyRefusals holds those to what may not be done with policies.
func TestPolicyRefusals(t *testing.T) {
	c := start(t, 1)
	client, ctx, member := c.manager(), t.Context(), &c.members[0].ID
	scp, err := c.org.AddPolicy(types.PolicyTypeServiceControlPolicy, "stay", "", denyLeaving)
	if err != nil {
		t.Fatal(err)
	}
	c.org.Attach(scp, c.unit)
	check(t, []refusal{
		{"MalformedPolicyDocumentException", func() error {
			_, err := client.CreatePolicy(ctx, &sdk.CreatePolicyInput{
				Type: types.PolicyTypeServiceControlPolicy, Name: aws.String("x"), Description: aws.String(""), Content: aws.String(`{"Statement":7}`),
			})
			return err
		}},
		{"PolicyInUseException", func() error {
			_, err := client.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyId: &scp.ID})
			return err
		}},
		{"InvalidInputException IMMUTABLE_POLICY", func() error {
			_, err := client.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyId: aws.String("p-FullAWSAccess")})
			return err
		}},
		{"DuplicatePolicyAttachmentException", func() error {
			_, err := client.AttachPolicy(ctx, &sdk.AttachPolicyInput{PolicyId: &scp.ID, TargetId: &c.unit.ID})
			return err
		}},
		{"ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", func() error {
			_, err := client.DetachPolicy(ctx, &sdk.DetachPolicyInput{PolicyId: aws.String("p-FullAWSAccess"), TargetId: member})
			return err
		}},
		{"PolicyTypeNotEnabledException", func() error {
			_, err := client.AttachPolicy(ctx, &sdk.AttachPolicyInput{PolicyId: aws.String("p-RCPFullAWSAccess"), TargetId: member})
			return err
		}},
	})
}

// TestDelegationRefusals holds those to what may not be done with delegated
// administrators.
func TestDelegationRefusals(t *testing.T) {
	c := start(t, 2)
	client, ctx, member := c.manager(), t.Context(), &c.members[0].ID
	check(t, []refusal{
		{"ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED", func() error {
			_, err := client.RegisterDelegatedAdministrator(ctx, &sdk.RegisterDelegatedAdministratorInput{AccountId: member, ServicePrincipal: aws.String("guardduty.amazonaws.com")})
			return err
		}},
		{"ConstraintViolationException DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", func() error {
			_, err := client.DisableAWSServiceAccess(ctx, &sdk.DisableAWSServiceAccessInput{ServicePrincipal: aws.String("sso.amazonaws.com")})
			return err
		}},
		{"ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", func() error {
			_, err := client.RemoveAccountFromOrganization(ctx, &sdk.RemoveAccountFromOrganizationInput{AccountId: member})
			return err
		}},
		{"ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT", func() error {
			_, err := client.CloseAccount(ctx, &sdk.CloseAccountInput{AccountId: aws.String(simtest.Account)})
			return err
		}},
		{"AccountNotRegisteredException", func() error {
			_, err := client.ListDelegatedServicesForAccount(ctx, &sdk.ListDelegatedServicesForAccountInput{AccountId: &c.members[1].ID})
			return err
		}},
	})
}

// TestPoliciesFor follows a type of policies from disabled to enabled, and
// reads what applies to an account level by level.
func TestPoliciesFor(t *testing.T) {
	c := start(t, 1)
	names := func(kind types.PolicyType) (levels [][]string) {
		for _, policies := range c.org.PoliciesFor(c.members[0].ID, kind) {
			var level []string
			for _, p := range policies {
				level = append(level, p.Name)
			}
			levels = append(levels, level)
		}
		return levels
	}
	if got := names(types.PolicyTypeResourceControlPolicy); got != nil {
		t.Errorf("resource control policies are not enabled, and %v are there", got)
	}
	if _, err := c.manager().EnablePolicyType(t.Context(), &sdk.EnablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeResourceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	all := []string{"RCPFullAWSAccess"}
	if diff := cmp.Diff([][]string{all, all, all}, names(types.PolicyTypeResourceControlPolicy)); diff != "" {
		t.Error(diff)
	}
	scp, err := c.org.AddPolicy(types.PolicyTypeServiceControlPolicy, "stay", "", denyLeaving)
	if err != nil {
		t.Fatal(err)
	}
	c.org.Attach(scp, c.unit)
	full := []string{"FullAWSAccess"}
	if diff := cmp.Diff([][]string{full, {"FullAWSAccess", "stay"}, full}, names(types.PolicyTypeServiceControlPolicy)); diff != "" {
		t.Error(diff)
	}
}
