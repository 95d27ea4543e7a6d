package awssim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestIAMPermissions asks for permission on what calls name, with IAM's
// condition keys.
func TestIAMPermissions(t *testing.T) {
	tests := []struct {
		name, allow, action string // a statement's part after its action
		call                func(context.Context, *iam.Client) error
		allowed             bool
	}{
		{"own role", `"Resource":"` + ownPrefix + `role/app/*"`, "iam:GetRole", getRole("app"), true},
		{"other role", `"Resource":"` + ownPrefix + `role/app/*"`, "iam:GetRole", getRole("other"), false},
		{"list", `"Resource":"` + ownPrefix + `user/*"`, "iam:ListUsers", func(ctx context.Context, c *iam.Client) error {
			_, err := c.ListUsers(ctx, nil)
			return err
		}, true},
		{"oneself", `"Resource":"` + ownPrefix + `user/${aws:username}"`, "iam:CreateAccessKey", func(ctx context.Context, c *iam.Client) error {
			_, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})
			return err
		}, true},
		{"another", `"Resource":"` + ownPrefix + `user/${aws:username}"`, "iam:CreateAccessKey", func(ctx context.Context, c *iam.Client) error {
			_, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("admin")})
			return err
		}, false},
		{"policy", `"Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}`, "iam:AttachRolePolicy", attach("ReadOnlyAccess"), true},
		{"other policy", `"Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}`, "iam:AttachRolePolicy", attach("AdministratorAccess"), false},
		{"boundary", `"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + ownPrefix + `policy/bound"}}`, "iam:CreateUser", create("bound"), true},
		{"no boundary", `"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + ownPrefix + `policy/bound"}}`, "iam:CreateUser", create(""), false},
		{"request tag", `"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"x"}}`, "iam:TagRole", tagRole("app", "x"), true},
		{"other tag", `"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"x"}}`, "iam:TagRole", tagRole("app", "y"), false},
		{"resource tag", `"Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/own":"1"}}`, "iam:GetRole", getRole("app"), true},
		{"not the resource's tag", `"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/own":"1"}}`, "iam:GetRole", getRole("other"), false},
		{"service", `"Resource":"` + ownPrefix + `role/aws-service-role/*","Condition":{"StringEquals":{"iam:AWSServiceName":"ecs.amazonaws.com"}}`, "iam:CreateServiceLinkedRole", linked("ecs"), true},
		{"other service", `"Resource":"*","Condition":{"StringEquals":{"iam:AWSServiceName":"ecs.amazonaws.com"}}`, "iam:CreateServiceLinkedRole", linked("rds"), false},
		{"without PassRole", `"Resource":"*"`, "iam:AddRoleToInstanceProfile", addRole, false},
		{"own key's use", `"Resource":"` + ownPrefix + `user/${aws:username}"`, "iam:GetAccessKeyLastUsed", keyUse("eve"), true},
		{"another key's use", `"Resource":"` + ownPrefix + `user/${aws:username}"`, "iam:GetAccessKeyLastUsed", keyUse("admin"), false},
		{"PassRole", `"Resource":"*"`, `iam:AddRoleToInstanceProfile","iam:PassRole`, addRole, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sim := simtest.Start(t)
			a, eve := sim.Account, sim.Account.AddUser("eve")
			app, err := a.AddRoleAt("/app/", "app", trustAnyone)
			if err != nil {
				t.Fatal(err)
			}
			app.Tags = map[string]string{"own": "1"}
			mustRole(t, a, "other", trustAnyone)
			a.AddInstanceProfile("empty", nil)
			if _, err := a.AddPolicy("bound", readBuckets); err != nil {
				t.Fatal(err)
			}
			if err := eve.PutPolicy("p", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["%s"],%s}]}`, tt.action, tt.allow)); err != nil {
				t.Fatal(err)
			}
			a.AddUser("admin").AddCredential("AKIAADMIN00000000000", "secret")
			err = tt.call(t.Context(), iam.NewFromConfig(sim.ConfigFor(eve.AddCredential("AKIAEVE0000000000000", "secret"))))
			switch {
			case tt.allowed && err != nil:
				t.Error(err)
			case !tt.allowed:
				simtest.WantCode(t, err, "AccessDenied", "because no identity-based policy allows the iam:")
			}
		})
	}
}

// keyUse asks for the last use of a user's key.
func keyUse(user string) func(context.Context, *iam.Client) error {
	id := map[string]string{"admin": "AKIAADMIN00000000000", "eve": "AKIAEVE0000000000000"}[user]
	return func(ctx context.Context, c *iam.Client) error {
		_, err := c.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})
		return err
	}
}

// TestBoundaries limits a user who may do all. A boundary alone allows nothing.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func TestBoundaries(t *testing.T) {
	sim := simtest.Start(t)
	for name, document := range map[string]string{"all": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "none": ""} {
		t.Run(name, func(t *testing.T) {
			user := sim.Account.AddUser(name)
			if document != "" {
				if err := user.PutPolicy("p", document); err != nil {
					t.Fatal(err)
				}
			}
			client, admin := iam.NewFromConfig(sim.ConfigFor(user.NewKey())), iam.NewFromConfig(sim.Config())
			bound := func(actions string) {
				made, err := admin.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
					PolicyName: aws.String(name + strings.Trim(actions, "iam:*")), PolicyDocument: aws.String(strings.Replace(readBuckets, "s3:Get*", actions, 1)),
				})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := admin.PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: &user.Name, PermissionsBoundary: made.Policy.Arn}); err != nil {
					t.Fatal(err)
				}
			}
			list := func() error {
				_, err := client.ListUsers(t.Context(), nil)
				return err
			}
			bound("iam:Get*")
			if document == "" {
				bound("iam:List*")
				simtest.WantCode(t, list(), "AccessDenied", "because no identity-based policy allows the iam:ListUsers action")
				return
			}
			simtest.WantCode(t, list(), "AccessDenied", "because no permissions boundary allows the iam:ListUsers action")
			bound("iam:List*")
			if err := list(); err != nil {
				t.Error(err)
			}
		})
	}
}

func getRole(name string) func(context.Context, *iam.Client) error {
	return func(ctx context.Context, c *iam.Client) error {
		_, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		return err
	}
}

func attach(policy string) func(context.Context, *iam.Client) error {
	return func(ctx context.Context, c *iam.Client) error {
		_, err := c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("app"), PolicyArn: aws.String("arn:aws:iam::aws:policy/" + policy)})
		return err
	}
}

func create(boundary string) func(context.Context, *iam.Client) error {
	return func(ctx context.Context, c *iam.Client) error {
		in := &iam.CreateUserInput{UserName: aws.String("made")}
		if boundary != "" {
			in.PermissionsBoundary = aws.String(ownPrefix + "policy/" + boundary)
		}
		_, err := c.CreateUser(ctx, in)
		return err
	}
}

func tagRole(name, team string) func(context.Context, *iam.Client) error {
	return func(ctx context.Context, c *iam.Client) error {
		_, err := c.TagRole(ctx, &iam.TagRoleInput{RoleName: &name, Tags: []types.Tag{{Key: aws.String("team"), Value: &team}}})
		return err
	}
}

func linked(service string) func(context.Context, *iam.Client) error {
	return func(ctx context.Context, c *iam.Client) error {
		_, err := c.CreateServiceLinkedRole(ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String(service + ".amazonaws.com")})
		return err
	}
}

func addRole(ctx context.Context, c *iam.Client) error {
	_, err := c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("empty"), RoleName: aws.String("app")})
	return err
}
