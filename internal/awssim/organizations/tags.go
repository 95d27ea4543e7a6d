package organizations

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

const maxTags = 50

// newTags reads tags, each key once.
func newTags(list []types.Tag) (map[string]string, error) {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		key := aws.ToString(t.Key)
		if _, twice := tags[key]; twice {
			return nil, invalidInput(types.InvalidInputExceptionReasonDuplicateTagKey, "Tag keys must be unique among the tags attached to the same entity.")
		}
		tags[key] = aws.ToString(t.Value)
	}
	return tags, nil
}

func reservedTag(string) error {
	return invalidInput(types.InvalidInputExceptionReasonInvalidSystemTagsParameter, "You specified a tag key that is a system tag. "+
		"You can't add, edit, or delete system tag keys because they're reserved for AWS use.")
}

// tagsOf finds the tags of the root, a unit, an account, a policy or the
// resource policy.
func (o *Organization) tagsOf(id *string) (map[string]string, error) {
	switch key := aws.ToString(id); {
	case o.nodes[key] != nil:
		return o.nodes[key].Tags, nil
	case o.policies[key] != nil:
		return o.policies[key].Tags, nil
	case o.delegation != nil && o.delegation.id == key:
		return o.delegation.tags, nil
	}
	return nil, awssim.Errorf("TargetNotFoundException", "You specified a target that doesn't exist.")
}

func tagResource(o *Organization, _ *awssim.Call, in *organizations.TagResourceInput) (*organizations.TagResourceOutput, error) {
	tags, err := o.tagsOf(in.ResourceId)
	if err != nil {
		return nil, err
	}
	added, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(tags)
	maps.Copy(all, added)
	if len(all) > maxTags {
		return nil, violation(types.ConstraintViolationExceptionReasonMaxTagLimitExceeded, "You have exceeded the number of tags allowed on this resource.")
	}
	maps.Copy(tags, added)
	return &organizations.TagResourceOutput{}, nil
}

func untagResource(o *Organization, _ *awssim.Call, in *organizations.UntagResourceInput) (*organizations.UntagResourceOutput, error) {
	tags, err := o.tagsOf(in.ResourceId)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(in.TagKeys, awssim.ReservedTag); i >= 0 {
		return nil, reservedTag(in.TagKeys[i])
	}
	maps.DeleteFunc(tags, func(key, _ string) bool { return slices.Contains(in.TagKeys, key) })
	return &organizations.UntagResourceOutput{}, nil
}

func listTags(o *Organization, _ *awssim.Call, in *organizations.ListTagsForResourceInput) (*organizations.ListTagsForResourceOutput, error) {
	tags, err := o.tagsOf(in.ResourceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(tagList(tags), func(t types.Tag) string { return *t.Key }, nil, in.NextToken)
	return &organizations.ListTagsForResourceOutput{Tags: list, NextToken: next}, err
}
