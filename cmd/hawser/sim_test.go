package main

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/fault"
)

// TestSimLimits asks faster than AWS lets one: EC2 bears ten looks at once, but
// not ten starts.
func TestSimLimits(t *testing.T) {
	for _, limits := range []bool{true, false} {
		sim, err := startSim(t.Context(), simFlags{listen: "127.0.0.1:0", empty: true, limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sim.Close() })
		client := ec2.NewFromConfig(aws.Config{
			Region: demo.Region, BaseEndpoint: &sim.URL, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider(sim.Key.AccessKeyID, sim.Key.SecretAccessKey, ""),
		})
		throttled := func(call func() error) (n int) {
			for range 10 {
				var api smithy.APIError
				if errors.As(call(), &api) && api.ErrorCode() == "RequestLimitExceeded" {
					n++
				}
			}
			return n
		}
		starts := throttled(func() error {
			_, err := client.StartInstances(t.Context(), &ec2.StartInstancesInput{InstanceIds: []string{"i-0123456789abcdef0"}})
			return err
		})
		looks := throttled(func() error {
			_, err := client.DescribeInstances(t.Context(), nil)
			return err
		})
		if (starts > 0) != limits || looks > 0 {
			t.Errorf("limits %v: %d starts and %d looks of ten were throttled", limits, starts, looks)
		}
	}
}

// TestSimKeyHasAPolicy looks for the policy by which the printed key may do what it may.
func TestSimKeyHasAPolicy(t *testing.T) {
	for name, flags := range map[string]simFlags{"empty": {empty: true}, "acme": {org: "acme"}, "measured": {size: acme.Size{Accounts: 2, Seed: 1}}} {
		t.Run(name, func(t *testing.T) {
			flags.listen = "127.0.0.1:0"
			sim, err := startSim(t.Context(), flags)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = sim.Close() })
			client := iam.NewFromConfig(aws.Config{
				Region: sim.Region, BaseEndpoint: &sim.URL,
				Credentials: credentials.NewStaticCredentialsProvider(sim.Key.AccessKeyID, sim.Key.SecretAccessKey, ""),
			})
			out, err := client.ListAttachedUserPolicies(t.Context(), &iam.ListAttachedUserPoliciesInput{UserName: aws.String("operator")})
			if err != nil || len(out.AttachedPolicies) != 1 || *out.AttachedPolicies[0].PolicyName != "AdministratorAccess" {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

// TestSimOrganizations begins with organizations, whose operator can look at
// their Identity Center.
func TestSimOrganizations(t *testing.T) {
	for name, tt := range map[string]struct {
		flags simFlags
		sets  int
	}{
		"acme":     {simFlags{org: "acme"}, 20},
		"measured": {simFlags{size: acme.Size{Accounts: 3, PermissionSets: 2, Seed: 1}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			tt.flags.listen = "127.0.0.1:0"
			sim, err := startSim(t.Context(), tt.flags)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = sim.Close() })
			client := ssoadmin.NewFromConfig(aws.Config{
				Region: sim.Region, BaseEndpoint: &sim.URL,
				Credentials: credentials.NewStaticCredentialsProvider(sim.Key.AccessKeyID, sim.Key.SecretAccessKey, ""),
			})
			sets, err := client.ListPermissionSets(t.Context(), &ssoadmin.ListPermissionSetsInput{InstanceArn: &sim.Organization.Center.ARN})
			if err != nil || len(sets.PermissionSets) != tt.sets {
				t.Errorf("%v (%v), want %d permission sets", sets, err, tt.sets)
			}
		})
	}
	if _, err := startSim(t.Context(), simFlags{org: "other"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("an organization that is not known: %v", err)
	}
}
