package identitycenter

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim/sso"
)

// AddUser makes an active user of a name, with what the API asks for besides:
// a full name, which is also shown, and one email address where email is not
// empty.
func (i *Instance) AddUser(userName, given, family, email string) (*User, error) {
	u := &User{Active: true, Attributes: Attributes{
		UserName: userName, DisplayName: given + " " + family, Name: &Name{GivenName: given, FamilyName: family},
	}}
	if email != "" {
		u.Emails = []Contact{{Value: email, Type: "work", Primary: true}}
	}
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	if err := i.addUser(u); err != nil {
		return nil, fmt.Errorf("identitycenter: user %s: %w", userName, err)
	}
	return u, nil
}

// SetActive lets a user sign in or not.
func (i *Instance) SetActive(u *User, active bool) {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	u.Active = active
}

// AddGroup makes a group.
func (i *Instance) AddGroup(name, description string) (*Group, error) {
	g := &Group{DisplayName: name, Description: description}
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	if err := i.addGroup(g); err != nil {
		return nil, fmt.Errorf("identitycenter: group %s: %w", name, err)
	}
	return g, nil
}

// AddMember makes users members of a group; those that are stay so.
func (i *Instance) AddMember(g *Group, users ...*User) {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	for _, u := range users {
		i.join(g, u)
	}
}

// AddPermissionSet takes a permission set in, and gives it its ARN.
func (i *Instance) AddPermissionSet(s *PermissionSet) error {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	if err := i.addSet(s); err != nil {
		return fmt.Errorf("identitycenter: permission set %s: %w", s.Name, err)
	}
	return nil
}

// Assign assigns a permission set in an account to a [*User] or a [*Group], at
// once, and provisions it there.
func (i *Instance) Assign(s *PermissionSet, account string, to interface{ principal() Principal }) error {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	if err := i.assign(s, account, to.principal()); err != nil {
		return fmt.Errorf("identitycenter: permission set %s in %s: %w", s.Name, account, err)
	}
	return nil
}

func (u *User) principal() Principal { return Principal{types.PrincipalTypeUser, u.ID} }

func (g *Group) principal() Principal { return Principal{types.PrincipalTypeGroup, g.ID} }

// AddApplication makes an application of the owner's with assignments, and
// gives its ARN. Provider is the last part of its provider's ARN, "custom"
// where it is empty.
func (i *Instance) AddApplication(name, provider string, to ...interface{ principal() Principal }) string {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	arn := "arn:" + i.Owner.Partition + ":sso::aws:applicationProvider/" + cmp.Or(provider, "custom")
	a := i.addApplication(name, arn, i.Owner.ID)
	for _, p := range to {
		a.principals[p.principal()] = true
	}
	return a.arn
}

// Assignments gives what a user has, through groups as well.
func (i *Instance) Assignments(u *User) []Assignment {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	return i.assigned(u.principal())
}

// RoleOf is the name of the role that a permission set became in an account;
// empty where it is not provisioned.
func (i *Instance) RoleOf(s *PermissionSet, account string) string {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	if p := s.provisions[account]; p != nil {
		return p.role
	}
	return ""
}

// SignIn signs a user in at the access portal for d, with the roles of all
// that is assigned.
func (i *Instance) SignIn(u *User, d time.Duration) *sso.Session {
	session := sso.NewSession(i.reg.world, u.UserName, d)
	i.admit(session, u)
	return session
}

// person is a session that a user signs in with; nil where there is no such user, or
// one who may not sign in.
func (i *Instance) person(name string) *sso.Session {
	i.reg.mu.Lock()
	var found *User
	for _, u := range i.users {
		if u.UserName == name && u.Active {
			found = u
		}
	}
	i.reg.mu.Unlock()
	if found == nil {
		return nil
	}
	session := sso.NewPerson(i.reg.world, name)
	i.admit(session, found)
	return session
}

// admit says whose a session is, and lets it have all that is assigned to its user.
func (i *Instance) admit(session *sso.Session, u *User) {
	session.Identify(i.Owner.ID, u.ID, "arn:"+i.Owner.Partition+":identitystore::"+i.Owner.ID+":identitystore/"+i.StoreID)
	session.Follow(func() ([]sso.Assigned, bool) { return i.rolesOf(u.ID) })
}

// rolesOf gives the roles that are assigned to a user by now; not ok where there is no such
// user any more, or one who may not sign in.
func (i *Instance) rolesOf(user string) (roles []sso.Assigned, ok bool) {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	i.settle(i.reg.world.Clock.Now())
	u := i.users[user]
	if u == nil || !u.Active {
		return nil, false
	}
	for _, a := range i.assigned(u.principal()) {
		if role := i.reg.world.Account(a.Account).Role(a.Set.provisions[a.Account].role); role != nil {
			roles = append(roles, sso.Assigned{PermissionSet: a.Set.Name, Role: role})
		}
	}
	return roles, true
}

// NewToken makes a bearer token for the SCIM endpoint that ends after d.
func (i *Instance) NewToken(d time.Duration) string {
	i.reg.mu.Lock()
	defer i.reg.mu.Unlock()
	token := i.mint.uuid() + "." + i.mint.uuid()
	i.tokens[token] = i.reg.world.Clock.Now().Add(d)
	return token
}
