package roster_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// tagging is a call that gives a tag with a key.
type tagging func(t *testing.T, cfg aws.Config, key string) error

// refusal is the answer to reserved keys: a code, and a part of the message.
type refusal struct{ code, text string }

// TestReservedTags gives tags whose keys only AWS may use, by every operation that takes
// tags. World.Check requires an answer of every service that does.
func TestReservedTags(t *testing.T) {
	sim := simtest.Start(t)
	bucket := aws.String("some-bucket")
	if _, err := simtest.S3Client(sim.Config()).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := simtest.S3Client(sim.Config()).PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k")}); err != nil {
		t.Fatal(err)
	}
	for _, service := range []struct {
		name   string
		want   refusal
		prefix []string
		calls  map[string]tagging
	}{
		{"iam", refusal{"InvalidInput", "begin with aws:"}, nil, iamTagging()},
		{"sts", refusal{"InvalidParameterValue", "begin with aws:"}, nil, stsTagging()},
		{"ec2", refusal{"InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"}, nil, ec2Tagging()},
		{"rds", refusal{"InvalidParameterValue", "Tag keys cannot start with the reserved prefix"}, []string{"rds:", "RDS:"}, rdsTagging()},
		{"lambda", refusal{"InvalidParameterValueException", "begin with aws:"}, nil, lambdaTagging()},
		{"logs", refusal{"InvalidParameterException", "begin with aws:"}, nil, logsTagging()},
		{"cloudwatch", refusal{"InvalidParameterValue", "aws: prefixed tag key names are not allowed for external use"}, nil, cloudwatchTagging()},
		{"secretsmanager", refusal{"InvalidParameterException", "begin with aws:"}, nil, secretsTagging()},
		{"organizations", refusal{"InvalidInputException", "system tag"}, nil, organizationsTagging()},
		{"sso-admin", refusal{"ValidationException", "begin with aws:"}, nil, ssoTagging()},
		{"s3", refusal{"InvalidTag", "System tags cannot be added/updated by requester"}, nil, s3Tagging()},
	} {
		for name, call := range service.calls {
			for _, prefix := range append([]string{"aws:", "AWS:", "Aws:"}, service.prefix...) {
				t.Run(service.name+"/"+name+"/"+prefix, func(t *testing.T) {
					simtest.WantCode(t, call(t, sim.Config(), prefix+"team"), service.want.code, service.want.text)
				})
			}
			t.Run(service.name+"/"+name+"/other", func(t *testing.T) {
				err := call(t, sim.Config(), "team:aws:rds:")
				if err != nil && strings.Contains(err.Error(), service.want.text) {
					t.Error(err)
				}
			})
		}
	}
}

// TestSystemTagsSayTheirReason reads the reason that Organizations gives, and removes a
// tag that only AWS removes.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html#API_TagResource_Errors
func TestSystemTagsSayTheirReason(t *testing.T) {
	sim := simtest.Start(t)
	client := organizations.NewFromConfig(sim.Config())
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	root, err := client.ListRoots(t.Context(), &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	_, added := client.TagResource(t.Context(), &organizations.TagResourceInput{
		ResourceId: root.Roots[0].Id, Tags: []orgtypes.Tag{{Key: aws.String("Aws:x"), Value: aws.String("y")}},
	})
	_, removed := client.UntagResource(t.Context(), &organizations.UntagResourceInput{ResourceId: root.Roots[0].Id, TagKeys: []string{"aws:x"}})
	for what, err := range map[string]error{"added": added, "removed": removed} {
		var invalid *orgtypes.InvalidInputException
		if !errors.As(err, &invalid) || invalid.Reason != orgtypes.InvalidInputExceptionReasonInvalidSystemTagsParameter {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func iamTagging() map[string]tagging {
	const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`
	const policy = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	const arn = "arn:aws:iam::" + simtest.Account + ":"
	name := aws.String("some")
	tags := func(key string) []iamtypes.Tag { return []iamtypes.Tag{{Key: &key, Value: aws.String("v")}} }
	with := func(f func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error) tagging {
		return func(t *testing.T, cfg aws.Config, key string) error { return f(t, iam.NewFromConfig(cfg), tags(key)) }
	}
	return map[string]tagging{
		"CreateUser": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name, Tags: tags})
			return err
		}),
		"CreateRole": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trust), Tags: tags})
			return err
		}),
		"CreatePolicy": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: name, PolicyDocument: aws.String(policy), Tags: tags})
			return err
		}),
		"CreateInstanceProfile": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateInstanceProfile(t.Context(), &iam.CreateInstanceProfileInput{InstanceProfileName: name, Tags: tags})
			return err
		}),
		"CreateVirtualMFADevice": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: name, Tags: tags})
			return err
		}),
		"CreateOpenIDConnectProvider": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://idp.example.com"), Tags: tags})
			return err
		}),
		"CreateSAMLProvider": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: name, SAMLMetadataDocument: aws.String(strings.Repeat("x", 1000)), Tags: tags})
			return err
		}),
		"TagUser": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagUser(t.Context(), &iam.TagUserInput{UserName: name, Tags: tags})
			return err
		}),
		"TagRole": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagRole(t.Context(), &iam.TagRoleInput{RoleName: name, Tags: tags})
			return err
		}),
		"TagPolicy": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagPolicy(t.Context(), &iam.TagPolicyInput{PolicyArn: aws.String(arn + "policy/some"), Tags: tags})
			return err
		}),
		"TagInstanceProfile": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagInstanceProfile(t.Context(), &iam.TagInstanceProfileInput{InstanceProfileName: name, Tags: tags})
			return err
		}),
		"TagMFADevice": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagMFADevice(t.Context(), &iam.TagMFADeviceInput{SerialNumber: aws.String(arn + "mfa/some"), Tags: tags})
			return err
		}),
		"TagOpenIDConnectProvider": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagOpenIDConnectProvider(t.Context(), &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(arn + "oidc-provider/idp.example.com"), Tags: tags})
			return err
		}),
		"TagSAMLProvider": with(func(t *testing.T, c *iam.Client, tags []iamtypes.Tag) error {
			_, err := c.TagSAMLProvider(t.Context(), &iam.TagSAMLProviderInput{SAMLProviderArn: aws.String(arn + "saml-provider/some"), Tags: tags})
			return err
		}),
	}
}

func stsTagging() map[string]tagging {
	return map[string]tagging{
		"AssumeRole": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{
				RoleArn: aws.String("arn:aws:iam::" + simtest.Account + ":role/some"), RoleSessionName: aws.String("some"), Tags: []ststypes.Tag{{Key: &key, Value: aws.String("v")}},
			})
			return err
		},
		"GetFederationToken": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := sts.NewFromConfig(cfg).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("some"), Tags: []ststypes.Tag{{Key: &key, Value: aws.String("v")}}})
			return err
		},
	}
}

func ec2Tagging() map[string]tagging {
	return map[string]tagging{
		"RunInstances": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ec2.NewFromConfig(cfg).RunInstances(t.Context(), &ec2.RunInstancesInput{
				ImageId: aws.String("ami-0123456789abcdef0"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), TagSpecifications: []ec2types.TagSpecification{
					{ResourceType: ec2types.ResourceTypeInstance, Tags: []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("v")}}},
					{ResourceType: ec2types.ResourceTypeVolume, Tags: []ec2types.Tag{{Key: &key, Value: aws.String("v")}}},
				},
			})
			return err
		},
		"CreateTags": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ec2.NewFromConfig(cfg).CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: []string{"i-0123456789abcdef0"}, Tags: []ec2types.Tag{{Key: &key, Value: aws.String("v")}}})
			return err
		},
	}
}

func rdsTagging() map[string]tagging {
	tags := func(key string) []rdstypes.Tag { return []rdstypes.Tag{{Key: &key, Value: aws.String("v")}} }
	return map[string]tagging{
		"CreateDBInstance": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := rds.NewFromConfig(cfg).CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
				DBInstanceIdentifier: aws.String("some"), DBInstanceClass: aws.String("db.t3.micro"), Engine: aws.String("none"), Tags: tags(key),
			})
			return err
		},
		"CreateDBInstance by specification": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := rds.NewFromConfig(cfg).CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
				DBInstanceIdentifier: aws.String("some"), DBInstanceClass: aws.String("db.t3.micro"), Engine: aws.String("none"), TagSpecifications: []rdstypes.TagSpecification{{Tags: tags(key)}},
			})
			return err
		},
		"CreateDBCluster": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := rds.NewFromConfig(cfg).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: aws.String("some"), Engine: aws.String("none"), Tags: tags(key)})
			return err
		},
		"AddTagsToResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := rds.NewFromConfig(cfg).AddTagsToResource(t.Context(), &rds.AddTagsToResourceInput{ResourceName: aws.String("arn:aws:rds:us-east-1:" + simtest.Account + ":db:some"), Tags: tags(key)})
			return err
		},
	}
}

func lambdaTagging() map[string]tagging {
	return map[string]tagging{
		"CreateFunction": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := lambda.NewFromConfig(cfg).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
				FunctionName: aws.String("some"), Role: aws.String("arn:aws:iam::" + simtest.Account + ":role/some"), Runtime: lambdatypes.RuntimePython312, Handler: aws.String("f.f"),
				Code: emptyZip(), Tags: map[string]string{"team": "v", key: "v"},
			})
			return err
		},
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := lambda.NewFromConfig(cfg).TagResource(t.Context(), &lambda.TagResourceInput{Resource: aws.String("arn:aws:lambda:us-east-1:" + simtest.Account + ":function:some"), Tags: map[string]string{key: "v"}})
			return err
		},
	}
}

func logsTagging() map[string]tagging {
	return map[string]tagging{
		"CreateLogGroup": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := cloudwatchlogs.NewFromConfig(cfg).CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("some"), Tags: map[string]string{key: "v"}})
			return err
		},
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := cloudwatchlogs.NewFromConfig(cfg).TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{ResourceArn: aws.String("arn:aws:logs:us-east-1:" + simtest.Account + ":log-group:some"), Tags: map[string]string{key: "v"}})
			return err
		},
		"TagLogGroup": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := cloudwatchlogs.NewFromConfig(cfg).TagLogGroup(t.Context(), &cloudwatchlogs.TagLogGroupInput{LogGroupName: aws.String("some"), Tags: map[string]string{key: "v"}}) //nolint:staticcheck // SA1019: clients still use it
			return err
		},
	}
}

func cloudwatchTagging() map[string]tagging {
	tags := func(key string) []cwtypes.Tag { return []cwtypes.Tag{{Key: &key, Value: aws.String("v")}} }
	return map[string]tagging{
		"PutMetricAlarm": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := cloudwatch.NewFromConfig(cfg).PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String("some"), Namespace: aws.String("N"), MetricName: aws.String("m"), Statistic: cwtypes.StatisticSum, Period: aws.Int32(60),
				EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Tags: tags(key),
			})
			return err
		},
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := cloudwatch.NewFromConfig(cfg).TagResource(t.Context(), &cloudwatch.TagResourceInput{ResourceARN: aws.String("arn:aws:cloudwatch:us-east-1:" + simtest.Account + ":alarm:some"), Tags: tags(key)})
			return err
		},
	}
}

func secretsTagging() map[string]tagging {
	return map[string]tagging{
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := secretsmanager.NewFromConfig(cfg).TagResource(t.Context(), &secretsmanager.TagResourceInput{SecretId: aws.String("some"), Tags: []secretstypes.Tag{{Key: &key, Value: aws.String("v")}}})
			return err
		},
	}
}

func organizationsTagging() map[string]tagging {
	tags := func(key string) []orgtypes.Tag { return []orgtypes.Tag{{Key: &key, Value: aws.String("v")}} }
	return map[string]tagging{
		"CreateAccount": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := organizations.NewFromConfig(cfg).CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("some"), Email: aws.String("some@example.com"), Tags: tags(key)})
			return err
		},
		"CreateOrganizationalUnit": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := organizations.NewFromConfig(cfg).CreateOrganizationalUnit(t.Context(), &organizations.CreateOrganizationalUnitInput{ParentId: aws.String("r-abcd"), Name: aws.String("some"), Tags: tags(key)})
			return err
		},
		"CreatePolicy": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := organizations.NewFromConfig(cfg).CreatePolicy(t.Context(), &organizations.CreatePolicyInput{
				Name: aws.String("some"), Description: aws.String(""), Content: aws.String(`{"Statement":[]}`), Type: orgtypes.PolicyTypeServiceControlPolicy, Tags: tags(key),
			})
			return err
		},
		"PutResourcePolicy": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := organizations.NewFromConfig(cfg).PutResourcePolicy(t.Context(), &organizations.PutResourcePolicyInput{Content: aws.String(`{"Statement":[]}`), Tags: tags(key)})
			return err
		},
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := organizations.NewFromConfig(cfg).TagResource(t.Context(), &organizations.TagResourceInput{ResourceId: aws.String("r-abcd"), Tags: tags(key)})
			return err
		},
	}
}

func ssoTagging() map[string]tagging {
	const instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
	tags := func(key string) []ssotypes.Tag { return []ssotypes.Tag{{Key: &key, Value: aws.String("v")}} }
	return map[string]tagging{
		"CreatePermissionSet": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ssoadmin.NewFromConfig(cfg).CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: aws.String(instance), Name: aws.String("some"), Tags: tags(key)})
			return err
		},
		"CreateApplication": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ssoadmin.NewFromConfig(cfg).CreateApplication(t.Context(), &ssoadmin.CreateApplicationInput{
				InstanceArn: aws.String(instance), Name: aws.String("some"), ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom"), Tags: tags(key),
			})
			return err
		},
		"CreateTrustedTokenIssuer": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ssoadmin.NewFromConfig(cfg).CreateTrustedTokenIssuer(t.Context(), &ssoadmin.CreateTrustedTokenIssuerInput{
				InstanceArn: aws.String(instance), Name: aws.String("some"), TrustedTokenIssuerType: ssotypes.TrustedTokenIssuerTypeOidcJwt,
				TrustedTokenIssuerConfiguration: &ssotypes.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration{Value: ssotypes.OidcJwtConfiguration{
					IssuerUrl: aws.String("https://idp.example.com"), ClaimAttributePath: aws.String("email"), IdentityStoreAttributePath: aws.String("emails.value"), JwksRetrievalOption: ssotypes.JwksRetrievalOptionOpenIdDiscovery,
				}},
				Tags: tags(key),
			})
			return err
		},
		"TagResource": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := ssoadmin.NewFromConfig(cfg).TagResource(t.Context(), &ssoadmin.TagResourceInput{InstanceArn: aws.String(instance), ResourceArn: aws.String(instance), Tags: tags(key)})
			return err
		},
	}
}

func s3Tagging() map[string]tagging {
	bucket, object, made := aws.String("some-bucket"), aws.String("k"), 0
	set := func(key string) *s3types.Tagging {
		return &s3types.Tagging{TagSet: []s3types.Tag{{Key: &key, Value: aws.String("v")}}}
	}
	header := func(key string) *string { return aws.String(url.Values{key: {"v"}}.Encode()) }
	return map[string]tagging{
		"CreateBucket": func(t *testing.T, cfg aws.Config, key string) error {
			made++
			_, err := simtest.S3Client(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{
				Bucket: aws.String(fmt.Sprint("new-bucket-", made)), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{Tags: set(key).TagSet},
			})
			return err
		},
		"PutBucketTagging": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := simtest.S3Client(cfg).PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: set(key)})
			return err
		},
		"PutObjectTagging": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := simtest.S3Client(cfg).PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: bucket, Key: object, Tagging: set(key)})
			return err
		},
		"PutObject": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := simtest.S3Client(cfg).PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: object, Tagging: header(key)})
			return err
		},
		"CreateMultipartUpload": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := simtest.S3Client(cfg).CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: object, Tagging: header(key)})
			return err
		},
		"CopyObject": func(t *testing.T, cfg aws.Config, key string) error {
			_, err := simtest.S3Client(cfg).CopyObject(t.Context(), &s3.CopyObjectInput{
				Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String("some-bucket/k"), TaggingDirective: s3types.TaggingDirectiveReplace, Tagging: header(key),
			})
			return err
		},
	}
}
