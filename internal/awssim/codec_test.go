package awssim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	rdsdatatypes "github.com/aws/aws-sdk-go-v2/service/rdsdata/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// exchange sends in through the SDK's client to a handler that answers out,
// and compares what arrives on either side.
func exchange[I, O any](t *testing.T, svc *awssim.Service, op string, in *I, out *O, call func(context.Context, aws.Config, *I) (*O, error)) {
	t.Helper()
	var received *I
	sim := startWith(t, svc, op, awssim.Op(func(_ *awssim.Call, got *I) (*O, error) {
		received = got
		return out, nil
	}))
	got, err := call(t.Context(), sim.Config(), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, received, plain()); diff != "" {
		t.Errorf("input, sent and received:\n%s", diff)
	}
	if diff := cmp.Diff(out, got, plain()); diff != "" {
		t.Errorf("output, sent and received:\n%s", diff)
	}
}

// startWith starts a World whose service svc has one operation.
func startWith(t *testing.T, svc *awssim.Service, op string, h awssim.Handler) *simtest.Sim {
	t.Helper()
	return simtest.Start(t, awssim.Options{Services: []func(*awssim.World) *awssim.Service{
		func(*awssim.World) *awssim.Service {
			return &awssim.Service{Model: svc.Model, Unions: svc.Unions, ReservedTag: func(string) error { return nil }, Handlers: map[string]awssim.Handler{op: h}}
		},
	}})
}

// plain compares SDK structs by what AWS would see.
func plain() cmp.Options {
	return cmp.Options{
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(func(p cmp.Path) bool {
			return strings.HasSuffix(p.GoString(), ".ResultMetadata")
		}, cmp.Ignore()),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	}
}

var moment = time.Date(2026, 11, 5, 6, 7, 8, 0, time.UTC)

func TestEC2Query(t *testing.T) {
	in := &ec2.DescribeInstancesInput{
		InstanceIds: []string{"i-1", "i-2"}, DryRun: aws.Bool(false), MaxResults: aws.Int32(5),
		Filters: []ec2types.Filter{{Name: aws.String("tag:env"), Values: []string{"a b", "c&d=é"}}, {Name: aws.String("x"), Values: []string{"y"}}},
	}
	out := &ec2.DescribeInstancesOutput{
		NextToken: aws.String("n<>&"),
		Reservations: []ec2types.Reservation{{ReservationId: aws.String("r-1"), Instances: []ec2types.Instance{{
			InstanceId: aws.String("i-1"), LaunchTime: aws.Time(moment), EbsOptimized: aws.Bool(true),
			State:          &ec2types.InstanceState{Code: aws.Int32(16), Name: ec2types.InstanceStateNameRunning},
			Tags:           []ec2types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}},
			SecurityGroups: []ec2types.GroupIdentifier{{GroupId: aws.String("sg-1")}},
		}}}},
	}
	exchange(t, &awssim.Service{Model: "ec2"}, "DescribeInstances", in, out,
		func(ctx context.Context, cfg aws.Config, in *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
			return ec2.NewFromConfig(cfg).DescribeInstances(ctx, in)
		})
}

func TestQuery(t *testing.T) {
	in := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("db"), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("postgres"),
		AllocatedStorage: aws.Int32(20), MultiAZ: aws.Bool(false), VpcSecurityGroupIds: []string{"sg-1", "sg-2"},
		Tags: []rdstypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}
	out := &rds.CreateDBInstanceOutput{DBInstance: &rdstypes.DBInstance{
		DBInstanceIdentifier: aws.String("db"), InstanceCreateTime: aws.Time(moment), DbInstancePort: aws.Int32(5432),
		VpcSecurityGroups: []rdstypes.VpcSecurityGroupMembership{{VpcSecurityGroupId: aws.String("sg-1"), Status: aws.String("active")}},
		TagList:           []rdstypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}}
	exchange(t, &awssim.Service{Model: "rds"}, "CreateDBInstance", in, out,
		func(ctx context.Context, cfg aws.Config, in *rds.CreateDBInstanceInput) (*rds.CreateDBInstanceOutput, error) {
			return rds.NewFromConfig(cfg).CreateDBInstance(ctx, in)
		})
}

func TestJSON(t *testing.T) {
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String("/aws/lambda/f"), StartTime: aws.Int64(1700000000123), FilterPattern: aws.String("\"a\nb\u2028"),
		LogStreamNames: []string{"s"}, Limit: aws.Int32(7),
	}
	out := &cloudwatchlogs.FilterLogEventsOutput{
		Events:    []logstypes.FilteredLogEvent{{Message: aws.String("line <1>\n\x01"), Timestamp: aws.Int64(1700000000123)}, {Message: aws.String("2")}},
		NextToken: aws.String("t"),
	}
	exchange(t, &awssim.Service{Model: "logs"}, "FilterLogEvents", in, out,
		func(ctx context.Context, cfg aws.Config, in *cloudwatchlogs.FilterLogEventsInput) (*cloudwatchlogs.FilterLogEventsOutput, error) {
			return cloudwatchlogs.NewFromConfig(cfg).FilterLogEvents(ctx, in)
		})
}

func TestCBOR(t *testing.T) {
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(moment.Add(123 * time.Millisecond)), EndTime: aws.Time(moment), MaxDatapoints: aws.Int32(100),
		ScanBy: cwtypes.ScanByTimestampAscending,
		MetricDataQueries: []cwtypes.MetricDataQuery{{Id: aws.String("m"), ReturnData: aws.Bool(true), MetricStat: &cwtypes.MetricStat{
			Period: aws.Int32(60), Stat: aws.String("p99.9"), Unit: cwtypes.StandardUnitCount,
			Metric: &cwtypes.Metric{Namespace: aws.String("N"), MetricName: aws.String("M"), Dimensions: []cwtypes.Dimension{{Name: aws.String("a"), Value: aws.String("b")}}},
		}}},
	}
	out := &cloudwatch.GetMetricDataOutput{MetricDataResults: []cwtypes.MetricDataResult{{
		Id: aws.String("m"), StatusCode: cwtypes.StatusCodeComplete,
		Timestamps: []time.Time{moment, moment.Add(1500 * time.Millisecond)}, Values: []float64{1.5, -2},
	}}}
	exchange(t, &awssim.Service{Model: "cloudwatch"}, "GetMetricData", in, out,
		func(ctx context.Context, cfg aws.Config, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
			return cloudwatch.NewFromConfig(cfg).GetMetricData(ctx, in)
		})
}

// TestGzip sends enough for the SDK to compress the body.
func TestGzip(t *testing.T) {
	in := &cloudwatch.PutMetricDataInput{Namespace: aws.String("N")}
	for range 1000 {
		in.MetricData = append(in.MetricData, cwtypes.MetricDatum{MetricName: aws.String("m"), Value: aws.Float64(1), Timestamp: aws.Time(moment)})
	}
	exchange(t, &awssim.Service{Model: "cloudwatch"}, "PutMetricData", in, &cloudwatch.PutMetricDataOutput{},
		func(ctx context.Context, cfg aws.Config, in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
			return cloudwatch.NewFromConfig(cfg).PutMetricData(ctx, in)
		})
}

func TestRESTJSON(t *testing.T) {
	in := &lambda.InvokeInput{
		FunctionName: aws.String("arn:aws:lambda:us-east-1:111122223333:function:f"), Qualifier: aws.String("live"),
		InvocationType: lambdatypes.InvocationTypeRequestResponse, LogType: lambdatypes.LogTypeTail, Payload: []byte(`{"a":1}`),
	}
	out := &lambda.InvokeOutput{
		StatusCode: 202, ExecutedVersion: aws.String("3"), FunctionError: aws.String("Unhandled"),
		LogResult: aws.String("bG9n"), Payload: []byte(`{"errorMessage":"x"}`),
	}
	exchange(t, &awssim.Service{Model: "lambda"}, "Invoke", in, out,
		func(ctx context.Context, cfg aws.Config, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
			return lambda.NewFromConfig(cfg).Invoke(ctx, in)
		})
	list := &lambda.ListFunctionsInput{MaxItems: aws.Int32(3), MasterRegion: aws.String("eu-west-1"), FunctionVersion: lambdatypes.FunctionVersionAll}
	listed := &lambda.ListFunctionsOutput{Functions: []lambdatypes.FunctionConfiguration{{
		FunctionName: aws.String("f"), CodeSize: 12, Runtime: lambdatypes.RuntimeProvidedal2023,
		Environment: &lambdatypes.EnvironmentResponse{Variables: map[string]string{"A": "b"}},
	}}}
	exchange(t, &awssim.Service{Model: "lambda"}, "ListFunctions", list, listed,
		func(ctx context.Context, cfg aws.Config, in *lambda.ListFunctionsInput) (*lambda.ListFunctionsOutput, error) {
			return lambda.NewFromConfig(cfg).ListFunctions(ctx, in)
		})
}

func TestUnions(t *testing.T) {
	fields := wire.UnionOf[rdsdatatypes.Field](
		&rdsdatatypes.FieldMemberArrayValue{}, &rdsdatatypes.FieldMemberBlobValue{}, &rdsdatatypes.FieldMemberBooleanValue{},
		&rdsdatatypes.FieldMemberDoubleValue{}, &rdsdatatypes.FieldMemberIsNull{}, &rdsdatatypes.FieldMemberLongValue{}, &rdsdatatypes.FieldMemberStringValue{})
	param := func(name string, f rdsdatatypes.Field) rdsdatatypes.SqlParameter {
		return rdsdatatypes.SqlParameter{Name: aws.String(name), Value: f}
	}
	in := &rdsdata.ExecuteStatementInput{
		ResourceArn: aws.String("arn:cluster"), SecretArn: aws.String("arn:the-secret"), Sql: aws.String("select :a"),
		Parameters: []rdsdatatypes.SqlParameter{
			param("a", &rdsdatatypes.FieldMemberStringValue{Value: "it's"}), param("b", &rdsdatatypes.FieldMemberLongValue{Value: 1 << 60}),
			param("c", &rdsdatatypes.FieldMemberIsNull{Value: true}), param("d", &rdsdatatypes.FieldMemberBlobValue{Value: []byte{0, 1}}),
		},
	}
	out := &rdsdata.ExecuteStatementOutput{
		NumberOfRecordsUpdated: 2,
		Records:                [][]rdsdatatypes.Field{{&rdsdatatypes.FieldMemberDoubleValue{Value: 1e100}, &rdsdatatypes.FieldMemberBooleanValue{Value: false}}},
	}
	exchange(t, &awssim.Service{Model: "rds-data", Unions: []wire.Union{fields}}, "ExecuteStatement", in, out,
		func(ctx context.Context, cfg aws.Config, in *rdsdata.ExecuteStatementInput) (*rdsdata.ExecuteStatementOutput, error) {
			return rdsdata.NewFromConfig(cfg).ExecuteStatement(ctx, in)
		})
}

func TestRESTXML(t *testing.T) {
	in := &s3.ListObjectsV2Input{Bucket: aws.String("bkt"), Prefix: aws.String("a b/ü+"), MaxKeys: aws.Int32(2), FetchOwner: aws.Bool(true)}
	out := &s3.ListObjectsV2Output{
		IsTruncated: aws.Bool(true), KeyCount: aws.Int32(2), NextContinuationToken: aws.String("t=="),
		Contents:       []s3types.Object{{Key: aws.String("a & b"), Size: aws.Int64(0), LastModified: aws.Time(moment), ETag: aws.String(`"e"`)}, {Key: aws.String("c")}},
		CommonPrefixes: []s3types.CommonPrefix{{Prefix: aws.String("p/")}},
		RequestCharged: s3types.RequestChargedRequester,
	}
	exchange(t, &awssim.Service{Model: "s3"}, "ListObjectsV2", in, out,
		func(ctx context.Context, cfg aws.Config, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
			return simtest.S3Client(cfg).ListObjectsV2(ctx, in)
		})
	del := &s3.DeleteObjectsInput{Bucket: aws.String("bkt"), ChecksumAlgorithm: "CRC32", Delete: &s3types.Delete{
		Quiet: aws.Bool(true), Objects: []s3types.ObjectIdentifier{{Key: aws.String(" x<&> ")}, {Key: aws.String("y"), VersionId: aws.String("1")}},
	}}
	exchange(t, &awssim.Service{Model: "s3"}, "DeleteObjects", del, &s3.DeleteObjectsOutput{Deleted: []s3types.DeletedObject{{Key: aws.String("y")}}},
		func(ctx context.Context, cfg aws.Config, in *s3.DeleteObjectsInput) (*s3.DeleteObjectsOutput, error) {
			return simtest.S3Client(cfg).DeleteObjects(ctx, in)
		})
	exchange(t, &awssim.Service{Model: "s3"}, "GetBucketLocation", &s3.GetBucketLocationInput{Bucket: aws.String("bkt")},
		&s3.GetBucketLocationOutput{LocationConstraint: "eu-west-1"},
		func(ctx context.Context, cfg aws.Config, in *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
			return simtest.S3Client(cfg).GetBucketLocation(ctx, in)
		})
}

// TestStreams puts an object and gets it back as streams, and reads every
// header that carries a member.
func TestStreams(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	var stored []byte
	var put *s3.PutObjectInput
	sim := simtest.Start(t, awssim.Options{Services: []func(*awssim.World) *awssim.Service{func(*awssim.World) *awssim.Service {
		return &awssim.Service{Model: "s3", Handlers: map[string]awssim.Handler{
			"PutObject": awssim.Op(func(_ *awssim.Call, in *s3.PutObjectInput) (*s3.PutObjectOutput, error) {
				var err error
				put = in
				stored, err = io.ReadAll(in.Body)
				return &s3.PutObjectOutput{ETag: aws.String(`"e"`)}, err
			}),
			"GetObject": awssim.Op(func(c *awssim.Call, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
				c.Status = 206
				return &s3.GetObjectOutput{
					Body: io.NopCloser(bytes.NewReader(stored)), ContentLength: aws.Int64(int64(len(stored))),
					LastModified: aws.Time(moment), Metadata: map[string]string{"a": "b"},
				}, nil
			}),
		}}
	}}})
	client := simtest.S3Client(sim.Config())
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bkt"), Key: aws.String("dir/a b+c/ü%20~!*'()"), Body: bytes.NewReader(body),
		Metadata: map[string]string{"colour": "blue"}, ContentType: aws.String("text/x"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, body) || *put.Key != "dir/a b+c/ü%20~!*'()" || put.Metadata["colour"] != "blue" || *put.ContentLength != int64(len(body)) {
		t.Errorf("stored %d bytes of %q with %v and length %v", len(stored), *put.Key, put.Metadata, put.ContentLength)
	}
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if back, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(back, body) || !got.LastModified.Equal(moment) || got.Metadata["a"] != "b" {
		t.Errorf("got %d bytes, %v, %v, err %v", len(back), got.LastModified, got.Metadata, err)
	}
}

// TestErrors has every protocol answer a modelled error that the SDK knows.
func TestErrors(t *testing.T) {
	fail := func(code string) awssim.Handler {
		return awssim.Op(func(*awssim.Call, *struct{}) (*struct{}, error) {
			return nil, awssim.Errorf(code, "no %s", "such thing")
		})
	}
	tests := []struct {
		model, op, code string
		call            func(context.Context, aws.Config) error
		target          any
	}{
		{"rds", "DeleteDBInstance", "DBInstanceNotFound", func(ctx context.Context, cfg aws.Config) error {
			_, err := rds.NewFromConfig(cfg).DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("x")})
			return err
		}, new(*rdstypes.DBInstanceNotFoundFault)},
		{"lambda", "GetFunction", "ResourceNotFoundException", func(ctx context.Context, cfg aws.Config) error {
			_, err := lambda.NewFromConfig(cfg).GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("x")})
			return err
		}, new(*lambdatypes.ResourceNotFoundException)},
		{"logs", "GetLogEvents", "ResourceNotFoundException", func(ctx context.Context, cfg aws.Config) error {
			_, err := cloudwatchlogs.NewFromConfig(cfg).GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{LogStreamName: aws.String("x"), LogGroupName: aws.String("g")})
			return err
		}, new(*logstypes.ResourceNotFoundException)},
		{"cloudwatch", "DeleteAlarms", "ResourceNotFound", func(ctx context.Context, cfg aws.Config) error {
			_, err := cloudwatch.NewFromConfig(cfg).DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"x"}})
			return err
		}, new(*cwtypes.ResourceNotFound)},
		{"s3", "GetObject", "NoSuchKey", func(ctx context.Context, cfg aws.Config) error {
			_, err := simtest.S3Client(cfg).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("x")})
			return err
		}, new(*s3types.NoSuchKey)},
		{"ec2", "DescribeVolumes", "InvalidVolume.NotFound", func(ctx context.Context, cfg aws.Config) error {
			_, err := ec2.NewFromConfig(cfg).DescribeVolumes(ctx, nil)
			return err
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.model, func(t *testing.T) {
			sim := startWith(t, &awssim.Service{Model: tt.model}, tt.op, fail(tt.code))
			err := tt.call(t.Context(), sim.Config())
			simtest.WantCode(t, err, tt.code, "no such thing")
			if tt.target != nil && !errors.As(err, tt.target) {
				t.Errorf("%v is no %T", err, tt.target)
			}
		})
	}
}
