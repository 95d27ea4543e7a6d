package awssim

import (
	"maps"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/policy"
)

// IAM is Identity and Access Management, as far as it is read: what is there,
// Go puts there.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
func IAM(*World) *Service {
	return &Service{Model: "iam", Handlers: map[string]Handler{
		"GenerateCredentialReport":       Op(generateCredentialReport),
		"GetAccessKeyLastUsed":           Op(getAccessKeyLastUsed),
		"GetAccountAuthorizationDetails": Op(getAccountAuthorizationDetails),
		"GetAccountPasswordPolicy":       Op(getAccountPasswordPolicy),
		"GetAccountSummary":              Op(getAccountSummary),
		"GetCredentialReport":            Op(getCredentialReport),
		"GetGroup":                       Op(getGroup),
		"GetOpenIDConnectProvider":       Op(getOpenIDConnectProvider),
		"GetPolicy":                      Op(getPolicy),
		"GetPolicyVersion":               Op(getPolicyVersion),
		"ListAccessKeys":                 Op(listAccessKeys),
		"ListAccountAliases":             Op(listAccountAliases),
		"ListGroups":                     Op(listGroups),
		"ListInstanceProfiles":           Op(listInstanceProfiles),
		"ListMFADevices":                 Op(listMFADevices),
		"ListOpenIDConnectProviders":     Op(listOpenIDConnectProviders),
		"ListPolicies":                   Op(listPolicies),
		"ListRoles":                      Op(listRoles),
		"ListSAMLProviders":              Op(listSAMLProviders),
		"ListSSHPublicKeys":              Op(listSSHPublicKeys),
		"ListServiceSpecificCredentials": Op(listServiceSpecificCredentials),
		"ListUsers":                      Op(listUsers),
		"ListVirtualMFADevices":          Op(listVirtualMFADevices),
	}}
}

// Group is an IAM group.
type Group struct {
	Name, ID, ARN, Path string
	Created             time.Time
	policies            policySet
	attachments
	members []*User
	account *Account
}

// ManagedPolicy is a policy that principals are given by reference.
type ManagedPolicy struct {
	Name, ID, ARN, Path string
	Created             time.Time
	// Versions are the documents, v1 first; Default is the one in force.
	Versions []*policy.Document
	Default  int
}

func (m *ManagedPolicy) document() *policy.Document { return m.Versions[m.Default] }

// attachments are the managed policies of a principal.
type attachments struct {
	attached []*ManagedPolicy
	boundary *ManagedPolicy
}

// LoginProfile is a user's password for the console.
type LoginProfile struct {
	Created, Used time.Time // Used is zero for never
}

// InstanceProfile is how a role is given to instances.
type InstanceProfile struct {
	Name, ID, ARN, Path string
	Created             time.Time
	Role                *Role
}

// SAMLProvider is an identity provider that an account trusts.
type SAMLProvider struct {
	ARN              string
	Created, Expires time.Time
}

// AddGroup makes a group, or gives the one of that name.
func (a *Account) AddGroup(name string) *Group {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	if g := a.groups[name]; g != nil {
		return g
	}
	g := &Group{
		Name: name, Path: "/", ID: uniqueID("AGPA"), ARN: a.ARN("iam", "", "group/"+name),
		Created: a.world.Clock.Now(), policies: make(policySet), account: a,
	}
	a.groups[name] = g
	return g
}

// PutPolicy gives the group an inline policy.
func (g *Group) PutPolicy(name, document string) error {
	return g.policies.put(g.account.world, name, document)
}

// AddMember puts a user in, once.
func (g *Group) AddMember(u *User) {
	g.account.world.mu.Lock()
	defer g.account.world.mu.Unlock()
	if slices.Contains(g.members, u) {
		return
	}
	g.members = append(g.members, u)
	u.groups = append(u.groups, g)
}

// RemoveMember takes a user out.
func (g *Group) RemoveMember(u *User) {
	g.account.world.mu.Lock()
	defer g.account.world.mu.Unlock()
	g.members = slices.DeleteFunc(g.members, func(m *User) bool { return m == u })
	u.groups = slices.DeleteFunc(u.groups, func(m *Group) bool { return m == g })
}

// AddPolicy makes a managed policy of the account, or gives the one of that name
// a new version, which is in force from then on.
func (a *Account) AddPolicy(name, document string) (*ManagedPolicy, error) {
	return a.addPolicy(a.ARN("iam", "", "policy/"+name), name, document)
}

// AWSPolicy gives one of AWS's own managed policies, with a document that is
// only of its kind.
func (a *Account) AWSPolicy(name, document string) (*ManagedPolicy, error) {
	return a.addPolicy("arn:"+a.Partition+":iam::aws:policy/"+name, name, document)
}

func (a *Account) addPolicy(arn, name, document string) (*ManagedPolicy, error) {
	doc, err := a.world.parsed(document)
	if err != nil {
		return nil, err
	}
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	m := a.managed[arn]
	if m == nil {
		m = &ManagedPolicy{Name: name, Path: "/", ID: uniqueID("ANPA"), ARN: arn, Created: a.world.Clock.Now()}
		a.managed[arn] = m
	}
	if len(m.Versions) == 0 || m.document() != doc {
		m.Versions = append(m.Versions, doc)
		m.Default = len(m.Versions) - 1
	}
	return m, nil
}

// documentsOf keeps parsed documents, since thousands of accounts have the same.
type documentsOf map[string]*policy.Document

// parsed parses a document, or gives what it was parsed to before.
func (w *World) parsed(text string) (*policy.Document, error) {
	w.mu.RLock()
	doc := w.documents[text]
	w.mu.RUnlock()
	if doc != nil {
		return doc, nil
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.documents[text] = doc
	return doc, nil
}

// Attach gives the user a managed policy, once.
func (u *User) Attach(m *ManagedPolicy) { u.attach(u.account.world, m) }

// Attach gives the role a managed policy, once.
func (r *Role) Attach(m *ManagedPolicy) { r.attach(r.account.world, m) }

// Attach gives the group a managed policy, once.
func (g *Group) Attach(m *ManagedPolicy) { g.attach(g.account.world, m) }

func (a *attachments) attach(w *World, m *ManagedPolicy) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(a.attached, m) {
		a.attached = append(a.attached, m)
	}
}

// Bound sets the permissions boundary of the user.
func (u *User) Bound(m *ManagedPolicy) {
	u.account.world.mu.Lock()
	defer u.account.world.mu.Unlock()
	u.boundary = m
}

// Bound sets the permissions boundary of the role.
func (r *Role) Bound(m *ManagedPolicy) {
	r.account.world.mu.Lock()
	defer r.account.world.mu.Unlock()
	r.boundary = m
}

// SetLogin gives the user a password, which was used last at a time; zero is
// never.
func (u *User) SetLogin(created, used time.Time) {
	u.account.world.mu.Lock()
	defer u.account.world.mu.Unlock()
	u.login = &LoginProfile{created, used}
}

// Remove deletes the user, with keys and memberships.
func (u *User) Remove() {
	w := u.account.world
	for _, g := range slices.Clone(u.groups) {
		g.RemoveMember(u)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(u.account.users, u.Name)
	for _, k := range u.keys {
		delete(w.keys, k.AccessKeyID)
	}
}

// Age says when a key was made and last used, for keys that are older than the
// World.
func (c *Credential) Age(created time.Time, used KeyUse) {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Created, c.Used = created, used
}

// Deactivate makes a key useless, and leaves it there.
func (c *Credential) Deactivate() {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Inactive = true
}

// used notes a key's use.
func (w *World) used(cred *Credential, c *Call) {
	now := w.Clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	cred.Used = KeyUse{At: now, Region: c.Region, Service: c.Service.Prefix}
}

// AddInstanceProfile makes a profile of a role.
func (a *Account) AddInstanceProfile(name string, r *Role) *InstanceProfile {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	p := &InstanceProfile{
		Name: name, Path: "/", ID: uniqueID("AIPA"), ARN: a.ARN("iam", "", "instance-profile/"+name), Created: a.world.Clock.Now(), Role: r,
	}
	a.profiles[name] = p
	return p
}

// AddSAMLProvider makes the account trust a SAML provider.
func (a *Account) AddSAMLProvider(name string) *SAMLProvider {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	now := a.world.Clock.Now()
	p := &SAMLProvider{ARN: a.ARN("iam", "", "saml-provider/"+name), Created: now, Expires: now.AddDate(10, 0, 0)}
	a.saml = append(a.saml, p)
	return p
}

// SetAlias gives the account its alias.
func (a *Account) SetAlias(alias string) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	a.aliases = []string{alias}
}

// SetRootMFA says whether the root user has a second factor.
func (a *Account) SetRootMFA(on bool) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	a.rootMFA = on
}

// sortedByName gives the values of a map by their names.
func sortedByName[T any](m map[string]T) []T {
	out := make([]T, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[name])
	}
	return out
}
