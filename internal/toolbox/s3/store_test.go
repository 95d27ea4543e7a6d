package s3_test

import (
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

type m = map[string]any

// bucketStore is one S3 that the tools are tested with.
type bucketStore struct {
	*toolboxtest.Rig
	name   string
	client *s3.Client
	bucket string
}

// onEveryStore runs a test on every S3 there is, each time with a fresh
// bucket.
func onEveryStore(t *testing.T, test func(t *testing.T, s *bucketStore)) {
	t.Run("versitygw", func(t *testing.T) { test(t, newStore(t, "versitygw", toolboxtest.FakeSettings(startVersity(t)))) })
	t.Run("awssim", func(t *testing.T) { test(t, newStore(t, "awssim", toolboxtest.SimSettings(simtest.Start(t)))) })
}

func newStore(t testing.TB, name string, connection awsapi.Settings) *bucketStore {
	t.Helper()
	s := storeOf(t, toolboxtest.New(t, connection))
	s.name = name
	return s
}

// simStore is a store on the simulator, with the simulator at hand.
func simStore(t *testing.T) (*bucketStore, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t)
	return newStore(t, "awssim", toolboxtest.SimSettings(sim)), sim
}

// storeOf is a rig with a bucket.
func storeOf(t testing.TB, r *toolboxtest.Rig) *bucketStore {
	t.Helper()
	return &bucketStore{Rig: r, bucket: "harbour", client: toolboxtest.MakeBucket(t, r, "harbour")}
}

func (s *bucketStore) makeBucket(t testing.TB, name string) {
	t.Helper()
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
}

func (s *bucketStore) versioned(t testing.TB) {
	t.Helper()
	_, err := s.client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &s.bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// in is an input of a tool, the store's bucket filled in.
func (s *bucketStore) in(members map[string]any) map[string]any {
	if _, ok := members["bucket"]; !ok {
		members["bucket"] = s.bucket
	}
	return members
}

// meddled is a bucket, and a rig whose requests somebody else comes before:
// meddle runs once, before the first request that at fits is passed on.
func meddled(t *testing.T, at func(*http.Request) bool, meddle func(*bucketStore, *toolboxtest.Rig)) (*bucketStore, *toolboxtest.Rig) {
	t.Helper()
	sim := simtest.Start(t)
	direct := newStore(t, "direct", toolboxtest.SimSettings(sim))
	var once sync.Once
	var r *toolboxtest.Rig
	r = toolboxtest.New(t, toolboxtest.HookedSettings(t, sim, func(_ http.ResponseWriter, req *http.Request) bool {
		if at(req) {
			once.Do(func() { meddle(direct, r) })
		}
		return false
	}))
	return direct, r
}

// fill puts objects whose content is their key.
func (s *bucketStore) fill(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		s.Call(t, "s3.put", s.in(m{"key": key, "body": "content of " + key}))
	}
}

func (s *bucketStore) url(key string) string { return "s3://" + s.bucket + "/" + key }

// keys lists the store's objects.
func (s *bucketStore) keys(t testing.TB, prefix string) []any {
	t.Helper()
	return s.Call(t, "s3.list", s.in(m{"prefix": prefix})).Column("name")
}

// plant writes a small tree, whose names sort otherwise than its directories.
func (s *bucketStore) plant(t testing.TB, dir string) []string {
	t.Helper()
	names := []string{"a-b.txt", "a/x.log", "a/deep/y.txt", "a.txt", "é.txt", "sp ace+.txt"}
	for _, name := range names {
		s.Write(t, filepath.Join(dir, name), []byte("content of "+name))
	}
	return names
}

// put writes an object as somebody else.
func (s *bucketStore) put(t *testing.T, key, body string) {
	t.Helper()
	if _, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: strings.NewReader(body)}); err != nil {
		t.Error(err)
	}
}

func (s *bucketStore) holds(t *testing.T, key, want string) {
	t.Helper()
	if got := s.Call(t, "s3.get", m{"bucket": s.bucket, "key": key})["text"]; got != want {
		t.Errorf("%s holds %v, want %s", key, got, want)
	}
}

func ptr[T any](v T) *T { return &v }

func fillRandom(b []byte) {
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
}
