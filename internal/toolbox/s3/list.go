package s3

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// The most that S3 returns in one page.
const (
	bucketPage = 10_000
	objectPage = 1000
)

type listInput struct {
	tool.Target
	tool.Page
	payer
	Bucket      string `json:"bucket,omitempty" jsonschema:"the bucket, an access point's ARN, or s3://bucket/prefix; without it the buckets are listed" format:"bucket" rest:"prefix" complete:"s3.bucket"`
	Prefix      string `json:"prefix,omitempty" jsonschema:"only names that begin with this" holds:"content" empty:"text"`
	Delimiter   string `json:"delimiter,omitempty" jsonschema:"names are grouped by what comes before this text, such as /; a group is one item of type prefix" empty:"blank"`
	Summarize   bool   `json:"summarize,omitempty" jsonschema:"count the listed objects and their bytes in a note"`
	AllAccounts bool   `json:"all_accounts,omitempty" jsonschema:"list the buckets of every account of the connection" xor:"bucket"`
}

// Items implements tool.Itemizer: without a bucket the buckets are listed.
func (in listInput) Items() string {
	if in.Bucket == "" {
		return "buckets"
	}
	return "objects in " + in.Bucket
}

// Validate refuses options for objects when buckets are listed.
func (in listInput) Validate() error {
	switch {
	case in.Bucket == "" && in.Delimiter != "":
		return fault.New(fault.Invalid, "delimiter needs a bucket").At("delimiter").WithFix("name the bucket, or leave delimiter out")
	case in.Bucket == "" && in.Summarize:
		return fault.New(fault.Invalid, "summarize needs a bucket").At("summarize").WithFix("name the bucket, or leave summarize out")
	}
	return nil
}

// listEntry is one bucket, one object or one rolled up prefix.
type listEntry struct {
	Type         string         `json:"type" jsonschema:"bucket, object or prefix"`
	Name         string         `json:"name" column:"NAME" jsonschema:"the bucket's name, the object's key or the prefix"`
	Size         *kit.ByteCount `json:"size,omitempty" column:"SIZE" jsonschema:"the object's size in bytes"`
	Modified     *time.Time     `json:"modified,omitempty" column:"MODIFIED" jsonschema:"when the object was last written"`
	ETag         string         `json:"etag,omitempty" jsonschema:"the object's entity tag"`
	StorageClass string         `json:"storage_class,omitempty" jsonschema:"the object's storage class, if it is not STANDARD"`
	Region       string         `json:"region,omitempty" column:"REGION" jsonschema:"the region of the bucket"`
	Created      *time.Time     `json:"created,omitempty" column:"CREATED" jsonschema:"when the bucket was made"`
	Account      string         `json:"account,omitempty" column:"ACCOUNT" jsonschema:"the account of the bucket, if several accounts were read"`
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "s3.list", Items: "buckets",
		Lists:   map[string]string{"s3.bucket": "name"},
		Summary: "List buckets, or the objects in one",
		Description: "Without a bucket it lists the buckets with region and creation date. With one it lists the objects " +
			"in the order of their keys, and with a delimiter also their common prefixes.",
		Effect: tool.Read, Idempotent: true, Default: true, Args: []string{"bucket", "prefix"},
		Forms: []tool.Form{{
			Verb: "ls", Sets: `{"delimiter": "/"}`, If: "bucket",
			Flags: []tool.FormFlag{
				{Name: "recursive", Short: "r", Sets: `{"delimiter": null}`, Doc: "list the objects in all folders"},
				{Name: "human-readable", Sets: `{}`, Doc: "sizes with a unit, as tables always have"},
			},
		}},
		Needs: []tool.Need{
			{Action: "s3:ListAllMyBuckets", Resource: "*", When: tool.Condition{Absent: []string{"bucket"}}},
			{Action: "s3:ListBucket", Resource: bucketResource, When: tool.Condition{Given: []string{"bucket"}}},
		},
		Examples: []tool.Example{
			{Does: "list the buckets", Input: `{}`},
			{Does: "list a folder", Input: `{"bucket": "reports", "prefix": "2026/", "delimiter": "/"}`},
			{Does: "list the first hundred objects", Input: `{"bucket": "reports", "limit": 100}`},
		},
	}, b.listBucket)
}

func (b *box) listBucket(ctx context.Context, _ *tool.Call, in listInput) (tool.List[listEntry], error) {
	ctx = in.agreed(ctx)
	if in.Bucket == "" {
		return kit.Gather(ctx, b.Kit, in.Target, tool.Fan{AllAccounts: in.AllAccounts}, in.Page,
			func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[listEntry], error) {
				batch, err := listBuckets(ctx, s, in.Prefix, token, limit)
				if in.AllAccounts {
					for i := range batch.Items {
						batch.Items[i].Account = s.Account
					}
				}
				return batch, err
			})
	}
	var moved string
	list, err := kit.Gather(ctx, b.Kit, in.Target, tool.Fan{}, in.Page,
		func(ctx context.Context, _ *awsapi.Session, token string, limit int) (batch tool.Batch[listEntry], err error) {
			moved, err = b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
				batch, err = listObjects(ctx, client, in, token, limit)
				return err
			})
			return batch, err
		}, bucketARN(in.Bucket)...)
	list.Notes = notes(moved)
	if in.Summarize && err == nil {
		list.Notes = append(list.Notes, summary(list.Items, list.Cursor != ""))
	}
	return list, err
}

// summary counts the objects of a listing; more says that it is not the whole one.
func summary(items []listEntry, more bool) string {
	var sum tally
	for _, i := range items {
		if i.Size != nil {
			sum.add(int64(*i.Size))
		}
	}
	if more {
		return sum.String() + " in this part of the listing"
	}
	return sum.String() + " in total"
}

// listBuckets reads one page of the account's buckets.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
func listBuckets(ctx context.Context, s *awsapi.Session, prefix, token string, limit int) (tool.Batch[listEntry], error) {
	out, err := newClient(s).ListBuckets(ctx, &s3.ListBucketsInput{
		Prefix:            kit.Optional(prefix),
		ContinuationToken: kit.Optional(token),
		MaxBuckets:        kit.PageSize(limit, bucketPage), // without it AWS leaves the region out
	})
	if err != nil {
		return tool.Batch[listEntry]{}, err
	}
	batch := tool.Batch[listEntry]{Next: aws.ToString(out.ContinuationToken)}
	for _, bucket := range out.Buckets {
		batch.Items = append(batch.Items, listEntry{
			Type: "bucket", Name: aws.ToString(bucket.Name),
			Region: aws.ToString(bucket.BucketRegion), Created: bucket.CreationDate,
		})
	}
	return batch, nil
}

// listObjects reads one page of a bucket. Keys travel URL-encoded, as XML
// cannot carry every character that a key may hold.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func listObjects(ctx context.Context, client *s3.Client, in listInput, token string, limit int) (tool.Batch[listEntry], error) {
	out, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: &in.Bucket, Prefix: kit.Optional(in.Prefix), Delimiter: kit.Optional(in.Delimiter),
		ContinuationToken: kit.Optional(token), MaxKeys: kit.PageSize(limit, objectPage),
		EncodingType: types.EncodingTypeUrl,
	})
	if err != nil {
		return tool.Batch[listEntry]{}, err
	}
	batch := tool.Batch[listEntry]{Next: aws.ToString(out.NextContinuationToken)}
	for _, o := range out.Contents {
		batch.Items = append(batch.Items, objectEntry(o, decodedKey(out.EncodingType, o.Key)))
	}
	for _, p := range out.CommonPrefixes {
		batch.Items = append(batch.Items, listEntry{Type: "prefix", Name: decodedKey(out.EncodingType, p.Prefix)})
	}
	slices.SortFunc(batch.Items, func(a, b listEntry) int { return cmp.Compare(a.Name, b.Name) })
	return batch, nil
}

func objectEntry(o types.Object, key string) listEntry {
	entry := listEntry{
		Type: "object", Name: key, Size: (*kit.ByteCount)(o.Size), Modified: o.LastModified,
		ETag: kit.Unquoted(o.ETag), StorageClass: string(o.StorageClass),
	}
	if o.StorageClass == types.ObjectStorageClassStandard {
		entry.StorageClass = ""
	}
	return entry
}

// decodedKey undoes the URL encoding that the answer says it used.
func decodedKey(encoding types.EncodingType, key *string) string {
	text := aws.ToString(key)
	if encoding != types.EncodingTypeUrl {
		return text
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// Aim is where the ARN of an access point says.
func (in listInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }
