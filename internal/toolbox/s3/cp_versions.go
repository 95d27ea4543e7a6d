package s3

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// nullItem is the version null of an object whose current version is another one, or a
// delete marker. A write replaces it.
type nullItem struct {
	exists   bool // false: a write replaces nothing
	only     bool // the current version is a delete marker
	size     int64
	etag     string
	modified time.Time
}

// stamp identifies a state of the version.
func (n *nullItem) stamp() string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf(" %t %t %d %q %d", n.exists, n.only, n.size, n.etag, n.modified.UnixNano())
}

// kept reports whether a write to the object's key destroys nothing.
func (i item) kept() bool { return i.null != nil && !i.null.exists }

// hidden reports whether there is nothing but a version below a delete marker.
func (i item) hidden() bool { return i.null != nil && i.null.only }

// byVersions makes the end list its objects by their versions, if S3 lists them.
func (e *end) byVersions(ctx context.Context) error {
	_, err := e.client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{
		Bucket: &e.bucket, Prefix: kit.Optional(e.at("")), EncodingType: types.EncodingTypeUrl, MaxKeys: aws.Int32(1),
	})
	e.versions = err == nil
	return err
}

// listVersions is list for a bucket whose versioning is or may be suspended. It also
// returns objects that have only a version null below a delete marker.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (e end) listVersions(ctx context.Context, prefix string) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		pages := s3.NewListObjectVersionsPaginator(e.client, &s3.ListObjectVersionsInput{
			Bucket: &e.bucket, Prefix: kit.Optional(prefix), EncodingType: types.EncodingTypeUrl,
		})
		keys, followed := keyVersions{}, map[string]bool{}
		for pages.HasMorePages() {
			out, err := pages.NextPage(ctx)
			next := ""
			if err == nil && aws.ToBool(out.IsTruncated) {
				next = fmt.Sprintf("%q %q", aws.ToString(out.NextKeyMarker), aws.ToString(out.NextVersionIdMarker))
			}
			if err == nil && followed[next] {
				err = tool.ErrCircle()
			}
			if err != nil {
				yield(item{}, kit.Explain(ctx, err))
				return
			}
			followed[next] = next != ""
			keys.add(out)
			if !keys.yield(prefix, next != "", yield) {
				return
			}
		}
	}
}

// versionsOf are the versions of one key that count: the current one, and the one
// called null.
type versionsOf struct{ current, null *types.ObjectVersion }

// keyVersions are keys whose versions are being read. The versions of a key may be on
// several pages.
type keyVersions map[string]versionsOf

// add adds a page.
func (k keyVersions) add(page *s3.ListObjectVersionsOutput) {
	for i := range page.Versions {
		version := &page.Versions[i]
		key := decodedKey(page.EncodingType, version.Key)
		of := k[key]
		if aws.ToBool(version.IsLatest) {
			of.current = version
		}
		if cmp.Or(aws.ToString(version.VersionId), nullVersion) == nullVersion {
			of.null = version
		}
		k[key] = of
	}
}

// yield passes on the keys that are complete, in their order. If more pages follow, the
// last key may not be.
func (k keyVersions) yield(prefix string, more bool, yield func(item, error) bool) bool {
	keys := slices.Sorted(maps.Keys(k))
	if more && len(keys) > 0 {
		keys = keys[:len(keys)-1]
	}
	for _, key := range keys {
		of := k[key]
		delete(k, key)
		if of.current == nil && of.null == nil {
			continue
		}
		if !yield(of.item(strings.TrimPrefix(key, prefix)), nil) {
			return false
		}
	}
	return true
}

// item returns the current object, and the version that a write replaces if that is
// another one.
func (v versionsOf) item(name string) item {
	shown := cmp.Or(v.current, v.null)
	i := item{name: name, size: aws.ToInt64(shown.Size), etag: kit.Unquoted(shown.ETag), modified: aws.ToTime(shown.LastModified)}
	if v.current != nil && v.current == v.null {
		return i
	}
	i.null = &nullItem{only: v.current == nil}
	if v.null != nil {
		i.null.exists = true
		i.null.size, i.null.etag, i.null.modified = aws.ToInt64(v.null.Size), kit.Unquoted(v.null.ETag), aws.ToTime(v.null.LastModified)
	}
	return i
}
