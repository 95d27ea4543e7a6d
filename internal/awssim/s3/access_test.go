package s3_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPermissions holds each operation to the IAM action and resource that
// it needs: allowed alone it passes, and without it it is denied.
func TestPermissions(t *testing.T) {
	b := newS3(t)
	b.put("key", "x")
	bucket, key, ctx := aws.String("bucket"), aws.String("key"), t.Context()
	for name, tt := range map[string]struct {
		action, resource string
		call             func(*s3.Client) error
	}{
		"ListBuckets": {"s3:ListAllMyBuckets", "*", func(c *s3.Client) error { _, err := c.ListBuckets(ctx, nil); return err }},
		"ListObjectsV2": {"s3:ListBucket", "arn:aws:s3:::bucket", func(c *s3.Client) error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			return err
		}},
		"HeadBucket": {"s3:ListBucket", "arn:aws:s3:::bucket", func(c *s3.Client) error { _, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: bucket}); return err }},
		"ListObjectVersions": {"s3:ListBucketVersions", "arn:aws:s3:::bucket", func(c *s3.Client) error {
			_, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket})
			return err
		}},
		"GetObject": {"s3:GetObject", "arn:aws:s3:::bucket/key", func(c *s3.Client) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
			return err
		}},
		"HeadObject": {"s3:GetObject", "arn:aws:s3:::bucket/key", func(c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
			return err
		}},
		"GetObject, version": {"s3:GetObjectVersion", "arn:aws:s3:::bucket/key", func(c *s3.Client) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: aws.String("null")})
			return err
		}},
		"PutObject": {"s3:PutObject", "arn:aws:s3:::bucket/new", func(c *s3.Client) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("new")})
			return err
		}},
		"CreateMultipartUpload": {"s3:PutObject", "arn:aws:s3:::bucket/new", func(c *s3.Client) error {
			_, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("new")})
			return err
		}},
		"GetObjectTagging": {"s3:GetObjectTagging", "arn:aws:s3:::bucket/key", func(c *s3.Client) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key})
			return err
		}},
		"DeleteObject": {"s3:DeleteObject", "arn:aws:s3:::bucket/none", func(c *s3.Client) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("none")})
			return err
		}},
		"GetBucketEncryption": {"s3:GetEncryptionConfiguration", "arn:aws:s3:::bucket", func(c *s3.Client) error {
			_, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
			return err
		}},
		"DeleteBucketCors": {"s3:PutBucketCORS", "arn:aws:s3:::bucket", func(c *s3.Client) error {
			_, err := c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: bucket})
			return err
		}},
		"GetPublicAccessBlock": {"s3:GetBucketPublicAccessBlock", "arn:aws:s3:::bucket", func(c *s3.Client) error {
			_, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			return err
		}},
	} {
		for effect, want := range map[string]string{"Allow": "", "Deny": "403"} {
			user := b.sim.Account.AddUser(strings.ReplaceAll(name, ", ", "-") + effect)
			policy := `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Action":"` + tt.action + `","Resource":"` + tt.resource + `"}`
			if effect == "Deny" {
				policy += `,{"Effect":"Allow","Action":"*","Resource":"*"}`
			}
			if err := user.PutPolicy("p", policy+"]}"); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(status(tt.call(simtest.S3Client(b.sim.ConfigFor(user.NewKey())))), " ")
			if got != want {
				t.Errorf("%s, where %s is %s: %q, want %q", name, tt.action, effect, got, want)
			}
		}
	}
}

// A write or deletion that is held to an entity tag needs the permission to read.
func TestConditionsNeedToRead(t *testing.T) {
	b := newS3(t)
	etag := b.put("key", "x").ETag
	user := b.sim.Account.AddUser("ada")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:DeleteObject"],"Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	ada := simtest.S3Client(b.sim.ConfigFor(user.NewKey()))
	bucket, key := aws.String("bucket"), aws.String("key")
	if _, err := ada.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, IfMatch: etag}); status(err) != "403 AccessDenied" {
		t.Errorf("put: %v", err)
	}
	if _, err := ada.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key, IfMatch: etag}); status(err) != "403 AccessDenied" {
		t.Errorf("delete: %v", err)
	}
	if _, err := ada.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key, IfMatch: aws.String("*")}); err != nil {
		t.Errorf("delete whatever is there: %v", err)
	}
}

func TestPolicyConditions(t *testing.T) {
	b := newS3(t)
	b.put("home/ada/x", "x")
	user := b.sim.Account.AddUser("ada")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringLike":{"s3:prefix":"home/ada/*"}}},
		{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket/home/ada/*"}]}`); err != nil {
		t.Fatal(err)
	}
	ada := simtest.S3Client(b.sim.ConfigFor(user.NewKey()))
	for prefix, want := range map[string]string{"home/ada/": "", "home/": "403 AccessDenied", "": "403 AccessDenied"} {
		if _, err := ada.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), Prefix: &prefix}); status(err) != want {
			t.Errorf("prefix %q: %v, want %q", prefix, err, want)
		}
	}
	out, err := ada.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String("bucket"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("home/ada/x")}, {Key: aws.String("home/bob/x")},
	}}})
	if err != nil || len(out.Deleted) != 1 || len(out.Errors) != 1 || *out.Errors[0].Code != "AccessDenied" || *out.Errors[0].Key != "home/bob/x" {
		t.Errorf("deleting one's own and another's: %+v, %v", out, err)
	}
	var region string
	_, err = ada.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("bucket")}, func(o *s3.Options) {
		o.HTTPClient = spy(func(r *http.Response) { region = r.Header.Get("X-Amz-Bucket-Region") })
	})
	if !strings.HasPrefix(status(err), "403") || region != "us-east-1" {
		t.Errorf("a head that is denied: %v, region %q", err, region)
	}
}

// spy is an HTTP client that shows its answers.
type spy func(*http.Response)

func (s spy) Do(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		s(resp)
	}
	return resp, err
}

func TestPresigned(t *testing.T) {
	b := newS3(t)
	presign := s3.NewPresignClient(b.Client)
	put, err := presign.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b")}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, url, body string) (int, string) {
		t.Helper()
		return simtest.Unsigned(t, method, url, body)
	}
	if code, text := send(put.Method, put.URL, "hello"); code != 200 {
		t.Fatalf("put: %d %s", code, text)
	}
	get, err := presign.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b")})
	if err != nil {
		t.Fatal(err)
	}
	if code, text := send(get.Method, get.URL, ""); code != 200 || text != "hello" {
		t.Errorf("get: %d %s", code, text)
	}
	if code, _ := send(get.Method, strings.Replace(get.URL, "a%20b", "other", 1), ""); code != 403 {
		t.Errorf("another key by the same signature: %d", code)
	}
	if code, _ := send(http.MethodGet, b.sim.URL+"/bucket/a%20b", ""); code != 403 {
		t.Errorf("without a signature: %d", code)
	}
}

func TestArchive(t *testing.T) {
	b := newS3(t)
	in := &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("cold")}
	if _, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: in.Bucket, Key: in.Key, StorageClass: types.StorageClassGlacier, Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetObject(t.Context(), in); status(err) != "403 InvalidObjectState" {
		t.Errorf("archived: %v", err)
	}
	if _, err := b.RestoreObject(t.Context(), &s3.RestoreObjectInput{Bucket: in.Bucket, Key: in.Key, RestoreRequest: &types.RestoreRequest{Days: aws.Int32(1)}}); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), in)
	if err != nil || read(t, out.Body) != "x" || !strings.HasPrefix(aws.ToString(out.Restore), `ongoing-request="false"`) {
		t.Errorf("restored: %+v, %v", out, err)
	}
	if _, err := b.RestoreObject(t.Context(), &s3.RestoreObjectInput{Bucket: in.Bucket, Key: aws.String("none"), RestoreRequest: &types.RestoreRequest{Days: aws.Int32(1)}}); status(err) != "404 NoSuchKey" {
		t.Errorf("nothing to restore: %v", err)
	}
}
