package awsapitest

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Clients makes a client of every service that is called.
func Clients(cfg aws.Config) map[string]any {
	return map[string]any{
		cloudtrail.ServiceID: cloudtrail.NewFromConfig(cfg),
		cloudwatch.ServiceID: cloudwatch.NewFromConfig(cfg), cloudwatchlogs.ServiceID: cloudwatchlogs.NewFromConfig(cfg),
		ec2.ServiceID: ec2.NewFromConfig(cfg), iam.ServiceID: iam.NewFromConfig(cfg),
		identitystore.ServiceID: identitystore.NewFromConfig(cfg), lambda.ServiceID: lambda.NewFromConfig(cfg),
		organizations.ServiceID: organizations.NewFromConfig(cfg), rds.ServiceID: rds.NewFromConfig(cfg),
		rdsdata.ServiceID: rdsdata.NewFromConfig(cfg), s3.ServiceID: s3.NewFromConfig(cfg),
		secretsmanager.ServiceID: secretsmanager.NewFromConfig(cfg), signin.ServiceID: signin.NewFromConfig(cfg),
		sso.ServiceID: sso.NewFromConfig(cfg), ssoadmin.ServiceID: ssoadmin.NewFromConfig(cfg),
		ssooidc.ServiceID: ssooidc.NewFromConfig(cfg), sts.ServiceID: sts.NewFromConfig(cfg),
	}
}

// Operation calls one operation with every field of its input filled.
func Operation(t *testing.T, client any, name string) (output any, err error) {
	t.Helper()
	if client == nil {
		t.Fatalf("there is no client for %s: add its service to Clients", name)
	}
	method := reflect.ValueOf(client).MethodByName(name)
	if !method.IsValid() {
		t.Fatalf("%T has no operation %s", client, name)
	}
	in := reflect.New(method.Type().In(1).Elem())
	fill(in.Elem(), 0)
	out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
	err, _ = out[1].Interface().(error)
	return out[0].Interface(), err
}

// fill gives the required members of an input something to hold.
func fill(v reflect.Value, depth int) {
	switch {
	case !v.CanSet() || depth > 6:
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.String:
		v.Set(reflect.ValueOf(aws.String("aaaaaaaaaaaa")))
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Int32:
		v.Set(reflect.ValueOf(aws.Int32(1)))
	case v.Type() == reflect.TypeFor[*cwtypes.MetricStat]():
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case v.Type() == reflect.TypeFor[s3types.ChecksumAlgorithm](): // the SDK reads it
		v.SetString(string(s3types.ChecksumAlgorithmCrc32))
	case v.Kind() == reflect.String:
		v.SetString("a")
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}
