package awssim

import (
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

const s3MaxBucketTags = 50

func s3TagHandlers() map[string]Handler {
	return map[string]Handler{
		"GetObjectTagging":    s3OnBucket(s3GetObjectTags),
		"PutObjectTagging":    s3OnBucket(s3PutObjectTags),
		"DeleteObjectTagging": s3OnBucket(s3DeleteObjectTags),
		"GetBucketTagging":    s3OnBucket(s3GetBucketTags),
		"PutBucketTagging":    s3OnBucket(s3PutBucketTags),
		"DeleteBucketTagging": s3OnBucket(s3DeleteBucketTags),
	}
}

// s3CheckTags follows "Categorizing your objects using tags": at most so many,
// no key twice, and only some characters.
func s3CheckTags(tags []s3store.Tag, limit int) error {
	if len(tags) > limit {
		if limit == s3MaxTags {
			return s3Invalid("BadRequest", "Object tags cannot be greater than 10")
		}
		return s3Invalid("BadRequest", "Bucket tag count cannot be greater than "+decimal(limit))
	}
	allowed := regexp.MustCompile(`^[\pL\pN\pZ+\-=._:/@]*$`)
	seen := make(map[string]bool, len(tags))
	for _, t := range tags {
		switch {
		case t.Key == "" || utf8.RuneCountInString(t.Key) > 128 || !allowed.MatchString(t.Key):
			return s3Invalid("InvalidTag", "The TagKey you have provided is invalid").With("TagKey", t.Key)
		case utf8.RuneCountInString(t.Value) > 256 || !allowed.MatchString(t.Value):
			return s3Invalid("InvalidTag", "The TagValue you have provided is invalid").With("TagKey", t.Key).With("TagValue", t.Value)
		case seen[t.Key]:
			return s3Invalid("InvalidTag", "Cannot provide multiple Tags with the same key").With("TagKey", t.Key)
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return s3Invalid("InvalidTag", "System tags cannot be added/updated by requester").With("TagKey", t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

func s3TagsIn(set *types.Tagging, limit int) ([]s3store.Tag, error) {
	if set == nil {
		return nil, s3Fail("MalformedXML")
	}
	tags := make([]s3store.Tag, len(set.TagSet))
	for i, t := range set.TagSet {
		if t.Key == nil || t.Value == nil {
			return nil, s3Fail("MalformedXML")
		}
		tags[i] = s3store.Tag{Key: *t.Key, Value: *t.Value}
	}
	return tags, s3CheckTags(tags, limit)
}

func s3GetObjectTags(c *Call, b *s3store.Bucket, in *s3.GetObjectTaggingInput) (*s3.GetObjectTaggingOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	out := &s3.GetObjectTaggingOutput{TagSet: make([]types.Tag, len(o.Tags)), VersionId: s3Version(b, o.VersionID)}
	for i := range o.Tags {
		out.TagSet[i] = types.Tag{Key: &o.Tags[i].Key, Value: &o.Tags[i].Value}
	}
	return out, nil
}

func s3PutObjectTags(c *Call, b *s3store.Bucket, in *s3.PutObjectTaggingInput) (*s3.PutObjectTaggingOutput, error) {
	tags, err := s3TagsIn(in.Tagging, s3MaxTags)
	if err != nil {
		return nil, err
	}
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Tags = tags
		return nil
	})
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	return &s3.PutObjectTaggingOutput{VersionId: s3Version(b, o.VersionID)}, nil
}

func s3DeleteObjectTags(c *Call, b *s3store.Bucket, in *s3.DeleteObjectTaggingInput) (*s3.DeleteObjectTaggingOutput, error) {
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Tags = nil
		return nil
	})
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	c.Status = http.StatusNoContent
	return &s3.DeleteObjectTaggingOutput{VersionId: s3Version(b, o.VersionID)}, nil
}

func s3GetBucketTags(_ *Call, b *s3store.Bucket, _ *s3.GetBucketTaggingInput) (*s3.GetBucketTaggingOutput, error) {
	set, err := s3Setting[types.Tagging](b, "NoSuchTagSet", "The TagSet does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketTaggingOutput{TagSet: set.TagSet}, nil
}

func s3PutBucketTags(c *Call, b *s3store.Bucket, in *s3.PutBucketTaggingInput) (*s3.PutBucketTaggingOutput, error) {
	if _, err := s3TagsIn(in.Tagging, s3MaxBucketTags); err != nil {
		return nil, err
	}
	s3store.SetConfig(b, in.Tagging)
	c.Status = http.StatusNoContent
	return &s3.PutBucketTaggingOutput{}, nil
}

func s3DeleteBucketTags(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketTaggingInput) (*s3.DeleteBucketTaggingOutput, error) {
	s3Forget[types.Tagging](c, b)
	return &s3.DeleteBucketTaggingOutput{}, nil
}
