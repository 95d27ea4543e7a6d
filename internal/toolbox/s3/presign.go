package s3

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// How long a presigned URL may be valid.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
const (
	usualExpiry = time.Hour
	maxExpiry   = 7 * 24 * time.Hour
)

type presignInput struct {
	tool.Target
	payer
	Bucket    string `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/key" format:"bucket" rest:"key" complete:"s3.bucket"`
	Key       string `json:"key" jsonschema:"the object's key" holds:"content" empty:"blank"`
	VersionID string `json:"version_id,omitempty" jsonschema:"an older version; default: the latest at the time of the download"`
	Expires   string `json:"expires,omitempty" jsonschema:"how long the URL is valid, such as 30m, 24h, 7d or a number of seconds; at most 7 days, default 1h"`
}

// Validate checks key and expiry.
func (in presignInput) Validate() error {
	_, err := in.expiry()
	return cmp.Or(err, checkKey("key", in.Key))
}

// Subject names the object.
func (in presignInput) Subject() string { return objectURL(in.Bucket, in.Key) }

// Aim is where the ARN of an access point says.
func (in presignInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }

// expiry reads how long the URL is to be valid.
func (in presignInput) expiry() (time.Duration, error) {
	if in.Expires == "" {
		return usualExpiry, nil
	}
	d, err := lasting(in.Expires)
	switch {
	case err != nil:
		return 0, fault.New(fault.Invalid, "expires %q is not a time span", in.Expires).At("expires").WithFix("give one such as 30m, 24h, 7d or 3600 (seconds)")
	case d < time.Second, d > maxExpiry:
		return 0, fault.New(fault.Invalid, "expires %q is not between 1 second and 7 days", in.Expires).At("expires").
			WithCause("S3 accepts presigned URLs for at most 7 days").WithFix("give at most 7d")
	}
	return d.Truncate(time.Second), nil
}

// lasting reads seconds, days, or a time span as Go writes it.
func lasting(span string) (time.Duration, error) {
	if seconds, err := strconv.ParseInt(span, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, nil
	}
	if days, ok := strings.CutSuffix(span, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(span)
}

type presigned struct {
	URL     string    `json:"url" jsonschema:"the URL; whoever has it can read the object until it ends"`
	Bucket  string    `json:"bucket"`
	Key     string    `json:"key"`
	Expires time.Time `json:"expires" jsonschema:"when the URL ends"`
	Notes   []string  `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Remarks says when the URL ends, for the door.
func (p presigned) Remarks() []string {
	return append([]string{"the URL ends at " + p.Expires.UTC().Format("2006-01-02 15:04:05 MST")}, p.Notes...)
}

// Text returns the URL alone.
func (p presigned) Text() string { return p.URL + "\n" }

func (b *box) presignTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "s3.presign",
		Summary: "Make a URL with which anybody can read an object for a time",
		Description: "The URL is signed on this machine with the credentials of the connection, and AWS is not asked: it is not checked whether the object exists, " +
			"or whether these credentials may read it. The bucket's region must be that of the call. If the credentials are temporary, the URL ends with them at the latest.",
		Effect: tool.Read, Args: []string{"bucket", "key"}, Secrets: []string{"url"},
		Forms: []tool.Form{{Verb: "presign", Flags: []tool.FormFlag{{Name: "expires-in", Field: "expires"}, {Name: "expire", Field: "expires"}}}},
		Needs: []tool.Need{
			{Action: "s3:GetObjectVersion", Resource: objectResource, When: tool.Condition{Given: []string{"version_id"}, Besides: "the URL is used"}},
			{Action: "s3:GetObject", Resource: objectResource, When: tool.Condition{Absent: []string{"version_id"}, Besides: "the URL is used"}},
		},
		Examples: []tool.Example{
			{Does: "make a URL for an hour", Input: `{"bucket": "reports", "key": "2026/q3.csv"}`},
			{Does: "make a URL for a week", Input: `{"bucket": "reports", "key": "2026/q3.csv", "expires": "7d"}`},
		},
	}, b.presign)
}

// presign signs a URL of GetObject. The region is the one where the bucket turned out to
// be in earlier calls, else that of the call.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func (b *box) presign(ctx context.Context, call *tool.Call, in presignInput) (presigned, error) {
	ctx = in.agreed(ctx)
	life, err := in.expiry()
	if err != nil {
		return presigned{}, err
	}
	s, err := b.Session(ctx, in.Target, bucketARN(in.Bucket)...)
	if err != nil {
		return presigned{}, err
	}
	if home := b.homes.get(bucketName{s.Connection, in.Bucket}); home != "" && home != s.Region {
		if s, err = b.moved(ctx, s, home); err != nil {
			return presigned{}, err
		}
	}
	keys, err := s.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return presigned{}, err
	}
	out := presigned{Bucket: in.Bucket, Key: in.Key, Expires: call.Now().Add(life)}
	if keys.CanExpire && keys.Expires.Before(out.Expires) {
		out.Notes = append(out.Notes, fmt.Sprintf("the URL ends with the session's credentials, earlier than in %s", life))
		out.Expires = keys.Expires
	}
	signed, err := s3.NewPresignClient(newClient(s), s3.WithPresignExpires(life)).
		PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &in.Bucket, Key: &in.Key, VersionId: kit.Optional(in.VersionID)})
	if err != nil {
		return presigned{}, atARN(in.Bucket, err)
	}
	out.URL = signed.URL
	return out, nil
}
