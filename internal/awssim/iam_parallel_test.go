package awssim_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestIAMSideBySide has many callers change the same things while others look,
// for the race detector: answers must share nothing with what changes.
func TestIAMSideBySide(t *testing.T) {
	sim := simtest.Start(t)
	mustRole(t, sim.Account, "shared", trustAnyone)
	sim.Account.AddInstanceProfile("shared", sim.Account.Role("shared"))
	sim.Account.AddGroup("shared")
	caller := sim.ConfigFor(simtest.Admin(t, sim.Account, "caller").NewKey())
	var wg sync.WaitGroup
	for n := range 4 {
		for _, work := range []func(context.Context, *iam.Client, int) error{lives, changes, looks} {
			wg.Go(func() {
				client := iam.NewFromConfig(caller)
				for round := range 5 {
					if err := work(t.Context(), client, 10*n+round); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
}

// lives takes a user of its own from its making to its end.
func lives(ctx context.Context, c *iam.Client, n int) error {
	name, renamed := aws.String(fmt.Sprint("u", n)), aws.String(fmt.Sprint("v", n))
	_, made := c.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	_, joined := c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("shared"), UserName: name})
	_, moved := c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: name, NewUserName: renamed})
	_, parted := c.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: aws.String("shared"), UserName: renamed})
	_, gone := c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: renamed})
	return errors.Join(made, joined, moved, parted, gone)
}

// changes changes what all share.
func changes(ctx context.Context, c *iam.Client, n int) error {
	tags := []types.Tag{{Key: aws.String(fmt.Sprint("k", n%3)), Value: aws.String(fmt.Sprint(n))}}
	_, role := c.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String("shared"), Tags: tags})
	_, user := c.TagUser(ctx, &iam.TagUserInput{UserName: aws.String("caller"), Tags: tags})
	_, profile := c.UntagInstanceProfile(ctx, &iam.UntagInstanceProfileInput{InstanceProfileName: aws.String("shared"), TagKeys: []string{"k0"}})
	_, trust := c.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("shared"), PolicyDocument: aws.String(trustAnyone)})
	_, length := c.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: aws.String("shared"), MaxSessionDuration: aws.Int32(int32(3600 + n))})
	_, rules := c.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(int32(8 + n%9))})
	return errors.Join(role, user, profile, trust, length, rules)
}

// looks reads all there is.
func looks(ctx context.Context, c *iam.Client, _ int) error {
	_, me := c.GetUser(ctx, &iam.GetUserInput{})
	_, role := c.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("shared")})
	_, tags := c.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: aws.String("caller")})
	_, group := c.GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String("shared")})
	_, details := c.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{})
	_, profiles := c.ListInstanceProfiles(ctx, &iam.ListInstanceProfilesInput{})
	return errors.Join(me, role, tags, group, details, profiles)
}
