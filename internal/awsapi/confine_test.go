package awsapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// heard is a server that keeps the headers of what it is asked.
type heard struct {
	*httptest.Server
	mu      sync.Mutex
	headers []http.Header
}

func listen(t *testing.T) *heard {
	t.Helper()
	h := &heard{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.headers = append(h.headers, r.Header.Clone())
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(h.Close)
	return h
}

// take gives the headers heard since it was called last.
func (h *heard) take() []http.Header {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.headers
	h.headers = nil
	return taken
}

// confined opens a session of a pool that is kept to one account.
func confined(t *testing.T, address string, accounts ...string) *awsapi.Session {
	t.Helper()
	settings := awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIAEXAMPLE"), SecretAccessKey: settings.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: address, AllowRoot: true, Account: "111122223333",
	}
	s, err := awsapitest.PoolOf(settings, awsapi.WithAccounts(accounts)).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestConfinedS3CallsNameTheOwner calls every operation of S3 that takes the
// owner of a bucket.
func TestConfinedS3CallsNameTheOwner(t *testing.T) {
	awsapitest.Clean(t)
	server := listen(t)
	s := confined(t, server.URL, "111122223333", "222233334444")
	free := awsapitest.SessionAt(t, server.URL)
	for name := range answer.Operations()["S3"] {
		client := awsapitest.Clients(s.Config())["S3"]
		_, takes := reflect.ValueOf(client).MethodByName(name).Type().In(1).Elem().FieldByName("ExpectedBucketOwner")
		_, copies := reflect.ValueOf(client).MethodByName(name).Type().In(1).Elem().FieldByName("ExpectedSourceBucketOwner")
		_, _ = awsapitest.Operation(t, client, name)
		want := map[bool]string{true: "111122223333"}
		for _, h := range server.take() {
			if got := h.Get("X-Amz-Expected-Bucket-Owner"); got != want[takes] {
				t.Errorf("%s expects the owner %q, want %q", name, got, want[takes])
			}
			if got := h.Get("X-Amz-Source-Expected-Bucket-Owner"); got != want[copies] {
				t.Errorf("%s expects the source's owner %q, want %q", name, got, want[copies])
			}
		}
		if !takes && name != "ListBuckets" && name != "CreateBucket" { // which have the caller's own account
			t.Errorf("%s takes no owner: confine it otherwise", name)
		}
	}
	in := &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}
	_, _ = awsapi.Client(free, s3.NewFromConfig).GetObject(t.Context(), in)
	for _, h := range server.take() {
		if h.Get("X-Amz-Expected-Bucket-Owner") != "" {
			t.Error("a session that is not confined expects an owner")
		}
	}
	_, _ = awsapi.Client(s, s3.NewFromConfig).GetObject(t.Context(), in)
	if in.ExpectedBucketOwner != nil {
		t.Error("the caller's input was changed")
	}
}

// TestConfinedCallsNameNoOtherAccount: whatever names another account is
// refused before anything is sent.
func TestConfinedCallsNameNoOtherAccount(t *testing.T) {
	awsapitest.Clean(t)
	server := listen(t)
	s := confined(t, server.URL, "111122223333")
	const cluster = "arn:aws:rds:us-east-1:111122223333:cluster:c"
	calls := map[string]struct {
		call func(context.Context) error
		sent bool
	}{
		"a partial ARN": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, lambda.NewFromConfig).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("444455556666:function:f")})
			return err
		}, false},
		"a secret": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, rdsdata.NewFromConfig).ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
				ResourceArn: aws.String(cluster), SecretArn: aws.String("arn:aws:secretsmanager:us-east-1:444455556666:secret:s"), Sql: aws.String("SELECT 1"),
			})
			return err
		}, false},
		"a KMS key": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, s3.NewFromConfig).PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("b"), Key: aws.String("k"), SSEKMSKeyId: aws.String("arn:aws:kms:us-east-1:444455556666:key/k"),
			})
			return err
		}, false},
		"a source": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, s3.NewFromConfig).CopyObject(ctx, &s3.CopyObjectInput{
				Bucket: aws.String("b"), Key: aws.String("k"), CopySource: aws.String("arn:aws:s3:us-east-1:444455556666:accesspoint/a/object/k"),
			})
			return err
		}, false},
		"one log group of two": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, cloudwatchlogs.NewFromConfig).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{
				LogGroupIdentifiers: []string{"g", "arn:aws:logs:us-east-1:444455556666:log-group:g"},
			})
			return err
		}, false},
		"a key that looks like an ARN": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, s3.NewFromConfig).PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("b"), Key: aws.String("arn:aws:iam::444455556666:role/r"), Metadata: map[string]string{"owner": "arn:aws:iam::444455556666:role/r"},
			})
			return err
		}, true},
		"the own account": {func(ctx context.Context) error {
			_, err := awsapi.Client(s, lambda.NewFromConfig).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("111122223333:function:f")})
			return err
		}, true},
	}
	for name, tt := range calls {
		t.Run(name, func(t *testing.T) {
			err := awserr.Fault(tt.call(t.Context()))
			if sent := len(server.take()) > 0; sent != tt.sent || errors.Is(err, fault.Refused) == tt.sent {
				t.Errorf("sent %v: %v", sent, err)
			}
		})
	}
}

// TestKeysOfAConnectionMayLieElsewhere: where a connection's keys are kept is
// said by who configured it.
func TestKeysOfAConnectionMayLieElsewhere(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("GetSecretValue", awsapitest.Text(`{"ARN": "arn:aws:secretsmanager:us-east-1:444455556666:secret:k", "SecretString": "AKIASM"}`))
	vault := awsapitest.Keys(server)
	vault.AllowRoot, vault.Account = true, "111122223333"
	main := vault
	main.Via, main.AccessKeyID = "vault", settings.NewSecret("awssecret:arn:aws:secretsmanager:us-east-1:444455556666:secret:k")
	pool := awsapi.NewPool(map[string]awsapi.Settings{"main": main, "vault": vault}, awsapitest.Quick(), awsapi.WithAccounts([]string{"111122223333"}), awsapi.WithDefault("main"))
	s, err := pool.Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if creds, err := s.Config().Credentials.Retrieve(t.Context()); err != nil || creds.AccessKeyID != "AKIASM" {
		t.Errorf("%s, %v", creds.AccessKeyID, err)
	}
}

// TestDenialTellsOfTheOwner: S3 does not say that a bucket is another's.
func TestDenialTellsOfTheOwner(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("GET /b/k", awsapitest.S3Error(403, "AccessDenied", "Access Denied"))
	f := awserr.Fault(awsapitest.GetObject(t.Context(), confined(t, server.URL, "111122223333")))
	if f == nil || f.Kind != fault.Denied || !strings.Contains(f.Cause, "does not belong to account 111122223333") {
		t.Errorf("%+v", f)
	}
}
