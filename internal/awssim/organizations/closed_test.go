package organizations_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestClosedAccounts closes an account in each way. Nothing passes in it: no call by its
// keys, no assumption of its roles, no reading of its resources.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html
func TestClosedAccounts(t *testing.T) {
	for name, end := range map[string]func(c *company){
		"PENDING_CLOSURE": func(c *company) {
			if _, err := c.manager().CloseAccount(t.Context(), &sdk.CloseAccountInput{AccountId: &c.members[0].ID}); err != nil {
				t.Fatal(err)
			}
		},
		"CLOSED": func(c *company) { c.members[0].Suspend() },
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, 1)
			c.org.Trust("iam.amazonaws.com")
			calls := callsInto(t, c, c.members[0].Account)
			for _, call := range calls {
				if err := call.run(); err != nil {
					t.Errorf("%s, before: %v", call.name, err)
				}
			}
			end(c)
			for _, call := range calls {
				if got := code(call.run()); got != call.code {
					t.Errorf("%s: %q, want %q", call.name, got, call.code)
				}
			}
			out, err := c.manager().DescribeAccount(t.Context(), &sdk.DescribeAccountInput{AccountId: &c.members[0].ID})
			if err != nil || string(out.Account.State) != name {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

type callInto struct {
	name string
	run  func() error
	code string // once the account is closed
}

// callsInto are calls by and into an account, which succeed while it is active.
func callsInto(t *testing.T, c *company, member *awssim.Account) []callInto {
	user := simtest.Admin(t, member, "ada").NewKey()
	role, err := member.AddRole("reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"`+c.Account.ID+`"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	simtest.Grant(t, role, "AdministratorAccess")
	bucket := aws.String("shared-bucket")
	openBucket(t, c, user, *bucket)
	manager := sts.NewFromConfig(c.Config())
	identify := func(key *awssim.Credential) func() error {
		return func() error {
			_, err := sts.NewFromConfig(c.ConfigFor(key)).GetCallerIdentity(t.Context(), nil)
			return err
		}
	}
	return []callInto{
		{"a user's key", identify(user), "InvalidClientTokenId"},
		{"the root user's key", identify(member.RootKey()), "InvalidClientTokenId"},
		{"a session", identify(role.NewSession("s", time.Hour)), "InvalidClientTokenId"},
		{"IAM", func() error {
			_, err := iam.NewFromConfig(c.ConfigFor(user)).ListUsers(t.Context(), nil)
			return err
		}, "InvalidClientTokenId"},
		{"EC2", func() error {
			_, err := ec2.NewFromConfig(c.ConfigFor(user)).DescribeVpcs(t.Context(), nil)
			return err
		}, "AuthFailure"},
		{"S3", func() error {
			_, err := simtest.S3Client(c.ConfigFor(user)).ListBuckets(t.Context(), nil)
			return err
		}, "InvalidAccessKeyId"},
		{"AssumeRole", func() error {
			_, err := manager.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")})
			return err
		}, "AccessDenied"},
		{"AssumeRoot", func() error {
			_, err := manager.AssumeRoot(t.Context(), &sts.AssumeRootInput{TargetPrincipal: &member.ID, DurationSeconds: aws.Int32(900), TaskPolicyArn: &ststypes.PolicyDescriptorType{
				Arn: aws.String("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"),
			}})
			return err
		}, "AccessDenied"},
		{"a bucket, from another account", func() error {
			_, err := simtest.S3Client(c.Config()).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket})
			return err
		}, "AccessDenied"},
		{"a bucket, unsigned", func() error {
			if status, _ := simtest.Unsigned(t, http.MethodGet, c.URL+"/"+*bucket, ""); status != http.StatusOK {
				return &smithy.GenericAPIError{Code: "AccessDenied"}
			}
			return nil
		}, "AccessDenied"},
	}
}

// openBucket makes a bucket that everybody may list.
func openBucket(t *testing.T, c *company, key *awssim.Credential, name string) {
	t.Helper()
	client := simtest.S3Client(c.ConfigFor(key))
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	policy := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::NAME"}]}`, "NAME", name)
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &name, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
}
