package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// needs checks that a call is refused without one of the actions, and passes with all.
func (l *limited) needs(call func() error, actions ...string) {
	l.t.Helper()
	allow := func(actions []string) {
		if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["`+strings.Join(actions, `","`)+`"],"Resource":"*"}]}`); err != nil {
			l.t.Fatal(err)
		}
	}
	for i, action := range actions {
		others := append([]string{"s3:ListBucket"}, actions[:i]...)
		allow(append(others, actions[i+1:]...))
		if err := call(); err == nil || !strings.Contains(err.Error(), "not authorized to perform: "+action) {
			l.t.Errorf("without %s: %v", action, err)
		}
	}
	allow(actions)
	if err := call(); err != nil {
		l.t.Errorf("with %v: %v", actions, err)
	}
}

// TestTagsOfWhatIsMadeNeedTheirPermission goes by
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html and the pages of the
// other services that the simulator names at their tagAction.
func TestTagsOfWhatIsMadeNeedTheirPermission(t *testing.T) {
	l := newLimited(t)
	cfg := l.ConfigFor(l.key)
	key, value := aws.String("team"), aws.String("red")
	l.needs(func() error {
		_, err := iam.NewFromConfig(cfg).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("new"), Tags: []iamtypes.Tag{{Key: key, Value: value}}})
		return err
	}, "iam:CreateUser", "iam:TagUser")
	l.needs(func() error {
		_, err := rds.NewFromConfig(cfg).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
			DBClusterIdentifier: aws.String("shop"), Engine: aws.String("aurora-mysql"), MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"),
			Tags: []rdstypes.Tag{{Key: key, Value: value}},
		})
		return err
	}, "rds:CreateDBCluster", "rds:AddTagsToResource")
	l.needs(func() error {
		_, err := cloudwatchlogs.NewFromConfig(cfg).CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/shop"), Tags: map[string]string{"team": "red"}})
		return err
	}, "logs:CreateLogGroup", "logs:TagResource")
	l.needs(func() error {
		_, err := cloudwatch.NewFromConfig(cfg).PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("a"), Namespace: aws.String("N"), MetricName: aws.String("m"), Statistic: cwtypes.StatisticSum, Period: aws.Int32(60),
			EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
			Tags: []cwtypes.Tag{{Key: key, Value: value}},
		})
		return err
	}, "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource")
	l.needs(func() error {
		_, err := lambda.NewFromConfig(cfg).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
			FunctionName: aws.String("f"), Role: aws.String(simtest.ServiceRole(t, l.Account, "f", "lambda")), Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"),
			Code: &lambdatypes.FunctionCode{ZipFile: []byte("PK\x05\x06" + strings.Repeat("\x00", 18))}, Tags: map[string]string{"team": "red"},
		})
		return err
	}, "lambda:CreateFunction", "iam:PassRole", "lambda:TagResource")
}

// TestEitherPermissionTagsANewLogGroup goes by
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func TestEitherPermissionTagsANewLogGroup(t *testing.T) {
	l := newLimited(t)
	l.needs(func() error {
		_, err := cloudwatchlogs.NewFromConfig(l.ConfigFor(l.key)).CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{
			LogGroupName: aws.String("/old"), Tags: map[string]string{"team": "red"},
		})
		if err != nil { // the refusal names the newer of the two
			return replaced{err, "logs:TagResource", "logs:TagLogGroup"}
		}
		return nil
	}, "logs:CreateLogGroup", "logs:TagLogGroup")
}

// replaced is an error with a part of its text replaced.
type replaced struct {
	error
	from, to string
}

func (r replaced) Error() string { return strings.ReplaceAll(r.error.Error(), r.from, r.to) }

// TestPassedToService lets roles be passed to Lambda alone.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService
func TestPassedToService(t *testing.T) {
	l := newLimited(t)
	for service, want := range map[string]bool{"ec2.amazonaws.com": false, "lambda.amazonaws.com": true} {
		if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"},
			{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"`+service+`"}}}]}`); err != nil {
			t.Fatal(err)
		}
		_, err := lambda.NewFromConfig(l.ConfigFor(l.key)).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
			FunctionName: aws.String("f"), Role: aws.String(simtest.ServiceRole(t, l.Account, "f", "lambda")), Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"),
			Code: &lambdatypes.FunctionCode{ZipFile: []byte("PK\x05\x06" + strings.Repeat("\x00", 18))},
		})
		if (err == nil) != want {
			t.Errorf("%s: %v", service, err)
		}
	}
}

// TestWhatAWriteGivesAnObjectNeedsItsPermission goes by "Permissions" of
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
// and https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func TestWhatAWriteGivesAnObjectNeedsItsPermission(t *testing.T) {
	l := newLimited(t)
	admin, eve, name := simtest.S3Client(l.Config()), simtest.S3Client(l.ConfigFor(l.key)), aws.String("some-bucket")
	if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, ObjectOwnership: s3types.ObjectOwnershipObjectWriter}); err != nil {
		t.Fatal(err)
	}
	put := func(in s3.PutObjectInput) func() error {
		return func() error {
			in.Bucket, in.Key, in.Body = name, aws.String("k"), strings.NewReader("x")
			_, err := eve.PutObject(t.Context(), &in)
			return err
		}
	}
	l.needs(put(s3.PutObjectInput{}), "s3:PutObject")
	l.needs(put(s3.PutObjectInput{ACL: s3types.ObjectCannedACLPrivate}), "s3:PutObject", "s3:PutObjectAcl")
	l.needs(put(s3.PutObjectInput{Tagging: aws.String("team=red")}), "s3:PutObject", "s3:PutObjectTagging")
	l.needs(func() error {
		_, err := eve.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: name, Key: aws.String("k"), Tagging: aws.String("team=red")})
		return err
	}, "s3:PutObject", "s3:PutObjectTagging")
	copied := func(directive s3types.TaggingDirective) func() error {
		return func() error {
			_, err := eve.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: name, Key: aws.String("copy"), CopySource: aws.String("some-bucket/k"), TaggingDirective: directive})
			return err
		}
	}
	l.needs(copied(s3types.TaggingDirectiveCopy), "s3:PutObject", "s3:PutObjectTagging", "s3:GetObject", "s3:GetObjectTagging")
	l.needs(copied(s3types.TaggingDirectiveReplace), "s3:PutObject", "s3:GetObject")
	l.needs(func() error {
		_, err := eve.GetObjectAttributes(t.Context(), &s3.GetObjectAttributesInput{
			Bucket: name, Key: aws.String("k"), ObjectAttributes: []s3types.ObjectAttributes{s3types.ObjectAttributesObjectSize},
		})
		return err
	}, "s3:GetObjectAttributes", "s3:GetObject")
	l.needs(func() error {
		_, err := eve.CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket: aws.String("locked-bucket"), ObjectLockEnabledForBucket: aws.Bool(true), ObjectOwnership: s3types.ObjectOwnershipObjectWriter, GrantWrite: aws.String(`uri="http://acs.amazonaws.com/groups/s3/LogDelivery"`),
		})
		return err
	}, "s3:CreateBucket", "s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:PutBucketOwnershipControls")
}

// TestBypassingRetentionNeedsItsPermission goes by
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-bypass
func TestBypassingRetentionNeedsItsPermission(t *testing.T) {
	l := newLimited(t)
	admin, eve, name := simtest.S3Client(l.Config()), simtest.S3Client(l.ConfigFor(l.key)), aws.String("locked-bucket")
	if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	l.needs(func() error {
		_, err := eve.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: name, Key: aws.String("k"), BypassGovernanceRetention: aws.Bool(true)})
		return err
	}, "s3:DeleteObject", "s3:BypassGovernanceRetention")
	if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	out, err := eve.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{
		Bucket: name, BypassGovernanceRetention: aws.Bool(true), Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{{Key: aws.String("k")}}},
	})
	if err != nil || len(out.Errors) != 1 || aws.ToString(out.Errors[0].Code) != "AccessDenied" {
		t.Error(out, err)
	}
}

// TestNamespaceKey goes by
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
func TestNamespaceKey(t *testing.T) {
	l := newLimited(t)
	l.check(func() error {
		_, err := cloudwatch.NewFromConfig(l.ConfigFor(l.key)).PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{
			Namespace: aws.String("App"), MetricData: []cwtypes.MetricDatum{{MetricName: aws.String("m"), Value: aws.Float64(1)}},
		})
		return err
	}, map[string]bool{`{"StringEquals":{"cloudwatch:namespace":"App"}}`: true, `{"StringEquals":{"cloudwatch:namespace":"Other"}}`: false})
}

// TestDatabaseKeys goes by
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.Conditions.Examples.html
func TestDatabaseKeys(t *testing.T) {
	l := newLimited(t)
	client, names := rds.NewFromConfig(l.ConfigFor(l.key)), 0
	create := func(c *rds.Client) error {
		_, err := c.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(fmt.Sprint("shop-", names)), Engine: aws.String("postgres"), DBInstanceClass: aws.String("db.t3.micro"), AllocatedStorage: aws.Int32(20),
			MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"), Tags: []rdstypes.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
		})
		names++
		return err
	}
	if err := create(rds.NewFromConfig(l.Config())); err != nil {
		t.Fatal(err)
	}
	l.check(func() error { return create(client) }, map[string]bool{
		`{"StringEquals":{"rds:DatabaseEngine":"postgres","rds:DatabaseClass":"db.t3.micro"},"Bool":{"rds:MultiAz":"false"},"NumericLessThan":{"rds:StorageSize":"21"}}`: true,
		`{"StringEquals":{"rds:req-tag/team":"red"},"Bool":{"rds:StorageEncrypted":"false","rds:Vpc":"true"},"Null":{"rds:Piops":"true"}}`:                               true,
		`{"StringEquals":{"rds:DatabaseEngine":"mysql"}}`: false, `{"NumericLessThan":{"rds:StorageSize":"20"}}`: false,
	})
	l.check(func() error {
		_, err := client.AddTagsToResource(t.Context(), &rds.AddTagsToResourceInput{
			ResourceName: aws.String("arn:aws:rds:us-east-1:" + simtest.Account + ":db:shop-0"), Tags: []rdstypes.Tag{{Key: aws.String("x"), Value: aws.String("y")}},
		})
		return err
	}, map[string]bool{`{"StringEquals":{"rds:db-tag/team":"red","rds:DatabaseEngine":"postgres","rds:req-tag/x":"y"}}`: true, `{"StringEquals":{"rds:db-tag/team":"blue"}}`: false})
}

// TestDatabasesAreNamedInLowerCase keeps a denial of a database from being passed by
// other letters.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
func TestDatabasesAreNamedInLowerCase(t *testing.T) {
	l := newLimited(t)
	if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rds:*","Resource":"*"},{"Effect":"Deny","Action":"rds:*","Resource":"arn:aws:rds:*:*:db:shop"}]}`); err != nil {
		t.Fatal(err)
	}
	_, err := rds.NewFromConfig(l.ConfigFor(l.key)).DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("SHOP")})
	simtest.WantCode(t, err, "AccessDenied", "explicit deny")
}
