package organizations_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestLeaving takes accounts out of the organization, and looks at what is left of them.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_RemoveAccountFromOrganization.html
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_LeaveOrganization.html
func TestLeaving(t *testing.T) {
	c := start(t, 3)
	ctx, manager := t.Context(), c.manager()
	delegate, gone := c.members[0], c.members[1]
	remove := func(id string) error {
		_, err := manager.RemoveAccountFromOrganization(ctx, &sdk.RemoveAccountFromOrganizationInput{AccountId: &id})
		return err
	}
	deregister := func() error {
		_, err := manager.DeregisterDelegatedAdministrator(ctx, &sdk.DeregisterDelegatedAdministratorInput{AccountId: &delegate.ID, ServicePrincipal: aws.String("sso.amazonaws.com")})
		return err
	}
	member := c.client(gone.Account)
	check(t, []refusal{
		{"MasterCannotLeaveOrganizationException", func() error { return remove(simtest.Account) }},
		{"AccountNotFoundException", func() error { return remove("000000000000") }},
		{"AccessDeniedException", func() error {
			_, err := member.RemoveAccountFromOrganization(ctx, &sdk.RemoveAccountFromOrganizationInput{AccountId: &gone.ID})
			return err
		}},
		{"AccessDeniedException", func() error {
			_, err := member.CloseAccount(ctx, &sdk.CloseAccountInput{AccountId: &gone.ID})
			return err
		}},
		{"ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", func() error { return remove(delegate.ID) }},
		{"ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", func() error {
			_, err := c.client(delegate.Account).LeaveOrganization(ctx, nil)
			return err
		}},
	})
	policy, err := c.org.AddPolicy(types.PolicyTypeServiceControlPolicy, "deny", "", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}}`)
	if err != nil {
		t.Fatal(err)
	}
	c.org.Attach(policy, gone)
	users := iam.NewFromConfig(c.ConfigFor(simtest.Admin(t, gone.Account, "ada").NewKey()))
	if _, err := users.ListUsers(ctx, nil); err == nil {
		t.Error("the policy does not limit the account")
	}
	if _, err := member.LeaveOrganization(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := users.ListUsers(ctx, nil); err != nil {
		t.Errorf("the policy limits an account that left: %v", err)
	}
	targets, err := manager.ListTargetsForPolicy(ctx, &sdk.ListTargetsForPolicyInput{PolicyId: &policy.ID})
	if err != nil || len(targets.Targets) != 0 {
		t.Errorf("targets %+v, %v", targets, err)
	}
	check(t, []refusal{
		{"AccountNotFoundException", func() error { return remove(gone.ID) }},
		{"AWSOrganizationsNotInUseException", func() error { _, err := member.LeaveOrganization(ctx, nil); return err }},
		{"TargetNotFoundException", func() error {
			_, err := manager.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceId: &gone.ID})
			return err
		}},
		{"", deregister},
		{"AccountNotRegisteredException", deregister},
		{"", func() error { return remove(delegate.ID) }},
	})
	// The account keeps its email, and may come back with it.
	asked, err := manager.CreateAccount(ctx, &sdk.CreateAccountInput{AccountName: aws.String("again"), Email: &gone.Email})
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(time.Minute)
	status, err := manager.DescribeCreateAccountStatus(ctx, &sdk.DescribeCreateAccountStatusInput{CreateAccountRequestId: asked.CreateAccountStatus.Id})
	if err != nil || status.CreateAccountStatus.FailureReason != types.CreateAccountFailureReasonEmailAlreadyExists {
		t.Errorf("%+v, %v", status, err)
	}
	if _, err := c.org.Root.AddAccount(gone.Account, gone.Email); err != nil {
		t.Error(err)
	}
}

// TestQuotasOfClosing closes accounts until there are too many: three at the same time,
// and ten in 30 days of an organization with few members.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
func TestQuotasOfClosing(t *testing.T) {
	c := start(t, 12)
	next := 0
	closing := func() string {
		_, err := c.manager().CloseAccount(t.Context(), &sdk.CloseAccountInput{AccountId: &c.members[next].ID})
		if err == nil {
			next++
		}
		return code(err)
	}
	for i := range 10 {
		if i > 0 && i%3 == 0 {
			if got := closing(); got != "ConstraintViolationException CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED" {
				t.Errorf("account %d: %q", i, got)
			}
			c.Clock.Advance(time.Hour)
		}
		if got := closing(); got != "" {
			t.Errorf("account %d: %q", i, got)
		}
	}
	if got := closing(); got != "ConstraintViolationException CLOSE_ACCOUNT_QUOTA_EXCEEDED" {
		t.Errorf("the eleventh account: %q", got)
	}
	c.Clock.Advance(30 * 24 * time.Hour)
	if got := closing(); got != "" {
		t.Errorf("after 30 days: %q", got)
	}
}

// TestClosingNeedsAllFeatures closes an account of an organization that has only
// consolidated billing.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
func TestClosingNeedsAllFeatures(t *testing.T) {
	sim := simtest.Start(t)
	client := sdk.NewFromConfig(sim.Config())
	if _, err := client.CreateOrganization(t.Context(), &sdk.CreateOrganizationInput{FeatureSet: types.OrganizationFeatureSetConsolidatedBilling}); err != nil {
		t.Fatal(err)
	}
	asked, err := client.CreateAccount(t.Context(), &sdk.CreateAccountInput{AccountName: aws.String("a"), Email: aws.String("a@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	sim.Clock.Advance(time.Minute)
	status, err := client.DescribeCreateAccountStatus(t.Context(), &sdk.DescribeCreateAccountStatusInput{CreateAccountRequestId: asked.CreateAccountStatus.Id})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CloseAccount(t.Context(), &sdk.CloseAccountInput{AccountId: status.CreateAccountStatus.AccountId})
	if got := code(err); got != "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE" {
		t.Errorf("%q", got)
	}
}
