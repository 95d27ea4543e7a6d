package identitycenter

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/awssim"
)

// User is a person in the identity store.
type User struct {
	ID string
	Attributes
	// Active is false for a user who may not sign in, as SCIM can say.
	Active      bool
	ExternalIDs []ExternalID
	// Enterprise holds the attributes of SCIM's enterprise extension.
	Enterprise       map[string]any
	Created, Updated time.Time

	groups map[string]*Membership // by group
}

// Attributes are what is known of a user, by the names that the Identity Store
// and SCIM share.
type Attributes struct {
	UserName          string    `json:"userName,omitempty"`
	Name              *Name     `json:"name,omitempty"`
	DisplayName       string    `json:"displayName,omitempty"`
	NickName          string    `json:"nickName,omitempty"`
	ProfileURL        string    `json:"profileUrl,omitempty"`
	Emails            []Contact `json:"emails,omitempty"`
	Addresses         []Address `json:"addresses,omitempty"`
	PhoneNumbers      []Contact `json:"phoneNumbers,omitempty"`
	Photos            []Contact `json:"photos,omitempty"`
	Roles             []Contact `json:"roles,omitempty"`
	UserType          string    `json:"userType,omitempty"`
	Title             string    `json:"title,omitempty"`
	PreferredLanguage string    `json:"preferredLanguage,omitempty"`
	Locale            string    `json:"locale,omitempty"`
	Timezone          string    `json:"timezone,omitempty"`
	Website           string    `json:"website,omitempty"`
	Birthdate         string    `json:"birthdate,omitempty"`
}

// Name is a person's.
type Name struct {
	Formatted       string `json:"formatted,omitempty"`
	FamilyName      string `json:"familyName,omitempty"`
	GivenName       string `json:"givenName,omitempty"`
	MiddleName      string `json:"middleName,omitempty"`
	HonorificPrefix string `json:"honorificPrefix,omitempty"`
	HonorificSuffix string `json:"honorificSuffix,omitempty"`
}

// Contact is an email address, a phone number, a photo or a role.
type Contact struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Display string `json:"display,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Address is a postal one.
type Address struct {
	Formatted     string `json:"formatted,omitempty"`
	StreetAddress string `json:"streetAddress,omitempty"`
	Locality      string `json:"locality,omitempty"`
	Region        string `json:"region,omitempty"`
	PostalCode    string `json:"postalCode,omitempty"`
	Country       string `json:"country,omitempty"`
	Type          string `json:"type,omitempty"`
	Primary       bool   `json:"primary,omitempty"`
}

// ExternalID is an identifier that another directory gave.
type ExternalID struct{ Issuer, ID string }

// Group is a group in the identity store.
type Group struct {
	ID, DisplayName, Description string
	ExternalIDs                  []ExternalID
	Created, Updated             time.Time

	members map[string]*Membership // by user
}

// Membership is a user's in a group.
type Membership struct {
	ID      string
	User    *User
	Group   *Group
	Created time.Time
}

var (
	userNameForm  = regexp.MustCompile(`^[\pL\pM\pS\pN\pP]{1,128}$`)
	groupNameForm = regexp.MustCompile(`^[\pL\pM\pS\pN\pP\t\n\r \x{a0}]+$`)
)

// check wants of a user what Identity Center wants.
func (u *User) check() error {
	switch {
	case !userNameForm.MatchString(u.UserName):
		return invalid("UserName must have 1 to 128 letters, symbols, numbers and punctuation marks.")
	case u.UserName == "Administrator" || u.UserName == "AWSAdministrators":
		return invalid("%s is a reserved name.", u.UserName)
	case u.Name == nil || u.Name.FamilyName == "" || u.Name.GivenName == "":
		return invalid("A user has a Name with FamilyName and GivenName.")
	case u.DisplayName == "":
		return invalid("A user has a DisplayName.")
	case len(u.Emails) > 1 || len(u.Addresses) > 1 || len(u.PhoneNumbers) > 1:
		return invalid("A user has at most one of Emails, Addresses and PhoneNumbers.")
	}
	return nil
}

// check wants a name that the API takes.
func (g *Group) check() error {
	if n := utf8.RuneCountInString(g.DisplayName); n > 1024 || !groupNameForm.MatchString(g.DisplayName) {
		return invalid("DisplayName must have 1 to 1024 letters, symbols, numbers, punctuation marks and spaces.")
	}
	return nil
}

// userClaims are the values that only one user may have.
func (u *User) userClaims() []string {
	claims := []string{"user " + strings.ToLower(u.UserName)}
	for _, e := range u.Emails {
		claims = append(claims, "email "+strings.ToLower(e.Value))
	}
	return append(claims, externalClaims("user", u.ExternalIDs)...)
}

func (g *Group) groupClaims() []string {
	return append([]string{"group " + strings.ToLower(g.DisplayName)}, externalClaims("group", g.ExternalIDs)...)
}

func externalClaims(kind string, ids []ExternalID) (claims []string) {
	for _, x := range ids {
		claims = append(claims, kind+"'s external ID "+x.Issuer+" "+x.ID)
	}
	return claims
}

// claim takes values for an ID, all or none, and lets go of those of before.
func (i *Instance) claim(id string, before, after []string) error {
	for _, c := range after {
		if holder, taken := i.claims[c]; taken && holder != id {
			what, _, _ := strings.Cut(c, " ")
			return awssim.Errorf("ConflictException", "Duplicate %s", what).With("Reason", "UNIQUENESS_CONSTRAINT_VIOLATION")
		}
	}
	for _, c := range before {
		delete(i.claims, c)
	}
	for _, c := range after {
		i.claims[c] = id
	}
	return nil
}

// addUser takes a user in, with an ID. The registry is locked here and below.
func (i *Instance) addUser(u *User) error {
	if err := u.check(); err != nil {
		return err
	}
	id := i.mint.uuid()
	if err := i.claim(id, nil, u.userClaims()); err != nil {
		return err
	}
	now := i.reg.world.Clock.Now()
	u.ID, u.Created, u.Updated, u.groups = id, now, now, make(map[string]*Membership)
	i.users[id] = u
	return nil
}

// changeUser takes over what a changed copy of a user has. What never changes
// is not written: answers point to it, and are sent when the lock is gone.
func (i *Instance) changeUser(u *User, to User) error {
	if err := to.check(); err != nil {
		return err
	}
	if err := i.claim(u.ID, u.userClaims(), to.userClaims()); err != nil {
		return err
	}
	u.Attributes, u.Active, u.ExternalIDs, u.Enterprise = to.Attributes, to.Active, to.ExternalIDs, to.Enterprise
	u.Updated = i.reg.world.Clock.Now()
	return nil
}

// dropUser deletes a user with memberships; assignments stay, as with AWS.
func (i *Instance) dropUser(u *User) {
	for _, m := range u.groups {
		i.part(m)
	}
	for _, c := range u.userClaims() {
		delete(i.claims, c)
	}
	delete(i.users, u.ID)
}

func (i *Instance) addGroup(g *Group) error {
	if err := g.check(); err != nil {
		return err
	}
	id := i.mint.uuid()
	if err := i.claim(id, nil, g.groupClaims()); err != nil {
		return err
	}
	now := i.reg.world.Clock.Now()
	g.ID, g.Created, g.Updated, g.members = id, now, now, make(map[string]*Membership)
	i.groups[id] = g
	return nil
}

// changeGroup does the same with a group.
func (i *Instance) changeGroup(g *Group, to Group) error {
	if err := to.check(); err != nil {
		return err
	}
	if err := i.claim(g.ID, g.groupClaims(), to.groupClaims()); err != nil {
		return err
	}
	g.DisplayName, g.Description, g.ExternalIDs = to.DisplayName, to.Description, to.ExternalIDs
	g.Updated = i.reg.world.Clock.Now()
	return nil
}

func (i *Instance) dropGroup(g *Group) {
	for _, m := range g.members {
		i.part(m)
	}
	for _, c := range g.groupClaims() {
		delete(i.claims, c)
	}
	delete(i.groups, g.ID)
}

// join makes a user a member of a group; nil where it is one already.
func (i *Instance) join(g *Group, u *User) *Membership {
	if g.members[u.ID] != nil {
		return nil
	}
	m := &Membership{ID: i.mint.uuid(), User: u, Group: g, Created: i.reg.world.Clock.Now()}
	g.members[u.ID], u.groups[g.ID], i.memberships[m.ID] = m, m, m
	return m
}

func (i *Instance) part(m *Membership) {
	delete(m.Group.members, m.User.ID)
	delete(m.User.groups, m.Group.ID)
	delete(i.memberships, m.ID)
}
