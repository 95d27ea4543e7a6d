package s3

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// pageKeys is the most lines that S3 puts on a page.
const pageKeys = 1000

func decimal(n int) string { return strconv.Itoa(n) }

// limitOf reads max-keys and its kin; name is the parameter's.
func limitOf(name string, asked *int32) (int, error) {
	if asked == nil {
		return pageKeys, nil
	}
	if *asked < 0 {
		return 0, argument(name, decimal(int(*asked)), "Argument "+name+" must be an integer between 0 and 2147483647")
	}
	return min(int(*asked), pageKeys), nil
}

// encoder gives names as the encoding type asks: as they are, or as in a
// URL, but with slashes.
func encoder(t types.EncodingType) (func(string) *string, error) {
	switch t {
	case "":
		return func(s string) *string { return &s }, nil
	case types.EncodingTypeUrl:
		return func(s string) *string {
			return aws.String(strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "%2F", "/"), "%2A", "*"))
		}, nil
	}
	return nil, argument("encoding-type", string(t), "Invalid Encoding Method specified in Request")
}

// listing is what all lists of objects ask and answer alike.
type listing struct {
	page   s3store.Page[*s3store.Object]
	limit  int
	encode func(string) *string
}

func listOf(b *s3store.Bucket, t types.EncodingType, maxKeys *int32, q s3store.Query) (listing, error) {
	limit, err := limitOf("max-keys", maxKeys)
	if err != nil {
		return listing{}, err
	}
	encode, err := encoder(t)
	if err != nil {
		return listing{}, err
	}
	q.Max = limit
	return listing{b.List(q), limit, encode}, nil
}

// ownersIn tells the owners of a bucket's objects.
func ownersIn(c *awssim.Call, b *s3store.Bucket) func(*s3store.Object) *types.Owner {
	return func(o *s3store.Object) *types.Owner { return ownerOf(c, objectOwner(b, o)) }
}

func (l listing) prefixes() []types.CommonPrefix { return prefixes(l.page.Prefixes, l.encode) }

func prefixes(names []string, encode func(string) *string) []types.CommonPrefix {
	out := make([]types.CommonPrefix, len(names))
	for i, name := range names {
		out[i].Prefix = encode(name)
	}
	return out
}

// contents gives the objects, with what owner says of each, and the attributes that are
// asked for.
func (l listing) contents(owner func(*s3store.Object) *types.Owner, asked []types.OptionalObjectAttributes) []types.Object {
	out := make([]types.Object, len(l.page.Items))
	for i, o := range l.page.Items {
		out[i] = types.Object{
			Key: l.encode(o.Key), ETag: aws.String(`"` + o.ETag + `"`), Size: aws.Int64(o.Size()), LastModified: &o.LastModified,
			StorageClass: types.ObjectStorageClass(classOf(o.StorageClass)), Owner: owner(o),
			ChecksumAlgorithm: algorithms(o.Checksum), ChecksumType: sumType(o.Checksum), RestoreStatus: restoreStatus(o, asked),
		}
	}
	return out
}

// classOf is an object's storage class by its full name.
func classOf(class string) string {
	if class == "" {
		return string(types.StorageClassStandard)
	}
	return class
}

func listObjects(c *awssim.Call, b *s3store.Bucket, in *s3.ListObjectsInput) (*s3.ListObjectsOutput, error) {
	l, err := listOf(b, in.EncodingType, in.MaxKeys, s3store.Query{
		Prefix: aws.ToString(in.Prefix), Delimiter: aws.ToString(in.Delimiter), After: aws.ToString(in.Marker),
	})
	if err != nil {
		return nil, err
	}
	out := &s3.ListObjectsOutput{
		Name: &b.Name, Prefix: l.encode(aws.ToString(in.Prefix)), Marker: l.encode(aws.ToString(in.Marker)),
		MaxKeys: aws.Int32(int32(l.limit)), EncodingType: in.EncodingType, IsTruncated: &l.page.Truncated,
		Contents: l.contents(ownersIn(c, b), in.OptionalObjectAttributes), CommonPrefixes: l.prefixes(),
	}
	if in.Delimiter != nil {
		out.Delimiter = l.encode(*in.Delimiter)
		if l.page.Truncated {
			out.NextMarker = l.encode(l.page.Next) // S3 gives it with a delimiter only
		}
	}
	return out, nil
}

func listObjectsV2(c *awssim.Call, b *s3store.Bucket, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	listing := strings.Join([]string{"ListObjectsV2", b.Name, aws.ToString(in.Prefix), aws.ToString(in.Delimiter)}, "\x00")
	after, err := tokenOf(listing, in.ContinuationToken)
	if err != nil {
		return nil, err
	}
	if in.ContinuationToken == nil {
		after = aws.ToString(in.StartAfter)
	}
	l, err := listOf(b, in.EncodingType, in.MaxKeys, s3store.Query{
		Prefix: aws.ToString(in.Prefix), Delimiter: aws.ToString(in.Delimiter), After: after,
	})
	if err != nil {
		return nil, err
	}
	owner := func(*s3store.Object) *types.Owner { return nil }
	if aws.ToBool(in.FetchOwner) {
		owner = ownersIn(c, b)
	}
	out := &s3.ListObjectsV2Output{
		Name: &b.Name, Prefix: l.encode(aws.ToString(in.Prefix)), MaxKeys: aws.Int32(int32(l.limit)), EncodingType: in.EncodingType,
		IsTruncated: &l.page.Truncated, ContinuationToken: in.ContinuationToken, Contents: l.contents(owner, in.OptionalObjectAttributes), CommonPrefixes: l.prefixes(),
	}
	out.KeyCount = aws.Int32(int32(len(out.Contents) + len(out.CommonPrefixes)))
	if in.Delimiter != nil {
		out.Delimiter = l.encode(*in.Delimiter)
	}
	if in.StartAfter != nil {
		out.StartAfter = l.encode(*in.StartAfter)
	}
	if l.page.Truncated {
		out.NextContinuationToken = aws.String(awssim.Seal(listing, l.page.Next))
	}
	return out, nil
}

func listVersions(c *awssim.Call, b *s3store.Bucket, in *s3.ListObjectVersionsInput) (*s3.ListObjectVersionsOutput, error) {
	limit, err := limitOf("max-keys", in.MaxKeys)
	if err != nil {
		return nil, err
	}
	encode, err := encoder(in.EncodingType)
	if err != nil {
		return nil, err
	}
	if in.VersionIdMarker != nil && aws.ToString(in.KeyMarker) == "" {
		return nil, argument("version-id-marker", *in.VersionIdMarker, "A version-id marker cannot be specified without a key marker.")
	}
	page := b.ListVersions(s3store.Query{
		Prefix: aws.ToString(in.Prefix), Delimiter: aws.ToString(in.Delimiter), After: aws.ToString(in.KeyMarker),
		AfterID: aws.ToString(in.VersionIdMarker), Max: limit,
	})
	out := &s3.ListObjectVersionsOutput{
		Name: &b.Name, Prefix: encode(aws.ToString(in.Prefix)), KeyMarker: encode(aws.ToString(in.KeyMarker)),
		VersionIdMarker: aws.String(aws.ToString(in.VersionIdMarker)), MaxKeys: aws.Int32(int32(limit)),
		EncodingType: in.EncodingType, IsTruncated: &page.Truncated, CommonPrefixes: prefixes(page.Prefixes, encode),
	}
	if in.Delimiter != nil {
		out.Delimiter = encode(*in.Delimiter)
	}
	if page.Truncated {
		out.NextKeyMarker, out.NextVersionIdMarker = encode(page.Next), awssim.Optional(page.NextID)
	}
	addVersions(out, page.Items, ownersIn(c, b), encode, in.OptionalObjectAttributes)
	return out, nil
}

func addVersions(out *s3.ListObjectVersionsOutput, items []s3store.Version, owner func(*s3store.Object) *types.Owner, encode func(string) *string, asked []types.OptionalObjectAttributes) {
	for _, v := range items {
		if v.DeleteMarker {
			out.DeleteMarkers = append(out.DeleteMarkers, types.DeleteMarkerEntry{
				Key: encode(v.Key), VersionId: &v.VersionID, IsLatest: aws.Bool(v.Latest), LastModified: &v.LastModified, Owner: owner(v.Object),
			})
			continue
		}
		out.Versions = append(out.Versions, types.ObjectVersion{
			Key: encode(v.Key), VersionId: &v.VersionID, IsLatest: aws.Bool(v.Latest), LastModified: &v.LastModified, Owner: owner(v.Object),
			ETag: aws.String(`"` + v.ETag + `"`), Size: aws.Int64(v.Size()), StorageClass: types.ObjectVersionStorageClass(classOf(v.StorageClass)),
			ChecksumAlgorithm: algorithms(v.Checksum), ChecksumType: sumType(v.Checksum), RestoreStatus: restoreStatus(v.Object, asked),
		})
	}
}
