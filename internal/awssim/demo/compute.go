package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// instances runs three instances, in two regions.
func (f *filler) instances(ctx context.Context) (err error) {
	if f.made.Instance, err = f.instance(ctx, Region, "web-1", "t3.small"); err != nil {
		return err
	}
	if f.batch, err = f.instance(ctx, Region, "batch-1", "m7g.large"); err != nil {
		return err
	}
	_, err = f.instance(ctx, "eu-west-1", "web-eu-1", "t3.small")
	return err
}

// stopOne stops the instance for batches, some hours after it was started.
func (f *filler) stopOne(ctx context.Context) error {
	f.world.Clock.Advance(6 * time.Hour)
	_, err := ec2.NewFromConfig(f.config).StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{f.batch}})
	f.upToNow()
	return err
}

func (f *filler) instance(ctx context.Context, region, name, kind string) (string, error) {
	client := ec2.NewFromConfig(f.config, func(o *ec2.Options) { o.Region = region })
	image, err := firstImage(ctx, client)
	if err != nil {
		return "", err
	}
	out, err := client.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: image, InstanceType: ec2types.InstanceType(kind),
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: []ec2types.TagSpecification{{
			ResourceType: ec2types.ResourceTypeInstance,
			Tags:         []ec2types.Tag{{Key: aws.String("Name"), Value: &name}, {Key: aws.String("team"), Value: aws.String("shop")}},
		}},
	})
	if err != nil {
		return "", err
	}
	return *out.Instances[0].InstanceId, nil
}

// firstImage finds an image of Amazon's. A page may be empty though others follow.
func firstImage(ctx context.Context, client *ec2.Client) (*string, error) {
	pages := ec2.NewDescribeImagesPaginator(client, &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if len(page.Images) > 0 {
			return page.Images[0].ImageId, nil
		}
	}
	return nil, fmt.Errorf("no image in %s", client.Options().Region)
}

// functions makes two functions.
func (f *filler) functions(ctx context.Context) error {
	client := lambda.NewFromConfig(f.config)
	code, err := zipped("index.py", "def handler(event, context):\n    return event\n")
	if err != nil {
		return err
	}
	for _, name := range []string{Function, "mailer"} {
		role, err := f.lambdaRole(ctx, "lambda-"+name)
		if err != nil {
			return err
		}
		_, err = client.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: aws.String(name), Runtime: lambdatypes.RuntimePython313, Handler: aws.String("index.handler"),
			Role: role,
			Code: &lambdatypes.FunctionCode{ZipFile: code},
			Tags: map[string]string{"team": "shop", "repository": "acme/" + name},
			Environment: &lambdatypes.Environment{Variables: map[string]string{
				"STAGE": "production", "PAYMENT_API_KEY": "pk_not_for_your_eyes",
			}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lambdaRole makes a role for a function.
func (f *filler) lambdaRole(ctx context.Context, name string) (*string, error) {
	out, err := iam.NewFromConfig(f.config).CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: &name,
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
 "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	})
	if err != nil {
		return nil, err
	}
	return out.Role.Arn, nil
}

func zipped(name, text string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	file, err := w.Create(name)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// logs writes what the function said in the last half hour.
func (f *filler) logs(ctx context.Context) error {
	client := cloudwatchlogs.NewFromConfig(f.config)
	group, stream := aws.String(LogGroup), aws.String("2026/11/22/[$LATEST]a1b2c3")
	if _, err := client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group}); err != nil {
		return err
	}
	if _, err := client.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		return err
	}
	start := f.world.Clock.Now().Add(-30 * time.Minute)
	var events []logtypes.InputLogEvent
	say := func(minute int, message string) {
		at := start.Add(time.Duration(minute) * time.Minute).UnixMilli()
		events = append(events, logtypes.InputLogEvent{Timestamp: &at, Message: &message})
	}
	for i := range 8 {
		say(3*i, fmt.Sprintf("INFO order %d paid", 8410+i))
	}
	say(24, "ERROR order 8418: payment gateway answered 502 after 3 tries")
	say(26, "ERROR order 8419: payment gateway answered 502 after 3 tries")
	say(27, "INFO circuit to payment gateway opened for 60 s")
	_, err := client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: events})
	return err
}

// metrics writes an hour of invocations and durations.
func (f *filler) metrics(ctx context.Context) error {
	client := cloudwatch.NewFromConfig(f.config)
	dimension := []cwtypes.Dimension{{Name: aws.String("FunctionName"), Value: aws.String(Function)}}
	now := f.world.Clock.Now().Truncate(time.Minute)
	var data []cwtypes.MetricDatum
	for minute := range 60 {
		at := now.Add(time.Duration(minute-60) * time.Minute)
		data = append(data,
			cwtypes.MetricDatum{MetricName: aws.String("Invocations"), Dimensions: dimension, Timestamp: &at, Value: aws.Float64(float64(20 + (minute*7)%13))},
			cwtypes.MetricDatum{
				MetricName: aws.String("Duration"), Dimensions: dimension, Timestamp: &at,
				Unit: cwtypes.StandardUnitMilliseconds, Value: aws.Float64(float64(90 + (minute*minute)%211)),
			})
	}
	_, err := client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String(Namespace), MetricData: data})
	return err
}
