package secretsmanager

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/hawser/hawser/internal/awssim"
)

// maxTags is how many tags a secret may have.
//
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
const maxTags = 50

// describeSecret follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
func describeSecret(c *awssim.Call, in *secretsmanager.DescribeSecretInput) (*secretsmanager.DescribeSecretOutput, error) {
	s, err := named(c, aws.ToString(in.SecretId))
	if err != nil {
		return nil, err
	}
	e := s.entry()
	return &secretsmanager.DescribeSecretOutput{
		ARN: e.ARN, Name: e.Name, CreatedDate: e.CreatedDate, LastChangedDate: e.LastChangedDate, Tags: e.Tags, VersionIdsToStages: e.SecretVersionsToStages,
	}, nil
}

// tagResource follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
func tagResource(c *awssim.Call, in *secretsmanager.TagResourceInput) (*secretsmanager.TagResourceOutput, error) {
	return &secretsmanager.TagResourceOutput{}, retag(c, in.SecretId, func(tags map[string]string) {
		for _, t := range in.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	})
}

func reservedTag(string) error {
	return awssim.Errorf("InvalidParameterException", "Tag keys that begin with aws: are reserved.")
}

// untagResource follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html
func untagResource(c *awssim.Call, in *secretsmanager.UntagResourceInput) (*secretsmanager.UntagResourceOutput, error) {
	return &secretsmanager.UntagResourceOutput{}, retag(c, in.SecretId, func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	})
}

// retag changes the tags of a secret.
func retag(c *awssim.Call, id *string, change func(tags map[string]string)) error {
	s, err := named(c, aws.ToString(id))
	if err != nil {
		return err
	}
	st := awssim.StateOf[secretStore](c.World, c.Account.ID, c.Region)
	st.mu.Lock()
	defer st.mu.Unlock()
	now := *st.secrets[s.name]
	tags := maps.Clone(now.tags)
	if tags == nil {
		tags = map[string]string{}
	}
	change(tags)
	if len(tags) > maxTags {
		return awssim.Errorf("InvalidParameterException", "A secret can have no more than %d tags.", maxTags)
	}
	now.tags = tags
	st.secrets[s.name] = &now
	return nil
}

// tagList returns the tags as the service lists them, by key.
func (s *secret) tagList() []types.Tag {
	return awssim.Each(slices.Sorted(maps.Keys(s.tags)), func(key string) types.Tag { return types.Tag{Key: aws.String(key), Value: aws.String(s.tags[key])} })
}
