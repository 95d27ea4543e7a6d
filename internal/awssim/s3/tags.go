package s3

import (
	"net/http"
	"regexp"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

const maxBucketTags = 50

func tagHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"GetObjectTagging":    onBucket(getObjectTags),
		"PutObjectTagging":    onBucket(putObjectTags),
		"DeleteObjectTagging": onBucket(deleteObjectTags),
		"GetBucketTagging":    onBucket(getBucketTags),
		"PutBucketTagging":    onBucket(putBucketTags),
		"DeleteBucketTagging": onBucket(deleteBucketTags),
	}
}

// checkTags follows "Categorizing your objects using tags": at most so many,
// no key twice, and only some characters.
func checkTags(tags []s3store.Tag, limit int) error {
	if len(tags) > limit {
		if limit == maxTags {
			return invalid("BadRequest", "Object tags cannot be greater than 10")
		}
		return invalid("BadRequest", "Bucket tag count cannot be greater than "+decimal(limit))
	}
	allowed := regexp.MustCompile(`^[\pL\pN\pZ+\-=._:/@]*$`)
	seen := make(map[string]bool, len(tags))
	for _, t := range tags {
		switch {
		case t.Key == "" || utf8.RuneCountInString(t.Key) > 128 || !allowed.MatchString(t.Key):
			return invalid("InvalidTag", "The TagKey you have provided is invalid").With("TagKey", t.Key)
		case utf8.RuneCountInString(t.Value) > 256 || !allowed.MatchString(t.Value):
			return invalid("InvalidTag", "The TagValue you have provided is invalid").With("TagKey", t.Key).With("TagValue", t.Value)
		case seen[t.Key]:
			return invalid("InvalidTag", "Cannot provide multiple Tags with the same key").With("TagKey", t.Key)
		case awssim.ReservedTag(t.Key):
			return invalid("InvalidTag", "System tags cannot be added/updated by requester").With("TagKey", t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

func tagsIn(set *types.Tagging, limit int) ([]s3store.Tag, error) {
	if set == nil {
		return nil, fail("MalformedXML")
	}
	tags := make([]s3store.Tag, len(set.TagSet))
	for i, t := range set.TagSet {
		if t.Key == nil || t.Value == nil {
			return nil, fail("MalformedXML")
		}
		tags[i] = s3store.Tag{Key: *t.Key, Value: *t.Value}
	}
	return tags, checkTags(tags, limit)
}

func getObjectTags(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectTaggingInput) (*s3.GetObjectTaggingOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	out := &s3.GetObjectTaggingOutput{TagSet: make([]types.Tag, len(o.Tags)), VersionId: versionOf(b, o.VersionID)}
	for i := range o.Tags {
		out.TagSet[i] = types.Tag{Key: &o.Tags[i].Key, Value: &o.Tags[i].Value}
	}
	return out, nil
}

func putObjectTags(c *awssim.Call, b *s3store.Bucket, in *s3.PutObjectTaggingInput) (*s3.PutObjectTaggingOutput, error) {
	tags, err := tagsIn(in.Tagging, maxTags)
	if err != nil {
		return nil, err
	}
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Tags = tags
		return nil
	})
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	return &s3.PutObjectTaggingOutput{VersionId: versionOf(b, o.VersionID)}, nil
}

func deleteObjectTags(c *awssim.Call, b *s3store.Bucket, in *s3.DeleteObjectTaggingInput) (*s3.DeleteObjectTaggingOutput, error) {
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Tags = nil
		return nil
	})
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	c.Status = http.StatusNoContent
	return &s3.DeleteObjectTaggingOutput{VersionId: versionOf(b, o.VersionID)}, nil
}

func getBucketTags(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketTaggingInput) (*s3.GetBucketTaggingOutput, error) {
	set, err := setting[types.Tagging](b, "NoSuchTagSet", "The TagSet does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketTaggingOutput{TagSet: set.TagSet}, nil
}

func putBucketTags(c *awssim.Call, b *s3store.Bucket, in *s3.PutBucketTaggingInput) (*s3.PutBucketTaggingOutput, error) {
	if _, err := tagsIn(in.Tagging, maxBucketTags); err != nil {
		return nil, err
	}
	s3store.SetConfig(b, in.Tagging)
	c.Status = http.StatusNoContent
	return &s3.PutBucketTaggingOutput{}, nil
}

func deleteBucketTags(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketTaggingInput) (*s3.DeleteBucketTaggingOutput, error) {
	forget[types.Tagging](c, b)
	return &s3.DeleteBucketTaggingOutput{}, nil
}
