package identitycenter_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	simsso "github.com/hawser/hawser/internal/awssim/sso"
)

// entrance is the access portal as ada's session sees it.
type entrance struct {
	*company
	session *simsso.Session
}

func (c *company) enter() entrance { return entrance{c, c.center.SignIn(c.ada, 8*time.Hour)} }

func (e entrance) client() *sso.Client {
	return sso.New(sso.Options{Region: "us-east-1", BaseEndpoint: &e.URL})
}

// shows wants the portal to have the permission set Reader in these accounts, by each of
// its operations.
func (e entrance) shows(when string, accounts ...string) {
	e.t.Helper()
	ctx, token := e.t.Context(), &e.session.AccessToken
	out, err := e.client().ListAccounts(ctx, &sso.ListAccountsInput{AccessToken: token})
	if err != nil {
		e.t.Fatalf("%s: %v", when, err)
	}
	var got []string
	for _, a := range out.AccountList {
		got = append(got, *a.AccountId)
	}
	if diff := cmp.Diff(accounts, got); diff != "" {
		e.t.Errorf("%s: accounts (-want +got):\n%s", when, diff)
	}
	for _, id := range []string{security, workload} {
		roles, err := e.client().ListAccountRoles(ctx, &sso.ListAccountRolesInput{AccessToken: token, AccountId: &id})
		if err != nil || (len(roles.RoleList) == 1) != slices.Contains(accounts, id) {
			e.t.Errorf("%s: roles in %s: %+v, %v", when, id, roles, err)
		}
		_, err = e.client().GetRoleCredentials(ctx, &sso.GetRoleCredentialsInput{AccessToken: token, AccountId: &id, RoleName: aws.String("Reader")})
		want := "ForbiddenException"
		if slices.Contains(accounts, id) {
			want = ""
		}
		if code(err) != want {
			e.t.Errorf("%s: credentials in %s: %v", when, id, err)
		}
	}
}

// ended wants the portal to refuse the session.
func (e entrance) ended(when string) {
	e.t.Helper()
	_, err := e.client().ListAccounts(e.t.Context(), &sso.ListAccountsInput{AccessToken: &e.session.AccessToken})
	if code(err) != "UnauthorizedException" {
		e.t.Errorf("%s: %v", when, err)
	}
	_, err = ssooidc.New(ssooidc.Options{Region: "us-east-1", BaseEndpoint: &e.URL}).CreateToken(e.t.Context(), &ssooidc.CreateTokenInput{
		ClientId: aws.String("c"), ClientSecret: aws.String("s"), GrantType: aws.String("refresh_token"), RefreshToken: &e.session.RefreshToken,
	})
	simtest.WantCode(e.t, err, "InvalidGrantException", "")
}

// TestPortalShowsWhatIsAssignedNow changes what ada has during her session.
func TestPortalShowsWhatIsAssignedNow(t *testing.T) {
	c := start(t)
	admin, ctx := c.admin(security), t.Context()
	e := c.enter()
	e.shows("at first")
	for _, id := range []string{security, workload} {
		if _, err := admin.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{
			InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, PrincipalId: &c.ada.ID, PrincipalType: types.PrincipalTypeUser,
			TargetId: &id, TargetType: types.TargetTypeAwsAccount,
		}); err != nil {
			t.Fatal(err)
		}
	}
	c.Clock.Advance(5 * time.Second)
	e.shows("assigned", security, workload)
	if _, err := admin.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, PrincipalId: &c.ada.ID, PrincipalType: types.PrincipalTypeUser,
		TargetId: aws.String(security), TargetType: types.TargetTypeAwsAccount,
	}); err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(5 * time.Second)
	e.shows("withdrawn", workload)
	c.org.Member(workload).Suspend()
	e.shows("in a closed account")
}

// TestPortalFollowsGroups has what is assigned to a group come and go with the membership.
func TestPortalFollowsGroups(t *testing.T) {
	c := start(t)
	if err := c.center.Assign(c.reader, workload, c.crew); err != nil {
		t.Fatal(err)
	}
	e := c.enter()
	e.shows("as a member", workload)
	if _, err := c.store().DeleteGroup(t.Context(), &identitystore.DeleteGroupInput{IdentityStoreId: &c.center.StoreID, GroupId: &c.crew.ID}); err != nil {
		t.Fatal(err)
	}
	e.shows("without the group")
}

// TestPortalRefusesWhoIsGone ends the sessions of users who are disabled or deleted.
func TestPortalRefusesWhoIsGone(t *testing.T) {
	c := start(t)
	e := c.enter()
	e.shows("at first")
	c.center.SetActive(c.ada, false)
	e.ended("disabled")
	c.center.SetActive(c.ada, true)
	e.shows("enabled again")
	if _, err := c.store().DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: &c.center.StoreID, UserId: &c.ada.ID}); err != nil {
		t.Fatal(err)
	}
	e.ended("deleted")
}
