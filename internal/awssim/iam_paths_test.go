package awssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestReservedPaths asks for everything that has a path at those that only services give.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func TestReservedPaths(t *testing.T) {
	sim := simtest.Start(t)
	client, ctx, name := iam.NewFromConfig(sim.Config()), t.Context(), aws.String("thing")
	sim.Account.AddUser("ada")
	sim.Account.AddGroup("makers")
	for _, path := range []string{"/aws-service-role/foo.amazonaws.com/", "/aws-reserved/", "/aws-reserved/sso.amazonaws.com/"} {
		for what, call := range map[string]func() error{
			"CreateRole": func() error {
				_, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, Path: &path, AssumeRolePolicyDocument: aws.String(trustAnyone)})
				return err
			},
			"CreateUser": func() error {
				_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: name, Path: &path})
				return err
			},
			"CreateGroup": func() error {
				_, err := client.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: name, Path: &path})
				return err
			},
			"CreatePolicy": func() error {
				_, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: name, Path: &path, PolicyDocument: aws.String(readBuckets)})
				return err
			},
			"CreateInstanceProfile": func() error {
				_, err := client.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: name, Path: &path})
				return err
			},
			"CreateVirtualMFADevice": func() error {
				_, err := client.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: name, Path: &path})
				return err
			},
			"UpdateUser": func() error {
				_, err := client.UpdateUser(ctx, &iam.UpdateUserInput{UserName: aws.String("ada"), NewPath: &path})
				return err
			},
			"UpdateGroup": func() error {
				_, err := client.UpdateGroup(ctx, &iam.UpdateGroupInput{GroupName: aws.String("makers"), NewPath: &path})
				return err
			},
		} {
			t.Run(what+path, func(t *testing.T) { simtest.WantCode(t, call(), "InvalidInput", "can only be used") })
		}
	}
}
