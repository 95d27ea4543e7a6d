package roster_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// emptyZip is a deployment package without files.
func emptyZip() *lambdatypes.FunctionCode {
	return &lambdatypes.FunctionCode{ZipFile: append([]byte("PK\x05\x06"), make([]byte, 18)...)}
}

// TestFunctionRoles gives functions roles that Lambda can and can't assume.
//
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func TestFunctionRoles(t *testing.T) {
	sim := simtest.Start(t)
	trust := func(name, condition string) string {
		role, err := sim.Account.AddRole(name, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":`+condition+`}}`)
		if err != nil {
			t.Fatal(err)
		}
		return role.ARN
	}
	good := simtest.ServiceRole(t, sim.Account, "good", "lambda")
	const lacking, foreign = "InvalidParameterValueException", "AccessDeniedException"
	client := lambda.NewFromConfig(sim.Config())
	if _, err := client.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String("there"), Role: &good, Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"), Code: emptyZip(),
	}); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ role, code string }{
		"trusts Lambda":                {good, ""},
		"trusts it for the account":    {trust("account", `{"StringEquals":{"aws:SourceAccount":"`+simtest.Account+`"}}`), ""},
		"trusts it for the function":   {trust("function", `{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:*:function:*"}}`), ""},
		"trusts it for another's":      {trust("another", `{"StringEquals":{"aws:SourceAccount":"444455556666"}}`), lacking},
		"does not exist":               {"arn:aws:iam::" + simtest.Account + ":role/none", lacking},
		"has another path":             {"arn:aws:iam::" + simtest.Account + ":role/service-role/good", lacking},
		"trusts EC2":                   {simtest.ServiceRole(t, sim.Account, "machine", "ec2"), lacking},
		"is in another account":        {simtest.ServiceRole(t, sim.AddAccount("444455556666", "other"), "good", "lambda"), foreign},
		"is in an account of nobody's": {"arn:aws:iam::999999999999:role/good", foreign},
	} {
		t.Run(name, func(t *testing.T) {
			sim.Clock.Advance(time.Minute)
			_, created := client.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
				FunctionName: aws.String("new"), Role: &tt.role, Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"), Code: emptyZip(),
			})
			_, updated := client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("there"), Role: &tt.role})
			for what, err := range map[string]error{"created": created, "updated": updated} {
				switch {
				case tt.code != "":
					simtest.WantCode(t, err, tt.code, map[string]string{lacking: "The role defined for the function cannot be assumed by Lambda.", foreign: "Cross-account pass role is not allowed."}[tt.code])
				case err != nil:
					t.Error(what, err)
				}
			}
			_, _ = client.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: aws.String("new")})
		})
	}
}

// TestInstanceProfilesMustExist goes by
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
func TestInstanceProfilesMustExist(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Propagation: time.Minute})
	simtest.ServiceRole(t, sim.Account, "machine", "ec2")
	admin := iam.NewFromConfig(sim.Config())
	profile := func(name string) *iam.CreateInstanceProfileOutput {
		t.Helper()
		made, err := admin.CreateInstanceProfile(t.Context(), &iam.CreateInstanceProfileInput{InstanceProfileName: &name})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	made := profile("machines").InstanceProfile
	profile("empty")
	if _, err := admin.AddRoleToInstanceProfile(t.Context(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: made.InstanceProfileName, RoleName: aws.String("machine")}); err != nil {
		t.Fatal(err)
	}
	client := ec2.NewFromConfig(sim.Config())
	images, err := client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatal(images, err)
	}
	run := func(spec ec2types.IamInstanceProfileSpecification) (*ec2.RunInstancesOutput, error) {
		return client.RunInstances(t.Context(), &ec2.RunInstancesInput{
			ImageId: images.Images[0].ImageId, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), IamInstanceProfile: &spec,
		})
	}
	named, byARN := ec2types.IamInstanceProfileSpecification{Name: made.InstanceProfileName}, ec2types.IamInstanceProfileSpecification{Arn: made.Arn}
	_, err = run(named)
	simtest.WantCode(t, err, "InvalidParameterValue", "Value (machines) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
	sim.Clock.Advance(2 * time.Minute)
	for _, spec := range []ec2types.IamInstanceProfileSpecification{named, byARN} {
		out, err := run(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Instances[0].IamInstanceProfile; *got.Arn != *made.Arn || *got.Id != *made.InstanceProfileId {
			t.Errorf("the instance has %s, %s; want %s, %s", *got.Arn, *got.Id, *made.Arn, *made.InstanceProfileId)
		}
	}
	for name, tt := range map[string]struct {
		spec       ec2types.IamInstanceProfileSpecification
		code, text string
	}{
		"no such name":         {ec2types.IamInstanceProfileSpecification{Name: aws.String("machine")}, "InvalidParameterValue", "Value (machine) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"},
		"no such ARN":          {ec2types.IamInstanceProfileSpecification{Arn: aws.String("arn:aws:iam::" + simtest.Account + ":instance-profile/none")}, "InvalidParameterValue", "parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN"},
		"another account's":    {ec2types.IamInstanceProfileSpecification{Arn: aws.String("arn:aws:iam::444455556666:instance-profile/machines")}, "InvalidParameterValue", "iamInstanceProfile.arn"},
		"an ARN as a name":     {ec2types.IamInstanceProfileSpecification{Name: made.Arn}, "InvalidParameterValue", "iamInstanceProfile.name"},
		"a profile of no role": {ec2types.IamInstanceProfileSpecification{Name: aws.String("empty")}, "InvalidParameterValue", "has no associated IAM Roles"},
		"both":                 {ec2types.IamInstanceProfileSpecification{Name: made.InstanceProfileName, Arn: made.Arn}, "InvalidParameterCombination", "may not be used in combination"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(tt.spec)
			simtest.WantCode(t, err, tt.code, tt.text)
		})
	}
}

// TestMonitoringRoles goes by
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
func TestMonitoringRoles(t *testing.T) {
	l := newLimited(t)
	good := simtest.ServiceRole(t, l.Account, "monitor", "monitoring.rds")
	client := rds.NewFromConfig(l.Config())
	create := func(client *rds.Client, name, role string) error {
		_, err := client.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: &name, Engine: aws.String("postgres"), DBInstanceClass: aws.String("db.t3.micro"), AllocatedStorage: aws.Int32(20),
			MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"), MonitoringInterval: aws.Int32(60), MonitoringRoleArn: &role,
		})
		return err
	}
	if err := create(client, "shop", good); err != nil {
		t.Fatal(err)
	}
	l.Clock.Advance(time.Hour)
	l.needs(func() error { return create(rds.NewFromConfig(l.ConfigFor(l.key)), "other", good) }, "rds:CreateDBInstance", "iam:PassRole")
	if _, err := client.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("shop"), Engine: aws.String("aurora-mysql"), MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"),
	}); err != nil {
		t.Fatal(err)
	}
	l.Clock.Advance(time.Hour)
	for name, role := range map[string]string{
		"does not exist":  "arn:aws:iam::" + simtest.Account + ":role/none",
		"trusts RDS only": simtest.ServiceRole(t, l.Account, "rds", "rds"),
		"is another's":    simtest.ServiceRole(t, l.AddAccount("444455556666", "other"), "monitor", "monitoring.rds"),
	} {
		t.Run(name, func(t *testing.T) {
			_, modified := client.ModifyDBInstance(t.Context(), &rds.ModifyDBInstanceInput{DBInstanceIdentifier: aws.String("shop"), MonitoringRoleArn: &role})
			_, clusters := client.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
				DBClusterIdentifier: aws.String("new"), Engine: aws.String("aurora-mysql"), MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"), MonitoringInterval: aws.Int32(60), MonitoringRoleArn: &role,
			})
			_, changed := client.ModifyDBCluster(t.Context(), &rds.ModifyDBClusterInput{DBClusterIdentifier: aws.String("shop"), MonitoringInterval: aws.Int32(60), MonitoringRoleArn: &role})
			for _, err := range []error{create(client, "new", role), modified, clusters, changed} {
				simtest.WantCode(t, err, "InvalidParameterValue", "ENHANCED_MONITORING")
			}
		})
	}
}

// TestMonitoringNeedsRoleAndInterval changes an instance that is monitored and one that is
// not.
func TestMonitoringNeedsRoleAndInterval(t *testing.T) {
	sim := simtest.Start(t)
	role := simtest.ServiceRole(t, sim.Account, "monitor", "monitoring.rds")
	client := rds.NewFromConfig(sim.Config())
	for name, in := range map[string]rds.CreateDBInstanceInput{"plain": {}, "monitored": {MonitoringInterval: aws.Int32(60), MonitoringRoleArn: &role}} {
		in.DBInstanceIdentifier, in.Engine, in.DBInstanceClass, in.AllocatedStorage = &name, aws.String("postgres"), aws.String("db.t3.micro"), aws.Int32(20)
		in.MasterUsername, in.MasterUserPassword = aws.String("root"), aws.String("not-a-real-one")
		if _, err := client.CreateDBInstance(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, text string
		in         rds.ModifyDBInstanceInput
	}{
		{"plain", "A MonitoringRoleARN value is required", rds.ModifyDBInstanceInput{MonitoringInterval: aws.Int32(15)}},
		{"plain", "You must specify a MonitoringInterval value", rds.ModifyDBInstanceInput{MonitoringRoleArn: &role}},
		{"plain", "You must specify a MonitoringInterval value", rds.ModifyDBInstanceInput{MonitoringInterval: aws.Int32(0), MonitoringRoleArn: &role}},
		{"plain", "", rds.ModifyDBInstanceInput{BackupRetentionPeriod: aws.Int32(3)}},
		{"monitored", "", rds.ModifyDBInstanceInput{MonitoringInterval: aws.Int32(15)}},
		{"monitored", "", rds.ModifyDBInstanceInput{MonitoringInterval: aws.Int32(0)}},
	} {
		sim.Clock.Advance(time.Hour)
		tt.in.DBInstanceIdentifier, tt.in.ApplyImmediately = &tt.name, aws.Bool(true)
		_, err := client.ModifyDBInstance(t.Context(), &tt.in)
		if tt.text != "" {
			simtest.WantCode(t, err, "InvalidParameterCombination", tt.text)
		} else if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestReplicationPassesItsRole goes by
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
func TestReplicationPassesItsRole(t *testing.T) {
	l := newLimited(t)
	admin, eve, name := simtest.S3Client(l.Config()), simtest.S3Client(l.ConfigFor(l.key)), aws.String("some-bucket")
	if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}}); err != nil {
		t.Fatal(err)
	}
	role := simtest.ServiceRole(t, l.Account, "replicate", "s3")
	l.needs(func() error {
		_, err := eve.PutBucketReplication(t.Context(), &s3.PutBucketReplicationInput{Bucket: name, ReplicationConfiguration: &s3types.ReplicationConfiguration{
			Role: &role, Rules: []s3types.ReplicationRule{{Status: s3types.ReplicationRuleStatusEnabled, Destination: &s3types.Destination{Bucket: aws.String("arn:aws:s3:::other")}}},
		}})
		return err
	}, "s3:PutReplicationConfiguration", "iam:PassRole")
}
