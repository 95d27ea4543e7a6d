package s3_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	toolboxs3 "github.com/hawser/hawser/internal/toolbox/s3"
)

func TestABucketKeepsHeadsThatNobodyRemoves(t *testing.T) {
	s, _ := simStore(t)
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("locked"), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	w := &toolboxs3.BucketWitness{Pool: func() (*awsapi.Pool, error) { return s.Pool, nil }, Bucket: "locked", Prefix: "heads", Lock: 24 * time.Hour}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	o := audit.Options{Witnesses: []audit.Witness{w}, WitnessEvery: time.Hour}
	log, err := audit.OpenWith(path, o)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := log.Append(t.Context(), audit.Record{Tool: "s3.list"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	versions, err := s.client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("locked")})
	if err != nil || len(versions.Versions) == 0 {
		t.Fatalf("%d heads, %v", len(versions.Versions), err)
	}
	for _, v := range versions.Versions {
		if _, err := s.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("locked"), Key: v.Key, VersionId: v.VersionId}); err == nil {
			t.Errorf("%s was removed", *v.Key)
		}
		if _, err := s.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("locked"), Key: v.Key}); err != nil {
			t.Fatal(err) // it is only marked as deleted
		}
	}
	for _, name := range []string{path, path + ".head"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if log, err = audit.OpenWith(path, o); err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	report, err := log.Verify(t.Context(), "")
	if err != nil || report.Bad == nil || !strings.Contains(report.Bad.Reason, "s3://locked/heads") {
		t.Errorf("%+v, %v", report, err)
	}
	w.Bucket = "nowhere"
	if _, err := w.Heads(t.Context()); !errors.Is(err, fault.NotFound) {
		t.Errorf("a bucket that is not there: %v", err)
	}
}

// TestABucketElsewhereKeepsHeads has a connection of one region and a bucket of
// another.
func TestABucketElsewhereKeepsHeads(t *testing.T) {
	s, _ := simStore(t)
	elsewhere := func(o *s3.Options) { o.Region = "eu-west-1" }
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("far"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	}, elsewhere); err != nil {
		t.Fatal(err)
	}
	pool := func() (*awsapi.Pool, error) { return s.Pool, nil }
	want := audit.Head{Seq: 1, Hash: strings.Repeat("a", 64)}
	if err := (&toolboxs3.BucketWitness{Pool: pool, Bucket: "far", Prefix: "heads"}).Keep(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	heads, err := (&toolboxs3.BucketWitness{Pool: pool, Bucket: "far", Prefix: "heads"}).Heads(t.Context())
	if err != nil || len(heads) != 1 || heads[0].Seq != want.Seq || heads[0].Hash != want.Hash {
		t.Errorf("%+v, %v", heads, err)
	}
}
