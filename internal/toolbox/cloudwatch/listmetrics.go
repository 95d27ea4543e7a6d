package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type listMetricsInput struct {
	tool.Target
	tool.Fan
	tool.Page
	Namespace  string            `json:"namespace,omitempty" jsonschema:"only metrics of this namespace, such as AWS/EC2" complete:"cloudwatch.namespace"`
	Metric     string            `json:"metric,omitempty" jsonschema:"only metrics of this name, such as CPUUtilization" complete:"cloudwatch.metric"`
	Dimensions map[string]string `json:"dimensions,omitempty" jsonschema:"only metrics with these dimensions, such as InstanceId=i-0123456789abcdef0; an empty value fits all" holds:"content" empty:"text"`
	Recent     bool              `json:"recent,omitempty" jsonschema:"only metrics with data in the last three hours"`
}

// mostDimensions is how many dimensions a filter has at most.
const mostDimensions = 10

// Validate refuses more dimensions than ListMetrics takes.
func (in listMetricsInput) Validate() error {
	if len(in.Dimensions) > mostDimensions {
		return fault.New(fault.Invalid, "dimensions has %d names, and at most %d are allowed", len(in.Dimensions), mostDimensions).
			At("dimensions").WithFix("name fewer dimensions")
	}
	return nil
}

// metric is a metric that exists.
type metric struct {
	Namespace  string            `json:"namespace" column:"NAMESPACE"`
	Metric     string            `json:"metric" column:"METRIC" room:"wrap"`
	Shown      string            `json:"-" column:"DIMENSIONS" room:"wrap"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Account    string            `json:"account"`
	Region     string            `json:"region"`
	Place      string            `json:"-" column:"WHERE" room:"first"`
}

func (b *box) listMetricsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "cloudwatch.list-metrics", Items: "metrics", Summary: "List metrics with their namespaces and dimensions",
		Lists:       map[string]string{"cloudwatch.namespace": "namespace", "cloudwatch.metric": "metric"},
		Description: "CloudWatch lists a metric for two weeks after its last data.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"namespace", "metric"},
		Forms: []tool.Form{{Verb: "list-metrics", Flags: append([]tool.FormFlag{
			{Name: "metric-name", Field: "metric"},
			{Name: "recently-active", Values: map[string]string{"PT3H": `{"recent": true}`}, Doc: "PT3H: only metrics with data in the last three hours"},
		}, kit.PageFlags()...)}},
		Needs: []tool.Need{{Action: "cloudwatch:ListMetrics", Resource: kit.AnyResource}},
		Examples: []tool.Example{
			{Does: "all metrics of the region", Input: `{}`},
			{Does: "what is measured of an instance", Input: `{"namespace": "AWS/EC2", "dimensions": {"InstanceId": "i-0123456789abcdef0"}}`},
			{Does: "the functions that were called lately", Input: `{"namespace": "AWS/Lambda", "metric": "Invocations", "dimensions": {"FunctionName": ""}, "recent": true}`},
		},
	}, b.listMetrics)
}

func (b *box) listMetrics(ctx context.Context, _ *tool.Call, in listMetricsInput) (tool.List[metric], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, _ int) (tool.Batch[metric], error) {
			return in.page(ctx, s, token)
		})
}

// page reads one page, whose size CloudWatch alone decides.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
func (in listMetricsInput) page(ctx context.Context, s *awsapi.Session, token string) (tool.Batch[metric], error) {
	ask := &cloudwatch.ListMetricsInput{
		Namespace: kit.Optional(in.Namespace), MetricName: kit.Optional(in.Metric), NextToken: kit.Optional(token),
	}
	if in.Recent {
		ask.RecentlyActive = types.RecentlyActivePt3h
	}
	for _, name := range slices.Sorted(maps.Keys(in.Dimensions)) {
		ask.Dimensions = append(ask.Dimensions, types.DimensionFilter{Name: &name, Value: kit.Optional(in.Dimensions[name])})
	}
	out, err := awsapi.Client(s, cloudwatch.NewFromConfig).ListMetrics(ctx, ask)
	if err != nil {
		return tool.Batch[metric]{}, err
	}
	batch := tool.Batch[metric]{Next: aws.ToString(out.NextToken)}
	for _, m := range out.Metrics {
		one := metric{
			Namespace: aws.ToString(m.Namespace), Metric: aws.ToString(m.MetricName), Account: s.Account, Region: s.Region,
			Place: kit.LocationOf(in.Fan, s), Dimensions: map[string]string{},
		}
		var shown []string
		for _, d := range m.Dimensions {
			one.Dimensions[aws.ToString(d.Name)] = aws.ToString(d.Value)
			shown = append(shown, aws.ToString(d.Name)+"="+aws.ToString(d.Value))
		}
		one.Shown = strings.Join(shown, ", ")
		batch.Items = append(batch.Items, one)
	}
	return batch, nil
}
