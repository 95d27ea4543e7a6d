package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// BucketWitness keeps heads of the audit log in an S3 bucket, one object each,
// whose key holds the record's number and hash. With object lock in compliance
// mode nobody can remove one before its time is over, the root user included.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
type BucketWitness struct {
	Pool func() (*awsapi.Pool, error)
	// Connection is the one that writes and lists; empty means the default.
	Connection string
	Bucket     string
	// Prefix is that of the keys, without a slash at its end. Each log needs one
	// of its own.
	Prefix string
	// Lock is for how long each object is locked; 0 leaves that to the bucket.
	Lock time.Duration

	home atomic.Pointer[string] // the bucket's region, where S3 has named it
}

// Name returns the place as an S3 URI.
func (w *BucketWitness) Name() string { return "s3://" + w.Bucket + "/" + w.Prefix }

// at runs do with a client for the bucket's region. Where S3 answers that the
// bucket lives elsewhere, do runs once more there, and later calls go there at
// once. The error is a fault.
func (w *BucketWitness) at(ctx context.Context, do func(*s3.Client) error) error {
	pool, err := w.Pool()
	if err != nil {
		return err
	}
	target := awsapi.Target{Connection: w.Connection}
	if home := w.home.Load(); home != nil {
		target.Region = *home
	}
	session, err := pool.Session(ctx, target)
	if err != nil {
		return err
	}
	err = do(newClient(session))
	home := rightRegion(asFault(err))
	if home == "" || home == session.Region {
		return asFault(err)
	}
	w.home.Store(&home)
	target.Region = home
	if session, err = pool.Session(ctx, target); err != nil {
		return err
	}
	return asFault(do(newClient(session)))
}

// asFault is awserr.Fault with a nil that is not an error.
func asFault(err error) error {
	if err == nil {
		return nil
	}
	return awserr.Fault(err)
}

// Keep puts one object.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func (w *BucketWitness) Keep(ctx context.Context, h audit.Head) error {
	body, err := json.Marshal(h)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the head cannot be written as JSON")
	}
	in := s3.PutObjectInput{
		Bucket: &w.Bucket, Key: aws.String(w.key(h)), ContentType: aws.String("application/json"),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256, // S3 wants one where an object is locked
	}
	if w.Lock > 0 {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = types.ObjectLockModeCompliance, aws.Time(time.Now().UTC().Add(w.Lock))
	}
	return w.at(ctx, func(client *s3.Client) error {
		again := in
		again.Body = bytes.NewReader(body)
		_, err := client.PutObject(ctx, &again)
		return err
	})
}

func (w *BucketWitness) key(h audit.Head) string {
	return fmt.Sprintf("%s%020d-%s", w.folder(), h.Seq, h.Hash)
}

func (w *BucketWitness) folder() string {
	if w.Prefix == "" {
		return ""
	}
	return strings.TrimSuffix(w.Prefix, "/") + "/"
}

// Heads lists every version, so that a delete marker hides none.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (w *BucketWitness) Heads(ctx context.Context) (heads []audit.Head, err error) {
	err = w.at(ctx, func(client *s3.Client) (err error) {
		heads, err = w.heads(ctx, client)
		return err
	})
	return heads, err
}

func (w *BucketWitness) heads(ctx context.Context, client *s3.Client) ([]audit.Head, error) {
	var heads []audit.Head
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &w.Bucket, Prefix: aws.String(w.folder())})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Versions {
			h, ok := headOfKey(strings.TrimPrefix(aws.ToString(v.Key), w.folder()))
			if !ok {
				return nil, fault.New(fault.Invalid, "%s holds %q, which is not a head of an audit log", w.Name(), aws.ToString(v.Key)).
					WithFix("give the log a prefix of its own")
			}
			h.Time = aws.ToTime(v.LastModified)
			heads = append(heads, h)
		}
	}
	return heads, nil
}

// headOfKey reads what key writes.
func headOfKey(name string) (audit.Head, bool) {
	number, hash, ok := strings.Cut(name, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil || seq == 0 || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return audit.Head{}, false
	}
	return audit.Head{Seq: seq, Hash: hash}, true
}
