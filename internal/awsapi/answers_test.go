package awsapi_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
)

// Calls that tests make.

func whoAmI(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, sts.NewFromConfig).GetCallerIdentity(ctx, nil)
	return err
}

func getObject(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	return err
}

func getVersion(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String("b"), Key: aws.String("k"), VersionId: aws.String("v"),
	})
	return err
}

func headBucket(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("b")})
	return err
}

func invoke(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, lambda.NewFromConfig).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")})
	return err
}

func listFunctions(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, lambda.NewFromConfig).ListFunctions(ctx, nil)
	return err
}

func stopInstance(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, ec2.NewFromConfig).StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{"i-1"}})
	return err
}

func badCall(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{})
	return err
}

// What the server answers.

func s3Error(status int, code, message string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amz-Request-Id", "req-1")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Error><Code>%s</Code><Message>%s</Message><RequestId>req-1</RequestId></Error>`, code, message)
	}
}

func ec2Error(status int, code, message string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>req-1</RequestID></Response>`, code, message)
	}
}

func lambdaError(status int, code, body string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amzn-Errortype", code)
		w.Header().Set("X-Amzn-Requestid", "req-1")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// late answers with a date that is off.
func late(by time.Duration, a reply) reply {
	return func(w http.ResponseWriter, r *http.Request, form url.Values) {
		w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		a(w, r, form)
	}
}

func elsewhere(region string, a reply) reply {
	return func(w http.ResponseWriter, r *http.Request, form url.Values) {
		w.Header().Set("X-Amz-Bucket-Region", region)
		a(w, r, form)
	}
}

func statusOnly(status int) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amz-Request-Id", "req-1")
		w.WriteHeader(status)
	}
}

// reset breaks the connection without an answer.
func reset(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// truncated promises more than it gives.
func truncated(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	w.Header().Set("Content-Length", "500")
	fmt.Fprint(w, "<GetCallerIdentityResponse>")
}

// whole answers with success and a complete body that is not what was asked.
func whole(contentType, body string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

// htmlStatus answers as proxies do.
func htmlStatus(status int) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><h1>No</h1></html>")
	}
}

func jsonError(code string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"__type": %q, "message": "no"}`, code)
	}
}
