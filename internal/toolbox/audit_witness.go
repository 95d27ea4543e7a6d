package toolbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
)

// BucketWitness keeps heads of the audit log in an S3 bucket, one object each,
// whose key holds the record's number and hash. With object lock in compliance
// mode nobody can remove one before its time is over, the root user included.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
type BucketWitness struct {
	Pool func() (*awsapi.Pool, error)
	// Connection is the one that writes and lists; empty is the default.
	Connection string
	Bucket     string
	// Prefix is that of the keys, without a slash at its end. Each log needs one
	// of its own.
	Prefix string
	// Lock is for how long each object is locked; 0 leaves that to the bucket.
	Lock time.Duration
}

// Name is the place as an S3 URI.
func (w BucketWitness) Name() string { return "s3://" + w.Bucket + "/" + w.Prefix }

func (w BucketWitness) client(ctx context.Context) (*s3.Client, error) {
	pool, err := w.Pool()
	if err != nil {
		return nil, err
	}
	session, err := pool.Session(ctx, awsapi.Target{Connection: w.Connection})
	if err != nil {
		return nil, err
	}
	return s3Client(session), nil
}

// Keep puts one object.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func (w BucketWitness) Keep(ctx context.Context, h audit.Head) error {
	client, err := w.client(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(h)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the head cannot be written as JSON")
	}
	in := &s3.PutObjectInput{
		Bucket: &w.Bucket, Key: aws.String(w.key(h)), Body: bytes.NewReader(body), ContentType: aws.String("application/json"),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256, // S3 wants one where an object is locked
	}
	if w.Lock > 0 {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = types.ObjectLockModeCompliance, aws.Time(time.Now().UTC().Add(w.Lock))
	}
	if _, err := client.PutObject(ctx, in); err != nil {
		return awsapi.Fault(err)
	}
	return nil
}

func (w BucketWitness) key(h audit.Head) string {
	return fmt.Sprintf("%s%020d-%s", w.folder(), h.Seq, h.Hash)
}

func (w BucketWitness) folder() string {
	if w.Prefix == "" {
		return ""
	}
	return strings.TrimSuffix(w.Prefix, "/") + "/"
}

// Heads lists every version, so that a delete marker hides none.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (w BucketWitness) Heads(ctx context.Context) ([]audit.Head, error) {
	client, err := w.client(ctx)
	if err != nil {
		return nil, err
	}
	var heads []audit.Head
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &w.Bucket, Prefix: aws.String(w.folder())})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, awsapi.Fault(err)
		}
		for _, v := range page.Versions {
			h, ok := headOfKey(strings.TrimPrefix(aws.ToString(v.Key), w.folder()))
			if !ok {
				return nil, fault.New(fault.Invalid, "%s holds %q, which is no head of an audit log", w.Name(), aws.ToString(v.Key)).
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
