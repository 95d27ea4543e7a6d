package awssim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func once(cfg aws.Config) aws.Config {
	cfg.Retryer = func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), 1) }
	return cfg
}

func describeVolumes(t *testing.T, cfg aws.Config) error {
	_, err := ec2.NewFromConfig(once(cfg)).DescribeVolumes(t.Context(), nil)
	return err
}

// clients call one read of each family of protocols.
func clients(t *testing.T) map[string]func(aws.Config) error {
	return map[string]func(aws.Config) error{
		"s3": func(cfg aws.Config) error {
			_, err := simtest.S3Client(once(cfg)).ListBuckets(t.Context(), nil)
			return err
		},
		"ec2": func(cfg aws.Config) error { return describeVolumes(t, cfg) },
		"sts": func(cfg aws.Config) error {
			_, err := sts.NewFromConfig(once(cfg)).GetCallerIdentity(t.Context(), nil)
			return err
		},
		"logs": func(cfg aws.Config) error {
			_, err := cloudwatchlogs.NewFromConfig(once(cfg)).DescribeLogGroups(t.Context(), nil)
			return err
		},
		"lambda": func(cfg aws.Config) error {
			_, err := lambda.NewFromConfig(once(cfg)).ListFunctions(t.Context(), nil)
			return err
		},
	}
}

// TestRefusals compares the codes with which each family of services refuses.
func TestRefusals(t *testing.T) {
	tests := []struct {
		name  string
		codes map[string]string
		spoil func(*simtest.Sim, *aws.Credentials)
	}{
		{
			"unknown key",
			map[string]string{"s3": "InvalidAccessKeyId", "ec2": "AuthFailure", "sts": "InvalidClientTokenId", "logs": "UnrecognizedClientException", "lambda": "UnrecognizedClientException"},
			func(_ *simtest.Sim, c *aws.Credentials) { c.AccessKeyID = "AKIAIOSFODNN7EXAMPLE" },
		},
		{
			"wrong secret",
			map[string]string{"s3": "SignatureDoesNotMatch", "ec2": "AuthFailure", "sts": "SignatureDoesNotMatch", "logs": "InvalidSignatureException", "lambda": "InvalidSignatureException"},
			func(_ *simtest.Sim, c *aws.Credentials) { c.SecretAccessKey += "x" },
		},
		{
			"wrong token",
			map[string]string{"s3": "InvalidToken", "ec2": "AuthFailure", "sts": "InvalidClientTokenId", "logs": "UnrecognizedClientException", "lambda": "UnrecognizedClientException"},
			func(_ *simtest.Sim, c *aws.Credentials) { c.SessionToken = "x" },
		},
		{
			"clock behind",
			map[string]string{"s3": "RequestTimeTooSkewed", "ec2": "RequestExpired", "sts": "SignatureDoesNotMatch", "logs": "InvalidSignatureException", "lambda": "InvalidSignatureException"},
			func(s *simtest.Sim, _ *aws.Credentials) { s.Clock.SetSkew(20 * time.Minute) },
		},
		{
			"clock ahead",
			map[string]string{"s3": "RequestTimeTooSkewed", "ec2": "RequestExpired", "sts": "SignatureDoesNotMatch", "logs": "InvalidSignatureException", "lambda": "InvalidSignatureException"},
			func(s *simtest.Sim, _ *aws.Credentials) { s.Clock.SetSkew(-20 * time.Minute) },
		},
		{
			"session ended",
			map[string]string{"s3": "ExpiredToken", "ec2": "RequestExpired", "sts": "ExpiredToken", "logs": "ExpiredTokenException", "lambda": "ExpiredTokenException"},
			func(s *simtest.Sim, c *aws.Credentials) {
				r, err := s.Account.AddRole("r", trustAnyone)
				if err != nil {
					panic(err)
				}
				k := r.NewSession("s", time.Hour)
				c.AccessKeyID, c.SecretAccessKey, c.SessionToken = k.AccessKeyID, k.SecretAccessKey, k.SessionToken
				s.Clock.Advance(2 * time.Hour)
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sim := simtest.Start(t)
			creds := aws.Credentials{AccessKeyID: sim.Key.AccessKeyID, SecretAccessKey: sim.Key.SecretAccessKey}
			tt.spoil(sim, &creds)
			cfg := sim.Config()
			cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return creds, nil })
			for service, call := range clients(t) {
				t.Run(service, func(t *testing.T) { simtest.WantCode(t, call(cfg), tt.codes[service], "") })
			}
		})
	}
}

// storeOf serves S3's PutObject and GetObject on one object in memory.
func storeOf(stored *[]byte, trailer *http.Header) func(*awssim.World) *awssim.Service {
	return func(*awssim.World) *awssim.Service {
		return &awssim.Service{Model: "s3", Handlers: map[string]awssim.Handler{
			"PutObject": awssim.Op(func(c *awssim.Call, in *s3.PutObjectInput) (*s3.PutObjectOutput, error) {
				body, err := io.ReadAll(in.Body)
				if err != nil {
					return nil, err
				}
				*stored, *trailer = body, c.Trailer()
				return &s3.PutObjectOutput{}, nil
			}),
			"GetObject": awssim.Op(func(_ *awssim.Call, _ *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
				return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(*stored)), ContentLength: aws.Int64(int64(len(*stored)))}, nil
			}),
		}}
	}
}

func TestPresigned(t *testing.T) {
	stored, trailer := []byte("hello"), http.Header{}
	sim := simtest.Start(t, awssim.Options{Services: []func(*awssim.World) *awssim.Service{storeOf(&stored, &trailer)}})
	url, err := s3.NewPresignClient(simtest.S3Client(sim.Config())).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("a b/c+d")}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	get := func(url string) (int, string) {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if status, body := get(url.URL); status != 200 || body != "hello" {
		t.Errorf("%d %s", status, body)
	}
	if status, body := get(strings.Replace(url.URL, "X-Amz-Expires=60", "X-Amz-Expires=600", 1)); status != 403 || !strings.Contains(body, "SignatureDoesNotMatch") {
		t.Errorf("changed: %d %s", status, body)
	}
	sim.Clock.SetSkew(2 * time.Minute)
	if status, body := get(url.URL); status != 403 || !strings.Contains(body, "Request has expired") {
		t.Errorf("late: %d %s", status, body)
	}
	if status, body := get(sim.URL + "/bkt/key"); status != 403 || !strings.Contains(body, "AccessDenied") {
		t.Errorf("unsigned: %d %s", status, body)
	}
	if status, body := get(sim.URL + "/bkt/key?AWSAccessKeyId=a&Signature=b&Expires=1"); status != 400 || !strings.Contains(body, "Please use AWS4-HMAC-SHA256") {
		t.Errorf("version 2: %d %s", status, body)
	}
}

// TestBucketInHost signs for a virtual host and sends to the simulator.
func TestBucketInHost(t *testing.T) {
	var got *s3.GetObjectInput
	sim := startWith(t, &awssim.Service{Model: "s3"}, "GetObject", awssim.Op(func(_ *awssim.Call, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
		got = in
		return &s3.GetObjectOutput{}, nil
	}))
	for _, host := range []string{"s3.us-east-1.amazonaws.com", "localhost:1234", "s3.localhost", "s3.dualstack.eu-west-1.amazonaws.com"} {
		cfg := sim.Config()
		cfg.BaseEndpoint = aws.String("http://" + host)
		cfg.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			r.Host = r.URL.Host
			if !strings.HasPrefix(r.Host, "mybkt.") {
				t.Errorf("the request goes to %s", r.Host)
			}
			r.URL.Host = strings.TrimPrefix(sim.URL, "http://")
			return http.DefaultClient.Do(r)
		})
		_, err := s3.NewFromConfig(cfg).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("mybkt"), Key: aws.String("a/b c")})
		if err != nil || *got.Bucket != "mybkt" || *got.Key != "a/b c" {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func TestNotImplemented(t *testing.T) {
	sim := simtest.Start(t)
	_, err := ec2.NewFromConfig(once(sim.Config())).AcceptVpcPeeringConnection(t.Context(), &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: aws.String("x")})
	simtest.WantCode(t, err, "NotImplemented", "ec2:AcceptVpcPeeringConnection")
	var status interface{ HTTPStatusCode() int }
	if !errors.As(err, &status) || status.HTTPStatusCode() != http.StatusNotImplemented {
		t.Errorf("%v is no 501", err)
	}
}
