package roster_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPages lists users in each way of cutting pages: a client that goes on to the
// last token has them all, also behind an empty page.
func TestPages(t *testing.T) {
	tests := []struct {
		name         string
		pages        awssim.Pages
		first, calls int // items of the first page, and how many calls all take
	}{
		{"full", awssim.FullPages, 9, 2},
		{"short", awssim.ShortPages, 3, 4},
		{"empty", awssim.EmptyPages, 0, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sim := simtest.Start(t, awssim.Options{Pages: tt.pages})
			for i := range 10 { // beside the administrator
				sim.Account.AddUser(fmt.Sprintf("user-%d", i))
			}
			client, seen, calls := iam.NewFromConfig(sim.Config()), 0, 0
			for marker := (*string)(nil); calls == 0 || marker != nil; calls++ {
				out, err := client.ListUsers(t.Context(), &iam.ListUsersInput{Marker: marker, MaxItems: aws.Int32(9)})
				if err != nil {
					t.Fatal(err)
				}
				if calls == 0 && len(out.Users) != tt.first {
					t.Errorf("%d users on the first page, want %d", len(out.Users), tt.first)
				}
				if out.IsTruncated != (out.Marker != nil) {
					t.Errorf("truncated %t with marker %v", out.IsTruncated, out.Marker)
				}
				seen += len(out.Users)
				marker = out.Marker
			}
			if seen != 11 || calls != tt.calls {
				t.Errorf("%d users in %d calls, want 11 in %d", seen, calls, tt.calls)
			}
		})
	}
}

// TestForeignTokens gives listings tokens that they did not give.
func TestForeignTokens(t *testing.T) {
	sim := simtest.Start(t)
	cfg := sim.Config()
	sim.Account.AddUser("ada")
	users, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), &iam.ListUsersInput{MaxItems: aws.Int32(1)})
	if err != nil || users.Marker == nil {
		t.Fatal(err)
	}
	for _, token := range []string{"x", "YWRh", *users.Marker} { // the last is of another listing
		_, err = iam.NewFromConfig(cfg).ListRoles(t.Context(), &iam.ListRolesInput{Marker: &token})
		simtest.WantCode(t, err, "ValidationError", "Invalid Marker")
		_, err = ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{NextToken: &token})
		simtest.WantCode(t, err, "InvalidNextToken", "")
		_, err = lambda.NewFromConfig(cfg).ListFunctions(t.Context(), &lambda.ListFunctionsInput{Marker: &token})
		simtest.WantCode(t, err, "InvalidParameterValueException", "")
		_, err = identitystore.NewFromConfig(cfg).ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String("d-1234567890"), NextToken: &token})
		if err == nil {
			t.Error("the identity store took a token")
		}
	}
	if _, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), &iam.ListUsersInput{Marker: users.Marker}); err != nil {
		t.Error(err)
	}
}

// TestEC2Pages pages through the subnets, and asks for pages out of bounds.
func TestEC2Pages(t *testing.T) {
	sim := simtest.Start(t)
	client := ec2.NewFromConfig(sim.Config())
	for _, size := range []int32{4, 1001} {
		_, err := client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{MaxResults: &size})
		simtest.WantCode(t, err, "InvalidParameterValue", "between 5 and 1000")
		_, err = client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{MaxResults: &size})
		simtest.WantCode(t, err, "InvalidParameterValue", "between 5 and 1000")
	}
	status, body := signed(t, sim, http.MethodPost, "ec2", "/", "Action=DescribeInstanceTypes&Version=2016-11-15&MaxResults=5", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if status != http.StatusOK || strings.Count(body, "<instanceType>") != 5 || !strings.Contains(body, "<nextToken>") {
		t.Errorf("%d %s", status, body)
	}
}
