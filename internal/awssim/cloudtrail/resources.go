package cloudtrail

import (
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// named is a resource as the history lists it.
type named struct{ kind, name string }

// naming is a field that names a resource.
type naming struct {
	field int
	kind  string
}

// resources lists what an input or output names.
func (rec *recorder) resources(v any) []named {
	s := reflect.ValueOf(v).Elem()
	fields, known := rec.names.Load(s.Type())
	if !known {
		fields, _ = rec.names.LoadOrStore(s.Type(), namings(s.Type()))
	}
	var out []named
	for _, n := range fields.([]naming) {
		if name := aws.ToString(s.Field(n.field).Interface().(*string)); name != "" {
			out = append(out, named{n.kind, name})
		}
	}
	return out
}

// namings finds the fields of a type that name resources.
func namings(t reflect.Type) []naming {
	var out []naming
	kinds := resourceKinds()
	for i := range t.NumField() {
		f := t.Field(i)
		if kind := kinds[f.Name]; kind != "" && f.Type == reflect.TypeFor[*string]() {
			out = append(out, naming{i, kind})
		}
	}
	return out
}

// resourceKinds are the members that name resources.
func resourceKinds() map[string]string {
	return map[string]string{
		"RoleArn": "AWS::IAM::Role", "RoleName": "AWS::IAM::Role", "UserName": "AWS::IAM::User", "GroupName": "AWS::IAM::Group",
		"PolicyArn": "AWS::IAM::Policy", "PolicyName": "AWS::IAM::Policy", "AccessKeyId": "AWS::IAM::AccessKey",
		"InstanceProfileName": "AWS::IAM::InstanceProfile", "SAMLProviderArn": "AWS::IAM::SAMLProvider", "PrincipalArn": "AWS::IAM::SAMLProvider",
		"Bucket": "AWS::S3::Bucket", "InstanceId": "AWS::EC2::Instance", "VpcId": "AWS::EC2::VPC", "SubnetId": "AWS::EC2::Subnet",
		"ImageId": "AWS::EC2::Ami", "VolumeId": "AWS::EC2::Volume",
		"FunctionName": "AWS::Lambda::Function", "SecretId": "AWS::SecretsManager::Secret", "LogGroupName": "AWS::Logs::LogGroup",
		"DBInstanceIdentifier": "AWS::RDS::DBInstance", "DBClusterIdentifier": "AWS::RDS::DBCluster", "AlarmName": "AWS::CloudWatch::Alarm",
	}
}

// names reports whether the event lists a resource that a test holds for.
func (r *record) names(test func(named) bool) bool { return slices.ContainsFunc(r.resources, test) }
