package awssim

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// getGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
func getGroup(c *Call, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	g, err := c.group(in.GroupName)
	if err != nil {
		return nil, err
	}
	brief := g.brief()
	page, next := pageBy(g.members, in.Marker, in.MaxItems, userKey)
	return &iam.GetGroupOutput{Group: &brief, Users: Each(page, (*User).brief), IsTruncated: next != nil, Marker: next}, nil
}

// listGroupsForUser follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html
func listGroupsForUser(c *Call, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	u, err := c.user(in.UserName)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(u.groups, in.Marker, in.MaxItems, groupKey)
	return &iam.ListGroupsForUserOutput{Groups: Each(page, (*Group).brief), IsTruncated: next != nil, Marker: next}, nil
}

// both finds a group and a user.
func (c *Call) both(group, user *string) (*Group, *User, error) {
	g, err := c.group(group)
	if err != nil {
		return nil, nil, err
	}
	u, err := c.user(user)
	return g, u, err
}

// addUserToGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html
func addUserToGroup(c *Call, in *iam.AddUserToGroupInput) error {
	g, u, err := c.both(in.GroupName, in.UserName)
	if err != nil || slices.Contains(u.groups, g) {
		return err
	}
	if err := within("GroupsPerUser", len(u.groups)+1, maxGroupsOf); err != nil {
		return err
	}
	g.add(u)
	return nil
}

// removeUserFromGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html
func removeUserFromGroup(c *Call, in *iam.RemoveUserFromGroupInput) error {
	g, u, err := c.both(in.GroupName, in.UserName)
	if err != nil {
		return err
	}
	if !slices.Contains(u.groups, g) {
		return noSuchEntity("User %s is not in group %s.", u.Name, g.Name)
	}
	g.drop(u)
	return nil
}
