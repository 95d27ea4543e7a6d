package s3_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestCreateAndDeleteBuckets(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		made := s.Call(t, "s3.create-bucket", m{"bucket": "s3://jetty/"})
		if diff := cmp.Diff(toolboxtest.Answer{"bucket": "jetty", "region": "us-east-1"}, made); diff != "" {
			t.Error(diff)
		}
		s.Call(t, "s3.put", m{"bucket": "jetty", "key": "a", "body": "x"})
		_, err := s.Try(t.Context(), "s3.delete-bucket", m{"bucket": "jetty"})
		if f := fault.From(err); f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Fix, "hawser s3 rm s3://jetty --recursive") {
			t.Errorf("%+v", f)
		}
		if _, err := toolboxtest.Guarded(t, s.Rig, nil, "s3.delete-bucket", m{"bucket": "jetty"}); !errors.Is(err, fault.Conflict) {
			t.Errorf("before the question: %v", err)
		}
		s.Call(t, "s3.delete", m{"bucket": "jetty", "recursive": true})
		s.Call(t, "s3.delete-bucket", m{"bucket": "jetty"})
		if diff := cmp.Diff([]any{s.bucket}, s.Call(t, "s3.list", m{}).Column("name")); diff != "" {
			t.Error(diff)
		}
		if _, err := s.Try(t.Context(), "s3.delete-bucket", m{"bucket": "jetty"}); !errors.Is(err, fault.NotFound) {
			t.Errorf("a bucket that is gone: %v", err)
		}
	})
}

func TestBucketsInOtherRegions(t *testing.T) {
	s, _ := simStore(t)
	if made := s.Call(t, "s3.create-bucket", m{"bucket": "far", "region": "eu-west-1"}); made["region"] != "eu-west-1" {
		t.Error(made)
	}
	_, err := s.Try(t.Context(), "s3.create-bucket", m{"bucket": "far", "region": "eu-west-1"})
	if f := fault.From(err); f == nil || f.Kind != fault.Conflict || f.Code != "BucketAlreadyOwnedByYou" {
		t.Errorf("%+v", f)
	}
	if got := toolboxtest.Asks(t, s.Rig, "s3.delete-bucket", m{"bucket": "far"}); got != "Delete the bucket far, which has no objects, so that others can take its name in 111122223333, eu-west-1?" {
		t.Errorf("asked %q", got)
	}
	for _, in := range []m{{"bucket": "s3://far/key"}, {"bucket": "arn:aws:s3:us-east-1:111122223333:accesspoint/a"}} {
		if _, err := s.Try(t.Context(), "s3.create-bucket", in); !errors.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", in, err)
		}
	}
}

// Versions keep a bucket that has no objects.
func TestABucketOfVersionsIsNotEmpty(t *testing.T) {
	s, _ := simStore(t)
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	s.fill(t, "a")
	s.Call(t, "s3.delete", s.in(m{"key": "a"}))
	_, err := s.Try(t.Context(), "s3.delete-bucket", s.in(m{}))
	if f := fault.From(err); f == nil || f.Kind != fault.Conflict || !strings.Contains(f.Fix, "version_id") {
		t.Errorf("%+v", f)
	}
	if _, err := s.client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &s.bucket}); err != nil {
		t.Error(err)
	}
}
