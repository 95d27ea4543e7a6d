package s3

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// changedMoved is what is said of an object that is kept at its source.
const changedMoved = "it was written or deleted after it was copied"

// checkMove refuses a move whose deletions could reach what it has copied. The ends are
// compared as they were resolved.
func (c *copying) checkMove() error {
	if !c.in.removes {
		return nil
	}
	if !c.from.remote() {
		return c.from.checkRemovable()
	}
	if !c.to.remote() || !mayBeOne(c.from.bucket, c.to.bucket) || !c.overlap() {
		return nil
	}
	if c.from.bucket != c.to.bucket {
		return fault.New(fault.Invalid, "%s and %s may be the same bucket, and the destination would then be in the source", c.from.bucket, c.to.bucket).At("to").
			WithCause("an access point stands for a bucket that its address does not tell").
			WithFix("name both by their buckets, or copy with hawser s3 cp and delete with hawser s3 rm")
	}
	return fault.New(fault.Invalid, "the destination %s is in the source %s", c.to.show(c.from.only), c.from.show("")).At("to").
		WithFix("choose a destination outside of the source")
}

// overlap reports whether a key of the destination is one of the source, if both are in
// one bucket.
func (c *copying) overlap() bool {
	if c.from.only != "" {
		return c.to.at(c.from.only) == c.from.at("")
	}
	return strings.HasPrefix(c.to.at(""), c.from.root)
}

// mayBeOne reports whether two names of buckets may stand for the same one. Access points
// have ARNs, and aliases that end in a suffix which no bucket's name may have.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
// https://docs.aws.amazon.com/cli/latest/reference/s3/mv.html
func mayBeOne(a, b string) bool {
	return a == b || accessPoint(a) || accessPoint(b)
}

func accessPoint(bucket string) bool {
	if arn.Is(bucket) {
		return true
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", "--op-s3", ".mrap", "-s3-accesspoint"} {
		if strings.HasSuffix(bucket, suffix) {
			return true
		}
	}
	return false
}

// checkRemovable refuses to move what a symbolic link leads to: the link would be removed
// in its place.
func (e end) checkRemovable() error {
	if e.only == "" {
		return nil
	}
	info, err := e.files.Lstat(e.at(""))
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	return fault.New(fault.Invalid, "%q is a symbolic link", e.show("")).At("from").WithFix("name the file that it leads to")
}

// remove deletes what was copied at its source, if it is still in the same state.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
func (c *copying) remove(ctx context.Context, source item) error {
	if !c.from.remote() {
		return kept(c.from.files.Remove(c.from.at(source.name), source.info))
	}
	if source.etag == "" {
		return kept(fault.New(fault.Unsupported, "S3 gives no entity tag of it").WithFix("delete it with hawser s3 rm"))
	}
	key, only := c.from.at(source.name), onlyOver(source.etag)
	_, err := c.from.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &c.from.bucket, Key: &key, IfMatch: only.match})
	if err = kit.Explain(ctx, only.explain(ctx, err, changedMoved)); errors.Is(err, fault.Unsupported) {
		err = fault.From(err).WithFix("delete it with hawser s3 rm")
	}
	return kept(err)
}

// kept returns the failure of a deletion. The copy was made.
func kept(err error) error {
	if err == nil {
		return nil
	}
	f := *fault.From(err)
	f.Message = "it was copied, but not deleted: " + f.Message
	return &f
}
