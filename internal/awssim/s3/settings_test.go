package s3_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

func TestObjectLock(t *testing.T) {
	b := newS3(t)
	name := aws.String("locked")
	if _, err := b.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{Bucket: name, ObjectLockConfiguration: &types.ObjectLockConfiguration{
		ObjectLockEnabled: "Enabled", Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: "GOVERNANCE", Days: aws.Int32(1)}},
	}}); err != nil {
		t.Fatal(err)
	}
	put, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: name, Key: aws.String("k"), Body: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	held, err := b.GetObjectRetention(t.Context(), &s3.GetObjectRetentionInput{Bucket: name, Key: aws.String("k")})
	if err != nil || held.Retention.Mode != "GOVERNANCE" {
		t.Errorf("%+v, %v", held, err)
	}
	del := &s3.DeleteObjectInput{Bucket: name, Key: aws.String("k"), VersionId: put.VersionId}
	if _, err := b.DeleteObject(t.Context(), del); status(err) != "403 AccessDenied" {
		t.Errorf("a locked version: %v", err)
	}
	del.BypassGovernanceRetention = aws.Bool(true)
	if _, err := b.DeleteObject(t.Context(), del); err != nil {
		t.Error(err)
	}
}

func TestBucketSettings(t *testing.T) {
	b := newS3(t)
	bucket := aws.String("bucket")
	ctx := context.WithoutCancel(t.Context())
	for name, tt := range map[string]struct {
		get  func() error
		want string
	}{
		"tagging": {func() error { _, err := b.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket}); return err }, "404 NoSuchTagSet"},
		"policy":  {func() error { _, err := b.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket}); return err }, "404 NoSuchBucketPolicy"},
		"status": {func() error {
			_, err := b.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
			return err
		}, "404 NoSuchBucketPolicy"},
		"cors":    {func() error { _, err := b.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: bucket}); return err }, "404 NoSuchCORSConfiguration"},
		"website": {func() error { _, err := b.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: bucket}); return err }, "404 NoSuchWebsiteConfiguration"},
		"lifecycle": {func() error {
			_, err := b.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket})
			return err
		}, "404 NoSuchLifecycleConfiguration"},
		"replication": {func() error {
			_, err := b.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: bucket})
			return err
		}, "404 ReplicationConfigurationNotFoundError"},
		"object lock": {func() error {
			_, err := b.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: bucket})
			return err
		}, "404 ObjectLockConfigurationNotFoundError"},
		"encryption": {func() error {
			_, err := b.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
			return err
		}, ""},
		"versioning": {func() error {
			_, err := b.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
			return err
		}, ""},
		"logging": {func() error { _, err := b.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: bucket}); return err }, ""},
		"accelerate": {func() error {
			_, err := b.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: bucket})
			return err
		}, ""},
		"payment": {func() error {
			_, err := b.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: bucket})
			return err
		}, ""},
		"notification": {func() error {
			_, err := b.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: bucket})
			return err
		}, ""},
		"acl": {func() error { _, err := b.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket}); return err }, ""},
		"ownership": {func() error {
			_, err := b.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
			return err
		}, ""},
		"public block": {func() error {
			_, err := b.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			return err
		}, ""},
	} {
		if got := status(tt.get()); got != tt.want {
			t.Errorf("%s of a new bucket: %q, want %q", name, got, tt.want)
		}
	}
}

func TestSettingsAreKept(t *testing.T) {
	b := newS3(t)
	bucket := aws.String("bucket")
	lifecycle := []types.LifecycleRule{{
		ID: aws.String("old"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("logs/")},
		Expiration: &types.LifecycleExpiration{Days: aws.Int32(30)}, Transitions: []types.Transition{{Days: aws.Int32(10), StorageClass: "GLACIER"}},
	}}
	if _, err := b.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: lifecycle}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketLifecycleConfiguration(t.Context(), &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}); err != nil || fmt.Sprintf("%s %s %d %s", *got.Rules[0].ID, *got.Rules[0].Filter.Prefix, *got.Rules[0].Expiration.Days, got.Rules[0].Transitions[0].StorageClass) != "old logs/ 30 GLACIER" {
		t.Errorf("lifecycle: %+v, %v", got, err)
	}
	cors := []types.CORSRule{{AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: aws.Int32(5)}}
	if _, err := b.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: cors}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketCors(t.Context(), &s3.GetBucketCorsInput{Bucket: bucket}); err != nil || len(got.CORSRules) != 1 || len(got.CORSRules[0].AllowedMethods) != 2 {
		t.Errorf("cors: %+v, %v", got, err)
	}
	if _, err := b.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("team"), Value: aws.String("data")}}}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: bucket}); err != nil || *got.TagSet[0].Value != "data" {
		t.Errorf("tagging: %+v, %v", got, err)
	}
	if _, err := b.DeleteBucketTagging(t.Context(), &s3.DeleteBucketTaggingInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: bucket}); status(err) != "404 NoSuchTagSet" {
		t.Errorf("tagging after its end: %v", err)
	}
}

func TestBucketPolicies(t *testing.T) {
	b := newS3(t)
	b.put("shared/x", "x")
	b.put("own/x", "x")
	bucket := aws.String("bucket")
	two := b.sim.AddAccount("444455556666", "two")
	other := simtest.S3Client(b.sim.ConfigFor(simtest.Admin(t, two, "bob").NewKey()))
	get := func(c *s3.Client, key string) string {
		_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: &key})
		return status(err)
	}
	if got := get(other, "shared/x"); got != "403 AccessDenied" {
		t.Errorf("another account without a policy: %q", got)
	}
	set := func(text string) string {
		_, err := b.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &text})
		return status(err)
	}
	for text, want := range map[string]string{
		`{`: "400 MalformedPolicy",
		`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`:                 "400 MalformedPolicy",
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`: "403 AccessDenied",
	} {
		if got := set(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := set(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/shared/*"},
		{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/own/*"}]}`); got != "" {
		t.Fatal(got)
	}
	for _, tt := range []struct {
		name   string
		client *s3.Client
		key    string
		want   string
	}{
		{"shared", other, "shared/x", ""},
		{"not shared", other, "own/x", "403 AccessDenied"},
		{"absent, to one who may not list", other, "shared/none", "403 AccessDenied"},
		{"absent, to the owner", b.Client, "shared/none", "404 NoSuchKey"},
		{"denied to the owner", b.Client, "own/x", "403 AccessDenied"},
	} {
		if got := get(tt.client, tt.key); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	state, err := b.GetBucketPolicyStatus(t.Context(), &s3.GetBucketPolicyStatusInput{Bucket: bucket})
	if err != nil || *state.PolicyStatus.IsPublic {
		t.Errorf("%+v, %v", state, err)
	}
}
