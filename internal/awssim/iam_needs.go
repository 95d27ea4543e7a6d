package awssim

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/access/reference"
)

// iamNeeds returns the permissions that a request needs: its operation on the resource
// that it is about, with IAM's condition keys. See
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func iamNeeds(c *Call, in any) []Need {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	topic := c.topic(in)
	if topic.arn == "" {
		return nil
	}
	needs := []Need{{Action: "iam:" + c.Operation, Resource: topic.arn, Context: topic.conditions(in)}}
	switch in := in.(type) {
	case *iam.UpdateUserInput:
		if in.NewUserName != nil || in.NewPath != nil { // the new name is asked for as the old one is
			needs = append(needs, Need{Action: needs[0].Action, Resource: c.Account.ARN("iam", "", "user"+either(in.NewPath, "/")+either(in.NewUserName, aws.ToString(in.UserName)))})
		}
	case *iam.UpdateGroupInput:
		if in.NewGroupName != nil || in.NewPath != nil {
			needs = append(needs, Need{Action: needs[0].Action, Resource: c.Account.ARN("iam", "", "group"+either(in.NewPath, "/")+either(in.NewGroupName, aws.ToString(in.GroupName)))})
		}
	case *iam.AddRoleToInstanceProfileInput:
		if r := c.Account.roles[aws.ToString(in.RoleName)]; r != nil {
			needs = append(needs, Need{Action: "iam:PassRole", Resource: r.ARN, Context: reference.Context{"iam:passedtoservice": {"ec2.amazonaws.com"}}})
		}
	}
	return needs
}

// iamTagAction follows the pages on the tags of each kind, such as
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html
func iamTagAction(operation string) string {
	return map[string]string{
		"CreateUser": "TagUser", "CreateRole": "TagRole", "CreatePolicy": "TagPolicy", "CreateInstanceProfile": "TagInstanceProfile",
		"CreateVirtualMFADevice": "TagMFADevice", "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider", "CreateSAMLProvider": "TagSAMLProvider",
	}[operation]
}

// topic is what a request is about.
type topic struct {
	arn      string
	tags     map[string]string
	boundary *ManagedPolicy
}

func (u *User) topic() topic            { return topic{u.ARN, u.Tags, u.boundary} }
func (r *Role) topic() topic            { return topic{r.ARN, r.Tags, r.boundary} }
func (g *Group) topic() topic           { return topic{arn: g.ARN} }
func (m *ManagedPolicy) topic() topic   { return topic{arn: m.ARN, tags: m.Tags} }
func (p *InstanceProfile) topic() topic { return topic{arn: p.ARN, tags: p.Tags} }

// topicOf is the one of that name, or where there is none the ARN that it would
// have.
func topicOf[T interface {
	comparable
	topic() topic
}](all map[string]T, name, arn string) topic {
	var none T
	if one := all[name]; one != none {
		return one.topic()
	}
	return topic{arn: arn}
}

// topic finds what a request is about; without an ARN it is about the account.
func (c *Call) topic(in any) topic {
	a, id := c.Account, ""
	names := func(member string) bool { id = Member(in, member); return id != "" }
	arn := func(kind string) string { return a.ARN("iam", "", kind+cmp.Or(Member(in, "Path"), "/")+id) }
	switch {
	case names("InstanceProfileName"):
		return topicOf(a.profiles, id, arn("instance-profile"))
	case names("GroupName"):
		return topicOf(a.groups, id, arn("group"))
	case names("RoleName"):
		return topicOf(a.roles, id, arn("role"))
	case names("UserName"):
		return topicOf(a.users, id, arn("user"))
	case names("PolicySourceArn"), names("Arn"):
		return topic{arn: id}
	case names("PolicyArn"):
		return topicOf(a.managed, id, id)
	case names("SAMLProviderArn"), names("OpenIDConnectProviderArn"), names("SerialNumber"):
		return c.tagged(in, id)
	case names("PolicyName"):
		return topic{arn: arn("policy")}
	case names("VirtualMFADeviceName"):
		return topic{arn: arn("mfa")}
	case names("Name"):
		return topic{arn: arn("saml-provider")}
	case names("AWSServiceName"):
		return topic{arn: a.ARN("iam", "", "role"+linkedPath+id+"/"+linkedName(id, Member(in, "CustomSuffix")))}
	case names("Url"):
		return topic{arn: a.ARN("iam", "", "oidc-provider/"+strings.TrimPrefix(id, "https://"))}
	}
	return c.unnamed(in)
}

// tagged returns what has nothing but an ARN and tags.
func (c *Call) tagged(in any, arn string) topic {
	tags, err := c.tagsOf(in)
	if err != nil {
		return topic{arn: arn}
	}
	return topic{arn: arn, tags: *tags}
}

// unnamed returns what a request is about that names nothing: a kind of things
// that it lists, the owner of a key whose use it asks for, or the caller, where it may
// name a user.
func (c *Call) unnamed(in any) topic {
	listed := map[string]string{
		"ListUsers": "user", "ListGroups": "group", "ListRoles": "role", "ListInstanceProfiles": "instance-profile", "ListVirtualMFADevices": "mfa",
	}[c.Operation]
	self := c.Principal.User
	key := c.World.keys[Member(in, "AccessKeyId")]
	switch {
	case listed != "":
		return topic{arn: c.Account.ARN("iam", "", listed+cmp.Or(Member(in, "PathPrefix"), "/"))}
	case c.Operation == "GetAccessKeyLastUsed" && key != nil && key.Principal.User != nil && key.Principal.Account == c.Account:
		return key.Principal.User.topic()
	case !reflect.ValueOf(in).Elem().FieldByName("UserName").IsValid():
		return topic{}
	case self != nil:
		return self.topic()
	case c.Principal.Type == reference.Root:
		return topic{arn: c.Principal.ARN}
	}
	return topic{}
}

// conditions returns the condition keys of a request about the topic.
func (t topic) conditions(in any) reference.Context {
	ctx := reference.Context{}
	ResourceTags(ctx, t.tags, "iam:resourcetag/")
	if t.boundary != nil {
		ctx["iam:permissionsboundary"] = []string{t.boundary.ARN}
	}
	for member, key := range map[string]string{
		"PermissionsBoundary": "iam:permissionsboundary", "PolicyArn": "iam:policyarn", "AWSServiceName": "iam:awsservicename",
	} {
		if value := Member(in, member); value != "" && value != t.arn {
			ctx[key] = []string{value}
		}
	}
	return ctx
}
