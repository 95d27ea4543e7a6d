package awssim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

const (
	readBuckets = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
	ownPrefix   = "arn:aws:iam::" + simtest.Account + ":"
)

// TestIAMRefusals holds the simulator to what AWS says to what may not be done.
func TestIAMRefusals(t *testing.T) {
	sim := simtest.Start(t)
	a := sim.Account
	mustRole(t, a, "reader", trustAnyone)
	if _, err := a.AddRoleAt("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS", trustAnyone); err != nil {
		t.Fatal(err)
	}
	own, err := a.AddPolicy("own", readBuckets)
	if err != nil {
		t.Fatal(err)
	}
	ada := a.AddUser("ada")
	ada.Attach(own)
	a.AddGroup("makers").AddMember(ada)
	client, name := iam.NewFromConfig(sim.Config()), aws.String
	tests := []struct {
		code, text string
		call       func(context.Context) error
	}{
		{"ValidationError", "Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1", func(ctx context.Context) error {
			_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: name("")})
			return err
		}},
		{"ValidationError", "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", func(ctx context.Context) error {
			_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: name("a b")})
			return err
		}},
		{"ValidationError", "The specified value for path is invalid. It must begin and end with /", func(ctx context.Context) error {
			_, err := client.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: name("g"), Path: name("/a")})
			return err
		}},
		{"ValidationError", "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64", func(ctx context.Context) error {
			_, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: name(strings.Repeat("a", 65))})
			return err
		}},
		{"ValidationError", "Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600", func(ctx context.Context) error {
			_, err := client.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name("reader"), MaxSessionDuration: aws.Int32(3599)})
			return err
		}},
		{"ValidationError", "Value at 'password' failed", func(ctx context.Context) error {
			_, err := client.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: name("ada"), Password: name(strings.Repeat("secret", 30))})
			return err
		}},
		{"EntityAlreadyExists", "User with name Ada already exists.", func(ctx context.Context) error {
			_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: name("Ada")})
			return err
		}},
		{"EntityAlreadyExists", "A policy called own already exists. Duplicate names are not allowed.", func(ctx context.Context) error {
			_, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: name("own"), Path: name("/other/"), PolicyDocument: name(readBuckets)})
			return err
		}},
		{"DeleteConflict", "Cannot delete entity, must detach all policies first.", func(ctx context.Context) error {
			_, err := client.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name("ada")})
			return err
		}},
		{"DeleteConflict", "Cannot delete entity, must remove users from group first.", func(ctx context.Context) error {
			_, err := client.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: name("makers")})
			return err
		}},
		{"DeleteConflict", "Cannot delete a policy attached to entities.", func(ctx context.Context) error {
			_, err := client.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &own.ARN})
			return err
		}},
		{"UnmodifiableEntity", "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only modifiable by AWS", func(ctx context.Context) error {
			_, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name("AWSServiceRoleForECS"), PolicyName: name("p"), PolicyDocument: name(readBuckets)})
			return err
		}},
		{"MalformedPolicyDocument", "Has prohibited field Resource", func(ctx context.Context) error {
			_, err := client.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name("reader"), PolicyDocument: name(readBuckets)})
			return err
		}},
		{"LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user ada", func(ctx context.Context) error {
			long := strings.Replace(readBuckets, `"*"`, `"arn:aws:s3:::`+strings.Repeat("b", 2048)+`"`, 1)
			_, err := client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name("ada"), PolicyName: name("p"), PolicyDocument: &long})
			return err
		}},
		{"InvalidInput", "Policy is outside your own account.", func(ctx context.Context) error {
			_, err := client.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: name("ada"), PolicyArn: name("arn:aws:iam::444455556666:policy/theirs")})
			return err
		}},
		{"NoSuchEntity", "Policy " + ownPrefix + "policy/none does not exist or is not attachable.", func(ctx context.Context) error {
			_, err := client.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: name("ada"), PermissionsBoundary: name(ownPrefix + "policy/none")})
			return err
		}},
	}
	for _, tt := range tests {
		t.Run(tt.text[:min(40, len(tt.text))], func(t *testing.T) { simtest.WantCode(t, tt.call(t.Context()), tt.code, tt.text) })
	}
}

// TestTrustedPrincipals has trust policies name whom they may, and others.
func TestTrustedPrincipals(t *testing.T) {
	sim := simtest.Start(t)
	client := iam.NewFromConfig(sim.Config())
	for principal, allowed := range map[string]bool{
		"*": true, simtest.Account: true, ownPrefix + "root": true, ownPrefix + "user/admin": true, ownPrefix + "user/nobody": false,
		ownPrefix + "role/made": true, ownPrefix + "role/none": false, "arn:aws:iam::999900001111:role/elsewhere": true, "arn:aws:s3:::bucket": false, "12345": false,
	} {
		t.Run(principal, func(t *testing.T) {
			mustRole(t, sim.Account, "made", trustAnyone)
			_, err := client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
				RoleName: aws.String("made"), PolicyDocument: aws.String(fmt.Sprintf(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"%s"}}]}`, principal)),
			})
			switch {
			case allowed && err != nil:
				t.Error(err)
			case !allowed:
				simtest.WantCode(t, err, "MalformedPolicyDocument", "Invalid principal in policy")
			}
		})
	}
}

// TestRoleLastUse follows a role's last use through calls of its sessions.
func TestRoleLastUse(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "used", trustAnyone)
	client := iam.NewFromConfig(sim.Config())
	last := func() *types.RoleLastUsed {
		out, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &role.Name})
		if err != nil {
			t.Fatal(err)
		}
		return out.Role.RoleLastUsed
	}
	call := func() {
		out, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := whoAmI(t, sim, asProvider(out.Credentials)); err != nil {
			t.Fatal(err)
		}
	}
	if got := last(); got.LastUsedDate != nil {
		t.Errorf("used before it was: %v", got.LastUsedDate)
	}
	call()
	first := last()
	if aws.ToString(first.Region) != "us-east-1" || first.LastUsedDate == nil {
		t.Fatalf("the first use is %v", first)
	}
	sim.Clock.Advance(time.Hour)
	call()
	if got := last(); !got.LastUsedDate.Equal(*first.LastUsedDate) {
		t.Errorf("an hour later it is told already: %v", got.LastUsedDate)
	}
	sim.Clock.Advance(4 * time.Hour)
	call()
	if got := last(); got.LastUsedDate.Sub(*first.LastUsedDate) < 4*time.Hour {
		t.Errorf("five hours later it is still %v", got.LastUsedDate)
	}
}

// TestKeysOfTheGone shows that nobody calls as a user or role that is deleted,
// and that a user of another name is who it was.
func TestKeysOfTheGone(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "gone", trustAnyone)
	session, ada := sim.ConfigFor(role.NewSession("me", time.Hour)), sim.Account.AddUser("ada")
	key := sim.ConfigFor(ada.NewKey())
	client := iam.NewFromConfig(sim.Config())
	if _, err := client.UpdateUser(t.Context(), &iam.UpdateUserInput{UserName: aws.String("ada"), NewUserName: aws.String("eve")}); err != nil {
		t.Fatal(err)
	}
	if me, err := whoAmI(t, sim, key.Credentials); me != ownPrefix+"user/eve" {
		t.Errorf("I am %s, %v", me, err)
	}
	if _, err := client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &role.Name}); err != nil {
		t.Fatal(err)
	}
	_, err := whoAmI(t, sim, session.Credentials)
	simtest.WantCode(t, err, "InvalidClientTokenId", "")
}

// TestIAMPages reads listings in pages of one.
func TestIAMPages(t *testing.T) {
	sim := simtest.Start(t)
	a := sim.Account
	ada, one := a.AddUser("ada"), aws.Int32(1)
	for i := range 3 {
		m, err := a.AddPolicy(fmt.Sprint("p", i), readBuckets)
		if err != nil {
			t.Fatal(err)
		}
		ada.Attach(m)
		if err := ada.PutPolicy(fmt.Sprint("i", i), readBuckets); err != nil {
			t.Fatal(err)
		}
		a.AddGroup(fmt.Sprint("g", i)).AddMember(ada)
	}
	client := iam.NewFromConfig(sim.Config())
	var attached, inline, groups []string
	for p := iam.NewListAttachedUserPoliciesPaginator(client, &iam.ListAttachedUserPoliciesInput{UserName: &ada.Name, MaxItems: one}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		attached = append(attached, *out.AttachedPolicies[0].PolicyName)
	}
	for p := iam.NewListUserPoliciesPaginator(client, &iam.ListUserPoliciesInput{UserName: &ada.Name, MaxItems: one}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		inline = append(inline, out.PolicyNames...)
	}
	for p := iam.NewListGroupsForUserPaginator(client, &iam.ListGroupsForUserInput{UserName: &ada.Name, MaxItems: one}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, *out.Groups[0].GroupName)
	}
	want := [][]string{{"p0", "p1", "p2"}, {"i0", "i1", "i2"}, {"g0", "g1", "g2"}}
	if diff := cmp.Diff(want, [][]string{attached, inline, groups}); diff != "" {
		t.Error(diff)
	}
}
