package answer_test

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/signin"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/fault"
)

// An answer of success counts only with the status of its operation, though it
// bears the headers that AWS sets.
func TestAnswersNeedTheirStatus(t *testing.T) {
	invoke := func(kind lambdatypes.InvocationType) func(context.Context, *awsapi.Session) error {
		return func(ctx context.Context, s *awsapi.Session) error {
			_, err := awsapi.Client(s, lambda.NewFromConfig).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f"), InvocationType: kind})
			return err
		}
	}
	remove := func(ctx context.Context, s *awsapi.Session) error {
		_, err := awsapi.Client(s, s3.NewFromConfig).DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		return err
	}
	abort := func(ctx context.Context, s *awsapi.Session) error {
		_, err := awsapi.Client(s, s3.NewFromConfig).AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: aws.String("b"), Key: aws.String("k"), UploadId: aws.String("u"),
		})
		return err
	}
	get := func(ctx context.Context, s *awsapi.Session) error {
		_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		return err
	}
	head := func(ctx context.Context, s *awsapi.Session) error {
		_, err := awsapi.Client(s, s3.NewFromConfig).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("b")})
		return err
	}
	tests := map[string]struct {
		call func(context.Context, *awsapi.Session) error
		want []int
	}{
		"delete":           {remove, []int{204}},
		"abort":            {abort, []int{204}},
		"get":              {get, []int{200, 206}},
		"head a bucket":    {head, []int{200}},
		"invoke":           {invoke(""), []int{200}},
		"invoke and wait":  {invoke(lambdatypes.InvocationTypeRequestResponse), []int{200}},
		"invoke as event":  {invoke(lambdatypes.InvocationTypeEvent), []int{202}},
		"invoke as a test": {invoke(lambdatypes.InvocationTypeDryRun), []int{204}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			for _, status := range []int{200, 201, 202, 203, 204, 205, 206} {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("X-Amz-Request-Id", "req-1")
					w.Header().Set("ETag", `"d41d8cd98f00b204e9800998ecf8427e"`)
					w.WriteHeader(status)
				}))
				f := awserr.Fault(tt.call(t.Context(), awsapitest.SessionAt(t, server.URL)))
				server.Close()
				if good := slices.Contains(tt.want, status); good != (f == nil) || f != nil && f.Kind != fault.Endpoint {
					t.Errorf("status %d: %+v", status, f)
				}
			}
		})
	}
}

// TestStatusesAreAWSs compares the table with AWS's own models. The status of an
// invocation is a member of its answer there, and Signin has no model.
func TestStatusesAreAWSs(t *testing.T) {
	described := models(t)
	for service, operations := range answer.Operations() {
		m := described[service]
		if m == nil {
			if service != signin.ServiceID {
				t.Errorf("no model describes %s", service)
			}
			continue
		}
		for operation := range operations {
			described := m.Operations[operation]
			if described == nil || operation == "Invoke" {
				continue
			}
			want := cmp.Or(described.HTTP.Code, http.StatusOK)
			if got := answer.Statuses(service, operation, &http.Request{}); !slices.Contains(got, want) {
				t.Errorf("%s %s: %v, and AWS answers %d", service, operation, got, want)
			}
		}
	}
}

// models are AWS's descriptions of services, by the SDK's names.
func models(t *testing.T) map[string]*model.Service {
	t.Helper()
	names, err := model.Signing()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*model.Service{}
	for _, name := range names {
		m, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		all[m.Metadata.ServiceID] = m
	}
	return all
}
