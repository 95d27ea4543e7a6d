package s3_test

import (
	"slices"
	"testing"
)

// TestS3URIs: every tool that takes a bucket takes the URI of what is in it.
func TestS3URIs(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", m{"bucket": "s3://harbour/logs/1 a.txt", "body": "x"})
		if got := s.Call(t, "s3.list", m{"bucket": "s3://harbour/logs/"}).Column("name"); !slices.Equal(got, []any{"logs/1 a.txt"}) {
			t.Errorf("listed %v", got)
		}
		if got := s.Call(t, "s3.list", m{"bucket": "s3://harbour"}).Column("name"); !slices.Equal(got, []any{"logs/1 a.txt"}) {
			t.Errorf("listed %v", got)
		}
		if got := s.Call(t, "s3.get", m{"bucket": "s3://harbour/logs/1 a.txt"}); got["key"] != "logs/1 a.txt" || got["text"] != "x" {
			t.Errorf("got %v", got)
		}
		s.Call(t, "s3.delete", m{"bucket": "s3://harbour/logs/1 a.txt"})
		if got := s.Call(t, "s3.list", m{"bucket": "s3://harbour/"}).Column("name"); len(got) > 0 {
			t.Errorf("left %v", got)
		}
	})
}
