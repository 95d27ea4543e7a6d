package s3_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// buffer is an io.WriterAt in memory.
type buffer struct{ data []byte }

func (b *buffer) WriteAt(p []byte, at int64) (int, error) { return copy(b.data[at:], p), nil }

func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}

func TestTransferManager(t *testing.T) {
	b := newS3(t)
	data := noise(40<<20 + 123)
	tm := transfermanager.New(b.Client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold, o.Concurrency = 8<<20, 16<<20, 4
	})
	for name, body := range map[string]io.Reader{"seekable": bytes.NewReader(data), "stream": io.MultiReader(bytes.NewReader(data))} {
		up, err := tm.UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: aws.String("bucket"), Key: &name, Body: body})
		if err != nil {
			t.Fatal(err)
		}
		got := &buffer{make([]byte, len(data))}
		if _, err := tm.DownloadObject(t.Context(), &transfermanager.DownloadObjectInput{Bucket: aws.String("bucket"), Key: &name, WriterAt: got}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.data, data) {
			t.Errorf("%s: what came back (etag %s) is not what was sent", name, aws.ToString(up.ETag))
		}
	}
}

// BenchmarkTransfers is puts and gets of 64 KiB over loopback by the SDK, client and
// simulator in one process.
func BenchmarkTransfers(b *testing.B) {
	sim := simtest.Start(b)
	cfg := sim.Config()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	cfg.HTTPClient = &http.Client{Transport: transport}
	client := simtest.S3Client(cfg)
	if _, err := client.CreateBucket(b.Context(), &s3.CreateBucketInput{Bucket: aws.String("bucket")}); err != nil {
		b.Fatal(err)
	}
	data := noise(64 << 10)
	put := func() error {
		_, err := client.PutObject(b.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), Body: bytes.NewReader(data)})
		return err
	}
	get := func() error {
		out, err := client.GetObject(b.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, out.Body)
		_ = out.Body.Close()
		return err
	}
	for name, call := range map[string]func() error{"put": put, "get": get} {
		b.Run(name, func(b *testing.B) {
			if err := put(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			b.SetParallelism(8)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := call(); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}
