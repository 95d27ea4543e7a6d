// Package s3 simulates Amazon S3, on the store of package s3store.
package s3

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// Service is Amazon S3: buckets, objects, versions, multipart uploads and the
// buckets' settings.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/
func Service(*awssim.World) *awssim.Service {
	handlers := make(map[string]awssim.Handler)
	for _, group := range []map[string]awssim.Handler{
		bucketHandlers(), objectHandlers(), multipartHandlers(), tagHandlers(),
		settingHandlers(), accessHandlers(), lockHandlers(), restoreHandlers(),
	} {
		maps.Copy(handlers, group)
	}
	return &awssim.Service{
		Model: "s3", Handlers: handlers, Needs: needsOf, Action: actionOf, Anonymous: isRead,
		Invalid: invalidInput, Refine: refine, Document: checkDocument, Unsupported: unsupported(),
	}
}

// world is S3 in one partition.
type world struct{ *s3store.Store }

// Start implements Starter.
func (s *world) Start(w *awssim.World, _, _ string) { s.Store = s3store.New("", w.Clock.Now) }

// StoreOf is the store of the call's partition.
func StoreOf(c *awssim.Call) *s3store.Store {
	return awssim.StateOf[world](c.World, "", c.Partition()).Store
}

// pathOf takes bucket and key from the path, where routing has put them even
// for requests that name the bucket in the host.
func pathOf(c *awssim.Call) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
	return bucket, key
}

// op makes a Handler of an operation, whose errors become S3's answers.
func op[I, O any](f func(c *awssim.Call, in *I) (*O, error)) awssim.Handler {
	return awssim.Op(func(c *awssim.Call, in *I) (*O, error) {
		if err := admitAnonymous(c, in); err != nil {
			return nil, err
		}
		out, err := f(c, in)
		if err != nil {
			return nil, answerOf(c, err)
		}
		return out, nil
	})
}

// isRead names the operations that may come without a signature: those that read
// objects and list them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
func isRead(operation string) bool {
	return slices.Contains([]string{"GetObject", "HeadObject", "HeadBucket", "ListObjects", "ListObjectsV2", "ListObjectVersions"}, operation)
}

// admitAnonymous lets a call without a signature pass if the bucket's policy allows it
// to everybody. Such a call is for the region that the bucket is in. That there is no
// such bucket is for anybody to know.
func admitAnonymous(c *awssim.Call, in any) error {
	if c.Principal != nil {
		return nil
	}
	name, _ := pathOf(c)
	b := StoreOf(c).Bucket(name)
	if b == nil {
		return nil
	}
	c.Region = b.Region
	for _, need := range needsOf(c, in) {
		if err := permit(c, need); err != nil {
			return err
		}
	}
	return nil
}

// onBucket makes a Handler of an operation on a bucket, which must exist, be
// in the region that the request was signed for, and have the owner that the
// caller expects.
func onBucket[I, O any](f func(c *awssim.Call, b *s3store.Bucket, in *I) (*O, error)) awssim.Handler {
	return op(func(c *awssim.Call, in *I) (*O, error) {
		b, err := bucketOf(c)
		if err != nil {
			return nil, err
		}
		return f(c, b, in)
	})
}

// onOwnBucket is onBucket for what only the identities of the bucket's own account may
// do, whatever they of other accounts are allowed.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func onOwnBucket[I, O any](f func(c *awssim.Call, b *s3store.Bucket, in *I) (*O, error)) awssim.Handler {
	return onBucket(func(c *awssim.Call, b *s3store.Bucket, in *I) (*O, error) {
		if c.Account.ID != b.Owner {
			return nil, fail(string(s3store.MethodNotAllowed))
		}
		return f(c, b, in)
	})
}

func bucketOf(c *awssim.Call) (*s3store.Bucket, error) {
	name, _ := pathOf(c)
	b := StoreOf(c).Bucket(name)
	if b == nil {
		return nil, fail("NoSuchBucket").With("BucketName", name)
	}
	if c.Operation != "GetBucketLocation" {
		if err := checkRegion(c, b); err != nil {
			return nil, err
		}
	}
	if err := checkVersion(c); err != nil {
		return nil, err
	}
	if want := c.Request.Header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != b.Owner {
		return nil, fail("AccessDenied")
	}
	return b, checkPayer(c, b)
}

// checkPayer refuses a request of another account to a bucket whose requesters pay, if it
// does not say that it will.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
func checkPayer(c *awssim.Call, b *s3store.Bucket) error {
	cfg := s3store.Config[types.RequestPaymentConfiguration](b)
	if cfg == nil || cfg.Payer != types.PayerRequester || c.Account != nil && c.Account.ID == b.Owner {
		return nil
	}
	if c.Account == nil || !paysByHeader(c) {
		return fail("AccessDenied")
	}
	return nil
}

// paysByHeader reports whether the requester agrees to pay. Presigned URLs have it as a
// parameter.
func paysByHeader(c *awssim.Call) bool {
	const header = "X-Amz-Request-Payer"
	return cmp.Or(c.Request.Header.Get(header), c.Request.URL.Query().Get(strings.ToLower(header))) == string(types.RequestPayerRequester)
}

// checkVersion refuses version ids that can't be any.
func checkVersion(c *awssim.Call) error {
	if !strings.Contains(c.Request.URL.RawQuery, "versionId=") {
		return nil
	}
	id := c.Request.URL.Query().Get("versionId")
	if !s3store.ValidVersion(id) {
		return argument("versionId", id, "Invalid version id specified")
	}
	return nil
}

// checkRegion answers a request that came to the wrong region. By path it ends
// where it was sent and is redirected; by host it reaches the bucket's region,
// where its signature is for another.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
func checkRegion(c *awssim.Call, b *s3store.Bucket) error {
	if c.Region == b.Region {
		return nil
	}
	if awssim.BucketOfHost(c.Request.Host) != "" {
		e := fail("AuthorizationHeaderMalformed").With("Region", b.Region)
		e.Message = "The authorization header is malformed; the region '" + c.Region + "' is wrong; expecting '" + b.Region + "'"
		return inRegion(e, b)
	}
	e := fail("PermanentRedirect").With("Bucket", b.Name)
	e = e.With("Endpoint", "s3."+b.Region+".amazonaws.com")
	return inRegion(e, b)
}

func inRegion(e *awssim.Error, b *s3store.Bucket) *awssim.Error {
	e.Header = map[string][]string{"X-Amz-Bucket-Region": {b.Region}}
	return e
}

// refine tells with every refusal where the bucket is, so that clients find
// the way, and what was asked for.
func refine(c *awssim.Call, e *awssim.Error) {
	name, _ := pathOf(c)
	if b := StoreOf(c).Bucket(name); b != nil && e.Status == http.StatusForbidden {
		if e.Header == nil {
			e.Header = make(http.Header)
		}
		e.Header["X-Amz-Bucket-Region"] = []string{b.Region}
	}
	if e.Extra["Key"] == "" && e.Extra["BucketName"] == "" && e.Extra["Resource"] == "" {
		*e = *e.With("Resource", c.Request.URL.Path)
	}
}

// ownerID is an account's canonical user id.
func ownerID(account string) string {
	sum := sha256.Sum256([]byte("canonical user of " + account))
	return hex.EncodeToString(sum[:])
}

// ownerName is an account's name in lists of owners.
func ownerName(c *awssim.Call, account string) string {
	if a := c.World.Account(account); a != nil {
		return a.Name
	}
	return ""
}
