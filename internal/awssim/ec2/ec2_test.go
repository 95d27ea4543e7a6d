package ec2_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

func ec2Client(t *testing.T) (*simtest.Sim, *ec2.Client) {
	t.Helper()
	sim := simtest.Start(t)
	return sim, ec2.NewFromConfig(sim.Config())
}

func run(t *testing.T, client *ec2.Client, n int32, tags ...string) []string {
	t.Helper()
	images, err := client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatalf("images: %v, %v", images, err)
	}
	in := &ec2.RunInstancesInput{ImageId: images.Images[0].ImageId, InstanceType: types.InstanceTypeT3Small, MinCount: &n, MaxCount: &n}
	for i := 0; i < len(tags); i += 2 {
		in.TagSpecifications = append(in.TagSpecifications, types.TagSpecification{
			ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: &tags[i], Value: &tags[i+1]}},
		})
	}
	out, err := client.RunInstances(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range out.Instances {
		ids = append(ids, *i.InstanceId)
	}
	return ids
}

func instanceState(t *testing.T, client *ec2.Client, id string) types.InstanceStateName {
	t.Helper()
	out, err := client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Reservations[0].Instances[0].State.Name
}

func TestInstanceLife(t *testing.T) {
	sim, client := ec2Client(t)
	ctx, id := t.Context(), run(t, client, 1)[0]
	one := []string{id}
	step := func(want types.InstanceStateName, after time.Duration) {
		t.Helper()
		sim.Clock.Advance(after)
		if got := instanceState(t, client, id); got != want {
			t.Fatalf("state %s, want %s", got, want)
		}
	}
	step(types.InstanceStateNamePending, 0)
	_, err := client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: one})
	simtest.WantCode(t, err, "IncorrectInstanceState", "")
	step(types.InstanceStateNameRunning, time.Minute)
	_, err = client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: one, DryRun: aws.Bool(true)})
	simtest.WantCode(t, err, "DryRunOperation", "")
	step(types.InstanceStateNameRunning, 0)
	_, err = client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: one, Hibernate: aws.Bool(true)})
	simtest.WantCode(t, err, "UnsupportedHibernationConfiguration", "")
	out, err := client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: one})
	if err != nil || out.StoppingInstances[0].PreviousState.Name != types.InstanceStateNameRunning {
		t.Fatalf("stop: %v, %v", out, err)
	}
	step(types.InstanceStateNameStopping, 0)
	_, err = client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: one})
	simtest.WantCode(t, err, "IncorrectInstanceState", "")
	step(types.InstanceStateNameStopped, time.Minute)
	if _, err = client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: one}); err != nil {
		t.Fatal(err)
	}
	step(types.InstanceStateNameRunning, time.Minute)
	if _, err = client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: one}); err != nil {
		t.Fatal(err)
	}
	step(types.InstanceStateNameShuttingDown, 0)
	step(types.InstanceStateNameTerminated, time.Minute)
	sim.Clock.Advance(2 * time.Hour)
	_, err = client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: one})
	simtest.WantCode(t, err, "InvalidInstanceID.NotFound", "")
}

func TestInstancesAreFilteredAndPaged(t *testing.T) {
	sim, client := ec2Client(t)
	run(t, client, 7, "team", "shop")
	odd := run(t, client, 1, "team", "ship")[0]
	sim.Clock.Advance(time.Minute)
	count := func(name string, values ...string) (n int) {
		t.Helper()
		pages := ec2.NewDescribeInstancesPaginator(client, &ec2.DescribeInstancesInput{
			MaxResults: aws.Int32(5), Filters: []types.Filter{{Name: &name, Values: values}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Reservations {
				n += len(r.Instances)
			}
		}
		return n
	}
	tests := []struct {
		name   string
		values []string
		want   int
	}{
		{"instance-state-name", []string{"running"}, 8},
		{"instance-state-name", []string{"stopped", "stopping"}, 0},
		{"tag:team", []string{"shop"}, 7},
		{"tag:team", []string{"sh?p"}, 8},
		{"tag-key", []string{"te*"}, 8},
		{"instance-id", []string{odd}, 1},
		{"instance-type", []string{"t3.*"}, 8},
		{"tag:team", []string{"nobody"}, 0},
	}
	for _, tt := range tests {
		if got := count(tt.name, tt.values...); got != tt.want {
			t.Errorf("%s=%v: %d instances, want %d", tt.name, tt.values, got, tt.want)
		}
	}
	_, err := client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{Filters: []types.Filter{{Name: aws.String("colour"), Values: []string{"red"}}}})
	simtest.WantCode(t, err, "InvalidParameterValue", "")
}

func TestRunIsIdempotentByToken(t *testing.T) {
	_, client := ec2Client(t)
	images, err := client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{})
	if err != nil {
		t.Fatal(err)
	}
	in := ec2.RunInstancesInput{
		ImageId: images.Images[0].ImageId, InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ClientToken: aws.String("once"),
	}
	first, err := client.RunInstances(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.RunInstances(t.Context(), &in)
	if err != nil || *again.Instances[0].InstanceId != *first.Instances[0].InstanceId {
		t.Errorf("the second call: %v, %v", again, err)
	}
	in.MaxCount = aws.Int32(2)
	_, err = client.RunInstances(t.Context(), &in)
	simtest.WantCode(t, err, "IdempotentParameterMismatch", "")
}

func TestEC2Refusals(t *testing.T) {
	_, client := ec2Client(t)
	ctx := t.Context()
	id := run(t, client, 1)[0]
	tests := map[string]struct {
		code string
		call func() error
	}{
		"malformed": {"InvalidInstanceID.Malformed", func() error {
			_, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{"i-xyz"}})
			return err
		}},
		"missing": {"InvalidInstanceID.NotFound", func() error {
			_, err := client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{"i-0123456789abcdef0"}})
			return err
		}},
		"one of two missing": {"InvalidInstanceID.NotFound", func() error {
			_, err := client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{id, "i-0123456789abcdef0"}})
			return err
		}},
		"image": {"InvalidAMIID.NotFound", func() error {
			_, err := client.RunInstances(ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-0"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
			return err
		}},
		"page size": {"InvalidParameterValue", func() error {
			_, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(2)})
			return err
		}},
		"reserved tag": {"InvalidParameterValue", func() error {
			_, err := client.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{{Key: aws.String("aws:x"), Value: aws.String("y")}}})
			return err
		}},
		"type of a running instance": {"IncorrectInstanceState", func() error {
			_, err := client.ModifyInstanceAttribute(ctx, &ec2.ModifyInstanceAttributeInput{InstanceId: &id, InstanceType: &types.AttributeValue{Value: aws.String("t3.large")}})
			return err
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { simtest.WantCode(t, tt.call(), tt.code, "") })
	}
}

func TestEveryRegionHasItsOwnNetworkAndImages(t *testing.T) {
	_, client := ec2Client(t)
	seen := map[string]string{}
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		out, err := client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{}, func(o *ec2.Options) { o.Region = region })
		if err != nil || len(out.Subnets) != 3 {
			t.Fatalf("%s: %v, %v", region, out, err)
		}
		for _, s := range out.Subnets {
			if other := seen[*s.SubnetId]; other != "" {
				t.Errorf("%s is in %s and in %s", *s.SubnetId, other, region)
			}
			seen[*s.SubnetId] = region
		}
	}
	regions, err := client.DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{})
	if err != nil || len(regions.Regions) < 15 {
		t.Errorf("regions: %v", err)
	}
}
