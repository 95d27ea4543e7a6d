package awssim

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/access/reference"
)

// userHandlers returns the operations on users.
func userHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateUser":   writeHandler(createUser),
		"DeleteUser":   doing[iam.DeleteUserOutput](deleteUser),
		"GetUser":      readHandler(getUser),
		"ListUserTags": readHandler(listUserTags),
		"ListUsers":    readHandler(listUsers),
		"TagUser":      doingAny[iam.TagUserOutput, iam.TagUserInput](tag),
		"UntagUser":    doingAny[iam.UntagUserOutput, iam.UntagUserInput](untag),
		"UpdateUser":   doing[iam.UpdateUserOutput](updateUser),
	}
}

// AddUser makes a user, or gives the one of that name.
func (a *Account) AddUser(name string) *User { return a.AddUserAt("/", name) }

// AddUserAt is AddUser with a path, such as "/people/".
func (a *Account) AddUserAt(path, name string) *User {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	if u := a.users[name]; u != nil {
		return u
	}
	return a.newUser(path, name)
}

// Remove deletes the user, with keys and memberships.
func (u *User) Remove() {
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range slices.Clone(u.groups) {
		g.drop(u)
	}
	delete(u.account.users, u.Name)
	for _, k := range u.keys {
		delete(w.keys, k.AccessKeyID)
	}
}

// newUser makes a user. The World is locked.
func (a *Account) newUser(path, name string) *User {
	u := &User{
		Name: name, Path: path, ID: entityID("AIDA"), ARN: a.ARN("iam", "", "user"+path+name),
		Created: a.world.Clock.Now(), account: a,
	}
	a.users[name] = u
	return u
}

// user finds a user by name.
func (c *Call) user(name *string) (*User, error) {
	if u := c.Account.users[aws.ToString(name)]; u != nil {
		return u, nil
	}
	return nil, noSuchEntity("The user with name %s cannot be found.", aws.ToString(name))
}

// userOrSelf finds a user by name; without one it is the caller. A session of
// a role has to name one.
func (c *Call) userOrSelf(name *string) (*User, error) {
	switch {
	case name != nil:
		return c.user(name)
	case c.Principal.User == nil:
		return nil, Errorf("ValidationError", "Must specify userName when calling with non-User credentials")
	}
	return c.Principal.User, nil
}

func userKey(u *User) string { return u.Name }

// brief returns the user as listings show it: without tags and boundary.
func (u *User) brief() types.User {
	out := types.User{
		Arn: aws.String(u.ARN), UserName: aws.String(u.Name), UserId: aws.String(u.ID), Path: aws.String(u.Path), CreateDate: iamTime(u.Created),
	}
	if u.login != nil && !u.login.Used.IsZero() {
		out.PasswordLastUsed = iamTime(u.login.Used)
	}
	return out
}

// whole returns the user with what listings leave out.
func (u *User) whole() *types.User {
	out := u.brief()
	out.Tags, out.PermissionsBoundary = iamTags(u.Tags), u.bound()
	return &out
}

// listUsers follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
func listUsers(c *Call, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	all := under(InOrder(c.Account.users), in.PathPrefix, func(u *User) string { return u.Path })
	page, next := iamPage(all, in.Marker, in.MaxItems, userKey)
	return &iam.ListUsersOutput{Users: Each(page, (*User).brief), IsTruncated: next != nil, Marker: next}, nil
}

// createUser follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
func createUser(c *Call, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	a := c.Account
	if err := vacant(a.users, *in.UserName, "User with name %s already exists."); err != nil {
		return nil, err
	}
	if err := within("UsersPerAccount", len(a.users)+1, maxUsers); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	boundary, err := c.boundaryOf(in.PermissionsBoundary)
	if err != nil {
		return nil, err
	}
	u := a.newUser(either(in.Path, "/"), *in.UserName)
	u.Tags, u.boundary, u.known = tags, boundary, c.World.knownFrom()
	return &iam.CreateUserOutput{User: u.whole()}, nil
}

// getUser follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
func getUser(c *Call, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	if in.UserName == nil && c.Principal.Type == reference.Root {
		return &iam.GetUserOutput{User: c.Account.rootUser()}, nil
	}
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	return &iam.GetUserOutput{User: u.whole()}, nil
}

// rootUser returns the account's root as a user, which has no name.
func (a *Account) rootUser() *types.User {
	return &types.User{Arn: aws.String(a.ARN("iam", "", "root")), UserId: aws.String(a.ID), CreateDate: iamTime(a.Created)}
}

// updateUser follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
func updateUser(c *Call, in *iam.UpdateUserInput) error {
	u, err := c.user(in.UserName)
	if err != nil {
		return err
	}
	name, path := either(in.NewUserName, u.Name), either(in.NewPath, u.Path)
	if !strings.EqualFold(name, u.Name) {
		if err := vacant(c.Account.users, name, "User with name %s already exists."); err != nil {
			return err
		}
	}
	delete(c.Account.users, u.Name)
	u.Name, u.Path, u.ARN = name, path, c.Account.ARN("iam", "", "user"+path+name)
	c.Account.users[name] = u
	return nil
}

// deleteUser follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
func deleteUser(c *Call, in *iam.DeleteUserInput) error {
	u, err := c.user(in.UserName)
	if err != nil {
		return err
	}
	if err := u.free(); err != nil {
		return err
	}
	switch {
	case len(u.groups) > 0:
		return inUse("must remove user from group first")
	case len(u.keys) > 0:
		return inUse("must delete access keys first")
	case u.login != nil:
		return inUse("must delete login profile first")
	case len(u.mfa) > 0:
		return inUse("must delete MFA device first")
	case len(u.certificates) > 0:
		return inUse("must delete signing certificates first")
	case len(u.ssh) > 0:
		return inUse("must delete public keys first")
	case len(u.services) > 0:
		return inUse("must delete service specific credentials first")
	}
	delete(c.Account.users, u.Name)
	return nil
}
