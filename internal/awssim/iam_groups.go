package awssim

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// groupHandlers returns the operations on groups.
func groupHandlers() map[string]Handler {
	return map[string]Handler{
		"AddUserToGroup":      doing[iam.AddUserToGroupOutput](addUserToGroup),
		"CreateGroup":         writeHandler(createGroup),
		"DeleteGroup":         doing[iam.DeleteGroupOutput](deleteGroup),
		"GetGroup":            readHandler(getGroup),
		"ListGroups":          readHandler(listGroups),
		"ListGroupsForUser":   readHandler(listGroupsForUser),
		"RemoveUserFromGroup": doing[iam.RemoveUserFromGroupOutput](removeUserFromGroup),
		"UpdateGroup":         doing[iam.UpdateGroupOutput](updateGroup),
	}
}

// Group is an IAM group.
type Group struct {
	Name, ID, ARN, Path string
	Created             time.Time
	holder
	members []*User
	account *Account
}

// AddGroup makes a group, or gives the one of that name.
func (a *Account) AddGroup(name string) *Group {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	if g := a.groups[name]; g != nil {
		return g
	}
	return a.newGroup("/", name)
}

// newGroup makes a group. The World is locked.
func (a *Account) newGroup(path, name string) *Group {
	g := &Group{
		Name: name, Path: path, ID: entityID("AGPA"), ARN: a.ARN("iam", "", "group"+path+name), Created: a.world.Clock.Now(), account: a,
	}
	a.groups[name] = g
	return g
}

// PutPolicy returns the group an inline policy.
func (g *Group) PutPolicy(name, document string) error {
	return g.put(g.account.world, name, document)
}

// Attach returns the group a managed policy, once.
func (g *Group) Attach(m *ManagedPolicy) { g.attach(g.account.world, m) }

// AddMember adds a user, once.
func (g *Group) AddMember(u *User) {
	g.account.world.mu.Lock()
	defer g.account.world.mu.Unlock()
	g.add(u)
}

// add is AddMember for callers that have locked the World.
func (g *Group) add(u *User) {
	if !slices.Contains(g.members, u) {
		g.members = append(g.members, u)
		u.groups = append(u.groups, g)
	}
}

// RemoveMember removes a user.
func (g *Group) RemoveMember(u *User) {
	g.account.world.mu.Lock()
	defer g.account.world.mu.Unlock()
	g.drop(u)
}

func (g *Group) drop(u *User) {
	g.members = slices.DeleteFunc(g.members, func(m *User) bool { return m == u })
	u.groups = slices.DeleteFunc(u.groups, func(m *Group) bool { return m == g })
}

func groupKey(g *Group) string { return g.Name }

func groupPath(g *Group) string { return g.Path }

// group finds a group by name.
func (c *Call) group(name *string) (*Group, error) {
	if g := c.Account.groups[aws.ToString(name)]; g != nil {
		return g, nil
	}
	return nil, noSuchEntity("The group with name %s cannot be found.", aws.ToString(name))
}

func (g *Group) brief() types.Group {
	return types.Group{
		Arn: aws.String(g.ARN), GroupName: aws.String(g.Name), GroupId: aws.String(g.ID), Path: aws.String(g.Path), CreateDate: iamTime(g.Created),
	}
}

// createGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
func createGroup(c *Call, in *iam.CreateGroupInput) (*iam.CreateGroupOutput, error) {
	if err := vacant(c.Account.groups, *in.GroupName, "Group with name %s already exists."); err != nil {
		return nil, err
	}
	if err := within("GroupsPerAccount", len(c.Account.groups)+1, maxGroups); err != nil {
		return nil, err
	}
	g := c.Account.newGroup(either(in.Path, "/"), *in.GroupName).brief()
	return &iam.CreateGroupOutput{Group: &g}, nil
}

// updateGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html
func updateGroup(c *Call, in *iam.UpdateGroupInput) error {
	g, err := c.group(in.GroupName)
	if err != nil {
		return err
	}
	name, path := either(in.NewGroupName, g.Name), either(in.NewPath, g.Path)
	if !strings.EqualFold(name, g.Name) {
		if err := vacant(c.Account.groups, name, "Group with name %s already exists."); err != nil {
			return err
		}
	}
	delete(c.Account.groups, g.Name)
	g.Name, g.Path, g.ARN = name, path, c.Account.ARN("iam", "", "group"+path+name)
	c.Account.groups[name] = g
	return nil
}

// deleteGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html
func deleteGroup(c *Call, in *iam.DeleteGroupInput) error {
	g, err := c.group(in.GroupName)
	if err != nil {
		return err
	}
	if len(g.members) > 0 {
		return inUse("must remove users from group first")
	}
	if err := g.free(); err != nil {
		return err
	}
	delete(c.Account.groups, g.Name)
	return nil
}

// listGroups follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html
func listGroups(c *Call, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	all := under(InOrder(c.Account.groups), in.PathPrefix, groupPath)
	page, next := iamPage(all, in.Marker, in.MaxItems, groupKey)
	return &iam.ListGroupsOutput{Groups: Each(page, (*Group).brief), IsTruncated: next != nil, Marker: next}, nil
}
