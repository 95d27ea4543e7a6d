package awssim

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// newTags reads tags, each key once whatever its case. Maps of tags are never
// changed, but replaced, so that they may be looked at without the World's lock.
func newTags(list []types.Tag) (map[string]string, error) {
	tags, seen := make(map[string]string, len(list)), map[string]bool{}
	for _, t := range list {
		key, value := aws.ToString(t.Key), aws.ToString(t.Value)
		folded := strings.ToLower(key)
		if seen[folded] {
			return nil, Errorf("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[folded], tags[key] = true, value
	}
	return tags, nil
}

func reservedTag(string) error {
	return Errorf("InvalidInput", "Tag keys that begin with aws: are reserved.")
}

// tagged is what has tags.
type tagged interface{ tags() *map[string]string }

func (u *User) tags() *map[string]string            { return &u.Tags }
func (r *Role) tags() *map[string]string            { return &r.Tags }
func (m *ManagedPolicy) tags() *map[string]string   { return &m.Tags }
func (p *InstanceProfile) tags() *map[string]string { return &p.Tags }
func (m *MFADevice) tags() *map[string]string       { return &m.Tags }
func (p *SAMLProvider) tags() *map[string]string    { return &p.Tags }
func (p *oidcProvider) tags() *map[string]string    { return &p.Tags }

// tagsOf finds the tags of what a request names.
func (c *Call) tagsOf(in any) (*map[string]string, error) {
	var what tagged
	var err error
	for _, name := range []string{"UserName", "RoleName", "PolicyArn", "InstanceProfileName", "SerialNumber", "SAMLProviderArn", "OpenIDConnectProviderArn"} {
		id := Member(in, name)
		if id == "" {
			continue
		}
		switch name {
		case "UserName":
			what, err = c.user(&id)
		case "RoleName":
			what, err = c.role(&id)
		case "PolicyArn":
			what, err = c.ownPolicy(&id)
		case "InstanceProfileName":
			what, err = c.profile(&id)
		case "SerialNumber":
			what, _, err = c.device(id)
		case "SAMLProviderArn":
			what, err = c.samlProvider(&id)
		case "OpenIDConnectProviderArn":
			what, err = c.oidcProvider(&id)
		}
	}
	if err != nil {
		return nil, err
	}
	return what.tags(), nil
}

// tag follows https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html
// and its like for all that has tags.
func tag(c *Call, in any) error {
	tags, err := c.tagsOf(in)
	if err != nil {
		return err
	}
	added, err := newTags(reflect.ValueOf(in).Elem().FieldByName("Tags").Interface().([]types.Tag))
	if err != nil {
		return err
	}
	all := maps.Clone(added)
	for key, value := range *tags {
		if !hasFolded(maps.Keys(added), key) {
			all[key] = value
		}
	}
	if len(all) > maxTagsOf {
		return Errorf("LimitExceeded", "The number of tags has reached the maximum limit.")
	}
	*tags = all
	return nil
}

// untag follows https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
// and its like.
func untag(c *Call, in any) error {
	tags, err := c.tagsOf(in)
	if err != nil {
		return err
	}
	keys := reflect.ValueOf(in).Elem().FieldByName("TagKeys").Interface().([]string)
	left := maps.Clone(*tags)
	maps.DeleteFunc(left, func(key, _ string) bool { return hasFolded(slices.Values(keys), key) })
	*tags = left
	return nil
}

// tagPage is the answer to all listings of tags, which are alike.
func (c *Call) tagPage(in any, marker *string, maxItems *int32) (*iam.ListUserTagsOutput, error) {
	tags, err := c.tagsOf(in)
	if err != nil {
		return nil, err
	}
	page, next := iamPage(iamTags(*tags), marker, maxItems, func(t types.Tag) string { return *t.Key })
	return &iam.ListUserTagsOutput{Tags: page, IsTruncated: next != nil, Marker: next}, nil
}

// listUserTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
func listUserTags(c *Call, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	return c.tagPage(in, in.Marker, in.MaxItems)
}

// listRoleTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
func listRoleTags(c *Call, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListRoleTagsOutput)(out), err
}

// listPolicyTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
func listPolicyTags(c *Call, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListPolicyTagsOutput)(out), err
}

// listInstanceProfileTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html
func listInstanceProfileTags(c *Call, in *iam.ListInstanceProfileTagsInput) (*iam.ListInstanceProfileTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListInstanceProfileTagsOutput)(out), err
}

// listMFADeviceTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADeviceTags.html
func listMFADeviceTags(c *Call, in *iam.ListMFADeviceTagsInput) (*iam.ListMFADeviceTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListMFADeviceTagsOutput)(out), err
}

// listSAMLProviderTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviderTags.html
func listSAMLProviderTags(c *Call, in *iam.ListSAMLProviderTagsInput) (*iam.ListSAMLProviderTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListSAMLProviderTagsOutput)(out), err
}

// listOIDCTags follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html
func listOIDCTags(c *Call, in *iam.ListOpenIDConnectProviderTagsInput) (*iam.ListOpenIDConnectProviderTagsOutput, error) {
	out, err := c.tagPage(in, in.Marker, in.MaxItems)
	return (*iam.ListOpenIDConnectProviderTagsOutput)(out), err
}
