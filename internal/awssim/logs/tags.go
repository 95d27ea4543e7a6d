package logs

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/hawser/hawser/internal/awssim"
)

func logsTagResource(c *awssim.Call, in *logs.TagResourceInput) (*logs.TagResourceOutput, error) {
	return &logs.TagResourceOutput{}, changeLogTags(c, aws.ToString(in.ResourceArn), in.Tags, nil)
}

func logsUntagResource(c *awssim.Call, in *logs.UntagResourceInput) (*logs.UntagResourceOutput, error) {
	return &logs.UntagResourceOutput{}, changeLogTags(c, aws.ToString(in.ResourceArn), nil, in.TagKeys)
}

func tagLogGroup(c *awssim.Call, in *logs.TagLogGroupInput) (*logs.TagLogGroupOutput, error) {
	return &logs.TagLogGroupOutput{}, changeLogTags(c, aws.ToString(in.LogGroupName), in.Tags, nil)
}

func untagLogGroup(c *awssim.Call, in *logs.UntagLogGroupInput) (*logs.UntagLogGroupOutput, error) {
	return &logs.UntagLogGroupOutput{}, changeLogTags(c, aws.ToString(in.LogGroupName), nil, in.Tags)
}

func logsListTags(c *awssim.Call, in *logs.ListTagsForResourceInput) (*logs.ListTagsForResourceOutput, error) {
	tags, err := logTags(c, aws.ToString(in.ResourceArn))
	return &logs.ListTagsForResourceOutput{Tags: tags}, err
}

func listTagsLogGroup(c *awssim.Call, in *logs.ListTagsLogGroupInput) (*logs.ListTagsLogGroupOutput, error) {
	tags, err := logTags(c, aws.ToString(in.LogGroupName))
	return &logs.ListTagsLogGroupOutput{Tags: tags}, err
}

func reservedTag(string) error {
	return awssim.Errorf("InvalidParameterException", "Tag keys that begin with aws: are reserved.")
}

// changeLogTags sets and removes tags of the group with that name or ARN.
func changeLogTags(c *awssim.Call, group string, set map[string]string, remove []string) error {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(groupOfARN(c, group))
	if err != nil {
		return err
	}
	tags := maps.Clone(g.tags)
	if tags == nil {
		tags = make(map[string]string)
	}
	maps.Copy(tags, set)
	for _, key := range remove {
		delete(tags, key)
	}
	if len(tags) > 50 {
		return awssim.Errorf("TooManyTagsException", "A log group can have no more than 50 tags.")
	}
	g.tags = tags
	return nil
}

func logTags(c *awssim.Call, group string) (map[string]string, error) {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(groupOfARN(c, group))
	if err != nil {
		return nil, err
	}
	tags := maps.Clone(g.tags)
	if tags == nil {
		tags = make(map[string]string)
	}
	return tags, nil
}

// tagsOfGroup returns the tags of a group, which do not change any more; nil where there
// is none of that name.
func tagsOfGroup(c *awssim.Call, name string) map[string]string {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(name)
	if err != nil {
		return nil
	}
	return g.tags
}
