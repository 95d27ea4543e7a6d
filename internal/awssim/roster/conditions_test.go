package roster_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awssim"
	simsecrets "github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// limited is a user whose one statement allows everything on a condition.
type limited struct {
	*simtest.Sim
	t    *testing.T
	user *awssim.User
	key  *awssim.Credential
}

func newLimited(t *testing.T) *limited {
	t.Helper()
	sim := simtest.Start(t)
	user := sim.Account.AddUser("eve")
	user.Tags = map[string]string{"team": "red"}
	return &limited{sim, t, user, user.NewKey()}
}

// when puts the condition.
func (l *limited) when(condition string) {
	l.t.Helper()
	if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+condition+`}]}`); err != nil {
		l.t.Fatal(err)
	}
}

// check calls under each condition, which holds or does not.
func (l *limited) check(call func() error, holds map[string]bool) {
	l.t.Helper()
	for condition, want := range holds {
		l.when(condition)
		if err := call(); (err == nil) != want {
			l.t.Errorf("%s: %v", condition, err)
		}
	}
}

// buckets lists buckets with headers.
func buckets(ctx context.Context, cfg aws.Config, headers ...string) func() error {
	client := simtest.S3Client(cfg)
	return func() error {
		_, err := client.ListBuckets(ctx, nil, func(o *s3.Options) {
			for i := 0; i < len(headers); i += 2 {
				o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
					return smithyhttp.AddHeaderValue(headers[i], headers[i+1])(s)
				})
			}
		})
		return err
	}
}

// TestNetworkKeys asks for the keys of where a request comes from.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
func TestNetworkKeys(t *testing.T) {
	l := newLimited(t)
	cfg := l.ConfigFor(l.key)
	l.check(buckets(t.Context(), cfg), map[string]bool{
		`{"Bool":{"aws:SecureTransport":"true"}}`: true, `{"IpAddress":{"aws:SourceIp":"127.0.0.1"}}`: true,
		`{"Null":{"aws:SourceVpce":"true","aws:SourceVpc":"true"}}`: true,
	})
	l.check(buckets(t.Context(), cfg, "X-Sim-Source-Ip", "203.0.113.7", "X-Sim-Secure-Transport", "false"), map[string]bool{
		`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`: true, `{"Bool":{"aws:SecureTransport":"true"}}`: false,
	})
	l.check(buckets(t.Context(), cfg, "X-Sim-Source-Vpce", "vpce-1a2b3c4d", "X-Sim-Source-Vpc", "vpc-1", "X-Sim-Source-Ip", "10.0.0.7"), map[string]bool{
		`{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d","aws:SourceVpc":"vpc-1"}}`: true,
		`{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}`:                              true, `{"Null":{"aws:SourceIp":"false"}}`: false,
	})
}

// TestSessionKeys asks for the keys that only sessions have, and their age.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
func TestSessionKeys(t *testing.T) {
	l := newLimited(t)
	principal := `{"StringEquals":{"aws:PrincipalTag/team":"red","aws:PrincipalType":"User","aws:username":"eve","aws:PrincipalAccount":"` + simtest.Account +
		`","aws:PrincipalArn":"arn:aws:iam::` + simtest.Account + `:user/eve","aws:userid":"` + l.user.ID + `"}}`
	none := `{"Null":{"aws:TokenIssueTime":"true","aws:MultiFactorAuthPresent":"true","aws:MultiFactorAuthAge":"true"}}`
	l.check(buckets(t.Context(), l.ConfigFor(l.key)), map[string]bool{none: true, principal: true})
	session := func(in *sts.GetSessionTokenInput) aws.Config {
		out, err := sts.NewFromConfig(l.ConfigFor(l.key)).GetSessionToken(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return l.ConfigFor(credential(out.Credentials))
	}
	l.check(buckets(t.Context(), session(nil)), map[string]bool{
		none: false, principal: true, `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`: true, `{"Null":{"aws:MultiFactorAuthAge":"true"}}`: true,
		`{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}`: true,
	})
	withMFA := session(&sts.GetSessionTokenInput{SerialNumber: aws.String(l.device()), TokenCode: aws.String("123456")})
	const young = `{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`
	l.check(buckets(t.Context(), withMFA), map[string]bool{young: true})
	l.Clock.Advance(2 * time.Hour)
	l.check(buckets(t.Context(), withMFA), map[string]bool{young: false, `{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`: true})
}

// device is an MFA device of the user.
func (l *limited) device() string {
	l.user.AddMFA()
	return "arn:aws:iam::" + simtest.Account + ":mfa/eve"
}

func credential(c *ststypes.Credentials) *awssim.Credential {
	return &awssim.Credential{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}

// TestFederatedProvider checks that the session of a web identity names its provider.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-federatedprovider
func TestFederatedProvider(t *testing.T) {
	sim := simtest.Start(t)
	issuer := sim.AddIssuer("https://tokens.example.com")
	provider := sim.Account.AddOIDCProvider(issuer, "sts.amazonaws.com")
	role, err := sim.Account.AddRole("web", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"`+provider+`"},"Action":"sts:AssumeRoleWithWebIdentity",
		"Condition":{"StringEquals":{"tokens.example.com:sub":"app"}}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := role.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:FederatedProvider":"`+provider+`"}}}]}`); err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token(map[string]any{"sub": "app", "aud": "sts.amazonaws.com", "exp": time.Now().Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	out, err := sts.NewFromConfig(sim.Config()).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &role.ARN, RoleSessionName: aws.String("app"), WebIdentityToken: &token,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := buckets(t.Context(), sim.ConfigFor(credential(out.Credentials)))(); err != nil {
		t.Error(err)
	}
	if err := buckets(t.Context(), sim.ConfigFor(role.NewSession("s", time.Hour)))(); err == nil {
		t.Error("a session without a provider has the key")
	}
}

// TestS3Keys asks for the keys of objects and of what requests pass.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
func TestS3Keys(t *testing.T) {
	l := newLimited(t)
	admin, eve, name, key := simtest.S3Client(l.Config()), simtest.S3Client(l.ConfigFor(l.key)), aws.String("some-bucket"), aws.String("k")
	if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, ObjectOwnership: types.ObjectOwnershipObjectWriter}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
	put, err := admin.PutObject(t.Context(), &s3.PutObjectInput{Bucket: name, Key: key, Body: strings.NewReader("x"), Tagging: aws.String("team=red")})
	if err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := eve.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: name, Key: key, VersionId: put.VersionId})
		return err
	}, map[string]bool{
		`{"StringEquals":{"s3:ExistingObjectTag/team":"red","s3:VersionId":"` + *put.VersionId + `"}}`:                                                                                                                          true,
		`{"StringEquals":{"s3:authType":"REST-HEADER","s3:signatureversion":"AWS4-HMAC-SHA256","s3:ResourceAccount":"` + simtest.Account + `"},"NumericGreaterThan":{"s3:TlsVersion":"1.1"},"Null":{"s3:signatureAge":"true"}}`: true,
		`{"StringEquals":{"s3:ExistingObjectTag/team":"blue"}}`: false, `{"StringEquals":{"s3:VersionId":"other"}}`: false,
	})
	l.check(func() error {
		_, err := eve.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: name, Key: key, Body: strings.NewReader("y"), Tagging: aws.String("team=red"), ACL: types.ObjectCannedACLPrivate,
		})
		return err
	}, map[string]bool{
		`{"StringEquals":{"s3:RequestObjectTag/team":"red"},"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"team"}}`: true,
		`{"StringEquals":{"s3:x-amz-acl":"private"}}`: true, `{"StringEquals":{"s3:RequestObjectTag/team":"blue"}}`: false,
	})
	l.check(func() error {
		_, err := eve.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: name, Prefix: aws.String("home/"), Delimiter: aws.String("/")})
		return err
	}, map[string]bool{`{"StringEquals":{"s3:prefix":"home/","s3:delimiter":"/"}}`: true, `{"StringEquals":{"s3:prefix":""}}`: false})
	l.check(func() error {
		_, err := eve.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: name, ACL: types.BucketCannedACLPrivate})
		return err
	}, map[string]bool{`{"StringEquals":{"s3:x-amz-acl":"private"}}`: true, `{"StringEquals":{"s3:x-amz-acl":"public-read"}}`: false})
}

// TestTagKeys asks for the tags of resources and of requests.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
func TestTagKeys(t *testing.T) {
	l := newLimited(t)
	admin, eve := ec2.NewFromConfig(l.Config()), ec2.NewFromConfig(l.ConfigFor(l.key))
	images, err := admin.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatal(images, err)
	}
	run := &ec2.RunInstancesInput{
		ImageId: images.Images[0].ImageId, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: ec2types.InstanceTypeT3Micro,
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeInstance, Tags: []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}}},
	}
	made, err := admin.RunInstances(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := eve.RunInstances(t.Context(), run)
		return err
	}, map[string]bool{
		`{"StringEqualsIfExists":{"aws:RequestTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":"team"}}`: true, `{"StringEqualsIfExists":{"aws:RequestTag/team":"blue"}}`: false,
	})
	l.Clock.Advance(5 * time.Minute)
	l.check(func() error {
		_, err := eve.RebootInstances(t.Context(), &ec2.RebootInstancesInput{InstanceIds: []string{*made.Instances[0].InstanceId}})
		return err
	}, map[string]bool{`{"StringEquals":{"aws:ResourceTag/team":"red","ec2:ResourceTag/team":"red","ec2:InstanceType":"t3.micro"}}`: true, `{"StringEquals":{"aws:ResourceTag/team":"blue"}}`: false})

	function := &lambda.CreateFunctionInput{
		FunctionName: aws.String("f"), Role: aws.String(simtest.ServiceRole(t, l.Account, "f", "lambda")), Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"),
		Code: &lambdatypes.FunctionCode{ZipFile: []byte("PK\x05\x06" + strings.Repeat("\x00", 18))}, Tags: map[string]string{"team": "red"},
	}
	if _, err := lambda.NewFromConfig(l.Config()).CreateFunction(t.Context(), function); err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := lambda.NewFromConfig(l.ConfigFor(l.key)).GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
		return err
	}, map[string]bool{`{"StringEquals":{"aws:ResourceTag/team":"red"}}`: true, `{"StringEquals":{"aws:ResourceTag/team":"blue"}}`: false})

	if _, err := rds.NewFromConfig(l.Config()).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("shop"), Engine: aws.String("aurora-mysql"), MasterUsername: aws.String("root"), MasterUserPassword: aws.String("not-a-real-one"),
		Tags: []rdstypes.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
	}); err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := rds.NewFromConfig(l.ConfigFor(l.key)).DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("shop")})
		return err
	}, map[string]bool{`{"StringEquals":{"aws:ResourceTag/team":"red","rds:cluster-tag/team":"red"}}`: true, `{"StringEquals":{"rds:cluster-tag/team":"blue"}}`: false})

	if _, err := cloudwatchlogs.NewFromConfig(l.Config()).CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: aws.String("/shop"), Tags: map[string]string{"team": "red"},
	}); err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := cloudwatchlogs.NewFromConfig(l.ConfigFor(l.key)).DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: aws.String("/shop")})
		return err
	}, map[string]bool{`{"StringEquals":{"aws:ResourceTag/team":"red"}}`: true, `{"StringEquals":{"aws:ResourceTag/team":"blue"}}`: false})

	simsecrets.Put(l.World, simtest.Account, "us-east-1", "database", "v")
	if _, err := secretsmanager.NewFromConfig(l.Config()).TagResource(t.Context(), &secretsmanager.TagResourceInput{
		SecretId: aws.String("database"), Tags: []secretstypes.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
	}); err != nil {
		t.Fatal(err)
	}
	l.check(func() error {
		_, err := secretsmanager.NewFromConfig(l.ConfigFor(l.key)).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("database"), VersionStage: aws.String("AWSCURRENT")})
		return err
	}, map[string]bool{
		`{"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT","secretsmanager:SecretId":"database"}}`: true, `{"StringEquals":{"secretsmanager:VersionStage":"AWSPREVIOUS"}}`: false,
		`{"StringEquals":{"aws:ResourceTag/team":"red","secretsmanager:ResourceTag/team":"red"}}`: true, `{"StringEquals":{"aws:ResourceTag/team":"blue"}}`: false,
	})
}

// TestTaggingNamesTheResource allows to tag VPCs alone.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-CreateTags
func TestTaggingNamesTheResource(t *testing.T) {
	l := newLimited(t)
	if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:aws:ec2:*:*:vpc/*"}]}`); err != nil {
		t.Fatal(err)
	}
	vpcs, err := ec2.NewFromConfig(l.Config()).DescribeVpcs(t.Context(), nil)
	if err != nil || len(vpcs.Vpcs) == 0 {
		t.Fatal(vpcs, err)
	}
	tag := func(id string) error {
		_, err := ec2.NewFromConfig(l.ConfigFor(l.key)).CreateTags(t.Context(), &ec2.CreateTagsInput{
			Resources: []string{id}, Tags: []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
		})
		return err
	}
	if err := tag(*vpcs.Vpcs[0].VpcId); err != nil {
		t.Error(err)
	}
	simtest.WantCode(t, tag("subnet-0123456789abcdef0"), "UnauthorizedOperation", "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:"+simtest.Account+":subnet/subnet-0123456789abcdef0")
}
