package awssim

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strings"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

// S3 is Amazon S3: buckets, objects, versions, multipart uploads and the
// buckets' settings.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/
func S3(*World) *Service {
	handlers := make(map[string]Handler)
	for _, group := range []map[string]Handler{
		s3BucketHandlers(), s3ObjectHandlers(), s3MultipartHandlers(), s3TagHandlers(),
		s3SettingHandlers(), s3AccessHandlers(), s3LockHandlers(), s3RestoreHandlers(),
	} {
		maps.Copy(handlers, group)
	}
	return &Service{Model: "s3", Handlers: handlers, Needs: s3Needs, Refine: s3Refine}
}

// s3World is S3 in one partition.
type s3World struct{ *s3store.Store }

// Start implements Starter.
func (s *s3World) Start(w *World, _, _ string) { s.Store = s3store.New("", w.Clock.Now) }

// s3Store is the store of the call's partition.
func s3Store(c *Call) *s3store.Store {
	return StateOf[s3World](c.World, "", c.Partition()).Store
}

// s3Path takes bucket and key from the path, where routing has put them even
// for requests that name the bucket in the host.
func s3Path(c *Call) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
	return bucket, key
}

// s3Op makes a Handler of an operation, whose errors become S3's answers.
func s3Op[I, O any](f func(c *Call, in *I) (*O, error)) Handler {
	return Op(func(c *Call, in *I) (*O, error) {
		out, err := f(c, in)
		if err != nil {
			return nil, s3Answer(c, err)
		}
		return out, nil
	})
}

// s3OnBucket makes a Handler of an operation on a bucket, which must exist, be
// in the region that the request was signed for, and have the owner that the
// caller expects.
func s3OnBucket[I, O any](f func(c *Call, b *s3store.Bucket, in *I) (*O, error)) Handler {
	return s3Op(func(c *Call, in *I) (*O, error) {
		b, err := s3Bucket(c)
		if err != nil {
			return nil, err
		}
		return f(c, b, in)
	})
}

func s3Bucket(c *Call) (*s3store.Bucket, error) {
	name, _ := s3Path(c)
	b := s3Store(c).Bucket(name)
	if b == nil {
		return nil, s3Fail("NoSuchBucket").With("BucketName", name)
	}
	if c.Operation != "GetBucketLocation" {
		if err := s3Region(c, b); err != nil {
			return nil, err
		}
	}
	if err := s3CheckVersion(c); err != nil {
		return nil, err
	}
	if want := c.Request.Header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != b.Owner {
		return nil, s3Fail("AccessDenied")
	}
	return b, nil
}

// s3CheckVersion refuses version ids that can't be any.
func s3CheckVersion(c *Call) error {
	if !strings.Contains(c.Request.URL.RawQuery, "versionId=") {
		return nil
	}
	id := c.Request.URL.Query().Get("versionId")
	if !s3store.ValidVersion(id) {
		return s3Argument("versionId", id, "Invalid version id specified")
	}
	return nil
}

// s3Region answers a request that came to the wrong region. By path it ends
// where it was sent and is redirected; by host it reaches the bucket's region,
// where its signature is for another.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
func s3Region(c *Call, b *s3store.Bucket) error {
	if c.Region == b.Region {
		return nil
	}
	if BucketOfHost(c.Request.Host) != "" {
		e := s3Fail("AuthorizationHeaderMalformed").With("Region", b.Region)
		e.Message = "The authorization header is malformed; the region '" + c.Region + "' is wrong; expecting '" + b.Region + "'"
		return s3InRegion(e, b)
	}
	e := s3Fail("PermanentRedirect").With("Bucket", b.Name)
	e = e.With("Endpoint", "s3."+b.Region+".amazonaws.com")
	return s3InRegion(e, b)
}

func s3InRegion(e *Error, b *s3store.Bucket) *Error {
	e.Header = map[string][]string{"X-Amz-Bucket-Region": {b.Region}}
	return e
}

// s3Refine tells with every refusal where the bucket is, so that clients find
// the way, and what was asked for.
func s3Refine(c *Call, e *Error) {
	name, _ := s3Path(c)
	if b := s3Store(c).Bucket(name); b != nil && e.Status == http.StatusForbidden {
		if e.Header == nil {
			e.Header = make(http.Header)
		}
		e.Header["X-Amz-Bucket-Region"] = []string{b.Region}
	}
	if e.Extra["Key"] == "" && e.Extra["BucketName"] == "" && e.Extra["Resource"] == "" {
		*e = *e.With("Resource", c.Request.URL.Path)
	}
}

// s3OwnerID is an account's canonical user id.
func s3OwnerID(account string) string {
	sum := sha256.Sum256([]byte("canonical user of " + account))
	return hex.EncodeToString(sum[:])
}

// s3OwnerName is an account's name in lists of owners.
func s3OwnerName(c *Call, account string) string {
	if a := c.World.Account(account); a != nil {
		return a.Name
	}
	return ""
}

// optional makes an empty string an absent one.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
