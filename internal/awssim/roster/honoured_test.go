package roster_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sso"

	"github.com/hawser/hawser/internal/awssim/simtest"
	simsso "github.com/hawser/hawser/internal/awssim/sso"
)

// TestUnsupportedMembers wants members that have no effect to be refused.
func TestUnsupportedMembers(t *testing.T) {
	sim := simtest.Start(t)
	ctx, cfg := t.Context(), sim.Config()
	_, err := ec2.NewFromConfig(cfg).RunInstances(ctx, &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), LaunchTemplate: &ec2types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("web")},
	})
	simtest.WantCode(t, err, "NotImplemented", "The simulator does not support LaunchTemplate of ec2:RunInstances.")
	_, err = ec2.NewFromConfig(cfg).RunInstances(ctx, &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), NetworkInterfaces: []ec2types.InstanceNetworkInterfaceSpecification{{
			DeviceIndex: aws.Int32(0), PrivateIpAddress: aws.String("172.31.0.9"),
		}},
	})
	simtest.WantCode(t, err, "NotImplemented", "The simulator does not support NetworkInterfaces.PrivateIpAddress of ec2:RunInstances.")
	_, err = cloudwatch.NewFromConfig(cfg).ListMetrics(ctx, &cloudwatch.ListMetricsInput{OwningAccount: aws.String("444455556666")})
	simtest.WantCode(t, err, "NotImplemented", "The simulator does not support OwningAccount of cloudwatch:ListMetrics.")
}

func TestEC2MembersAreHonoured(t *testing.T) {
	sim := simtest.Start(t)
	ctx, client := t.Context(), ec2.NewFromConfig(sim.Config())
	_, err := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{DryRun: aws.Bool(true)})
	simtest.WantCode(t, err, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
	zones, err := client.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{ZoneIds: []string{"use1-az2"}})
	if err != nil || len(zones.AvailabilityZones) != 1 || *zones.AvailabilityZones[0].ZoneId != "use1-az2" {
		t.Errorf("the zone with the id is %v, %v", zones, err)
	}
	kinds, err := client.DescribeInstanceTypes(ctx, &ec2.DescribeInstanceTypesInput{Filters: []ec2types.Filter{
		{Name: aws.String("processor-info.supported-architecture"), Values: []string{"arm64"}}, {Name: aws.String("vcpu-info.default-vcpus"), Values: []string{"2"}},
	}})
	if err != nil || len(kinds.InstanceTypes) != 1 || kinds.InstanceTypes[0].InstanceType != ec2types.InstanceTypeM7gLarge {
		t.Errorf("types of arm64 with two processors are %v, %v", kinds, err)
	}
	images, err := client.DescribeImages(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	in := &ec2.RunInstancesInput{MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: images.Images[0].ImageId}
	in.Placement = &ec2types.Placement{AvailabilityZone: aws.String("us-east-1z")}
	_, err = client.RunInstances(ctx, in)
	simtest.WantCode(t, err, "InvalidParameterValue", "Invalid availability zone: [us-east-1z]")
	in.Placement = &ec2types.Placement{Tenancy: ec2types.TenancyDedicated}
	in.NetworkInterfaces = []ec2types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), AssociatePublicIpAddress: aws.Bool(false)}}
	out, err := client.RunInstances(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if i := out.Instances[0]; i.Placement.Tenancy != ec2types.TenancyDedicated || i.PublicIpAddress != nil {
		t.Errorf("tenancy %s, public address %v", i.Placement.Tenancy, i.PublicIpAddress)
	}
	credits, err := client.DescribeInstanceCreditSpecifications(ctx, &ec2.DescribeInstanceCreditSpecificationsInput{
		Filters: []ec2types.Filter{{Name: aws.String("instance-id"), Values: []string{"i-0123456789abcdef0"}}},
	})
	if err != nil || len(credits.InstanceCreditSpecifications) != 0 {
		t.Errorf("the credits of another instance are %v, %v", credits, err)
	}
}

func TestS3MembersAreHonoured(t *testing.T) {
	sim := simtest.Start(t)
	other := sim.AddAccount("444455556666", "other")
	ctx, client := t.Context(), simtest.S3Client(sim.Config())
	bucket, key := aws.String("members"), aws.String("k")
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}))
	must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, StorageClass: s3types.StorageClassGlacier}))
	_, err := client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("to"), CopySource: aws.String("members/k"), ExpectedSourceBucketOwner: &other.ID})
	simtest.WantCode(t, err, "AccessDenied", "Access Denied")
	_, err = client.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{
		Bucket: bucket, ContentMD5: aws.String("AAAAAAAAAAAAAAAAAAAAAA=="), Tagging: &s3types.Tagging{TagSet: []s3types.Tag{{Key: key, Value: key}}},
	})
	simtest.WantCode(t, err, "BadDigest", "The Content-MD5 you specified did not match what we received.")
	_, err = client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, MFA: aws.String("x 123456"), VersioningConfiguration: &s3types.VersioningConfiguration{
		Status: s3types.BucketVersioningStatusEnabled, MFADelete: s3types.MFADeleteEnabled,
	}})
	simtest.WantCode(t, err, "NotImplemented", "The simulator does not support deletions that need an MFA code.")

	must(client.RestoreObject(ctx, &s3.RestoreObjectInput{Bucket: bucket, Key: key, RestoreRequest: &s3types.RestoreRequest{Days: aws.Int32(1)}}))
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, OptionalObjectAttributes: []s3types.OptionalObjectAttributes{"RestoreStatus"}})
	if err != nil || list.Contents[0].RestoreStatus == nil {
		t.Errorf("the restored object is %v, %v", list, err)
	}

	must(client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::members/*"}]}`)}))
	must(client.PutBucketRequestPayment(ctx, &s3.PutBucketRequestPaymentInput{Bucket: bucket, RequestPaymentConfiguration: &s3types.RequestPaymentConfiguration{Payer: s3types.PayerRequester}}))
	reader := simtest.S3Client(sim.ConfigFor(simtest.Admin(t, other, "reader").NewKey()))
	get := &s3.GetObjectInput{Bucket: bucket, Key: key}
	_, err = reader.GetObject(ctx, get)
	simtest.WantCode(t, err, "AccessDenied", "Access Denied")
	get.RequestPayer = s3types.RequestPayerRequester
	must(reader.GetObject(ctx, get))
}

func TestRDSMembersAreHonoured(t *testing.T) {
	sim := simtest.Start(t)
	ctx, client := t.Context(), rds.NewFromConfig(sim.Config())
	id := aws.String("main")
	if _, err := client.CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: id, Engine: aws.String("aurora-postgresql"), EngineVersion: aws.String("16"), MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"),
		DBClusterParameterGroupName: aws.String("custom"), EnablePerformanceInsights: aws.Bool(true),
	}); err != nil {
		t.Fatal(err)
	}
	sim.Clock.Advance(time.Hour)
	_, err := client.ModifyDBCluster(ctx, &rds.ModifyDBClusterInput{DBClusterIdentifier: id, EngineVersion: aws.String("17"), ApplyImmediately: aws.Bool(true)})
	simtest.WantCode(t, err, "InvalidParameterCombination", "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
	out, err := client.ModifyDBCluster(ctx, &rds.ModifyDBClusterInput{DBClusterIdentifier: id, EnableIAMDatabaseAuthentication: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	d := out.DBCluster
	if *d.IAMDatabaseAuthenticationEnabled || d.PendingModifiedValues == nil || !*d.PendingModifiedValues.IAMDatabaseAuthenticationEnabled {
		t.Errorf("a change for the maintenance window: now %v, pending %v", *d.IAMDatabaseAuthenticationEnabled, d.PendingModifiedValues)
	}
	if *d.DBClusterParameterGroup != "custom" || !*d.PerformanceInsightsEnabled {
		t.Errorf("parameter group %s, Performance Insights %v", *d.DBClusterParameterGroup, *d.PerformanceInsightsEnabled)
	}
	versions, err := client.DescribeDBEngineVersions(ctx, &rds.DescribeDBEngineVersionsInput{Filters: []rdstypes.Filter{{Name: aws.String("engine"), Values: []string{"mysql"}}}})
	if err != nil || len(versions.DBEngineVersions) == 0 || *versions.DBEngineVersions[0].Engine != "mysql" {
		t.Errorf("versions of mysql are %v, %v", versions, err)
	}
}

func TestPortalPages(t *testing.T) {
	sim := simtest.Start(t)
	session := simsso.NewSession(sim.World, "ada", time.Hour)
	for _, name := range []string{"one", "two", "three"} {
		role, err := sim.Account.AddRole(name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`)
		if err != nil {
			t.Fatal(err)
		}
		session.Grant(name, role)
	}
	portal := sso.New(sso.Options{Region: "us-east-1", BaseEndpoint: &sim.URL})
	in := &sso.ListAccountRolesInput{AccessToken: &session.AccessToken, AccountId: &sim.Account.ID, MaxResults: aws.Int32(2)}
	var sizes []int
	for {
		out, err := portal.ListAccountRoles(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(out.RoleList))
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 1 {
		t.Errorf("three roles in pages of two come as %v", sizes)
	}
}

func TestGetMFADeviceOfUser(t *testing.T) {
	sim := simtest.Start(t)
	ctx, client := t.Context(), iam.NewFromConfig(sim.Config())
	sim.Account.AddUser("eve")
	device, err := client.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})
	if err != nil {
		t.Fatal(err)
	}
	serial := device.VirtualMFADevice.SerialNumber
	if _, err := client.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String("eve"), SerialNumber: serial, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetMFADevice(ctx, &iam.GetMFADeviceInput{SerialNumber: serial, UserName: aws.String("eve")}); err != nil {
		t.Error(err)
	}
	_, err = client.GetMFADevice(ctx, &iam.GetMFADeviceInput{SerialNumber: serial, UserName: aws.String("admin")})
	simtest.WantCode(t, err, "NoSuchEntity", "MFA Device invalid for user.")
}
