package awssim

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// Principal is who makes a call.
type Principal struct {
	Type    reference.PrincipalType
	Account *Account
	ARN     string
	// ID is the unique id, as GetCallerIdentity's UserId gives it: "AIDA...",
	// "AROA...:session", or the account's id for its root.
	ID string

	// User is set for an IAM user, for its sessions from GetSessionToken, and for
	// the federated users that it made.
	User *User
	// Role and what follows are set for a role's session.
	Role        *Role
	SessionName string
	// Provider is the identity provider of the session's user at AssumeRoleWithWebIdentity.
	Provider string
	// Federated are the condition keys of an identity provider that every request of the
	// session has.
	Federated      reference.Context
	SourceIdentity string
	Tags           map[string]string
	Transitive     []string // keys of Tags that further sessions keep
	// SessionPolicy narrows what the role allows; nil allows all of it.
	SessionPolicy *policy.Document
	MFA           bool
}

// Credential is an access key and whose it is.
type Credential struct {
	AccessKeyID     string
	SecretAccessKey string
	// SessionToken and Expires are set for temporary credentials.
	SessionToken string
	Expires      time.Time
	Principal    *Principal
	Inactive     bool
	// Created is when the key was made; Used is when, where and for
	// what any was used last.
	Created time.Time
	Used    KeyUse
	known   time.Time // from when on; see Options.Propagation
}

// KeyUse is a key's last use; the zero value is none.
type KeyUse struct {
	At              time.Time
	Region, Service string
}

// User is an IAM user.
type User struct {
	Name, ID, ARN string
	Path          string // "/", "/people/"
	Created       time.Time
	Tags          map[string]string
	holder
	groups       []*Group
	login        *LoginProfile
	mfa          []*MFADevice
	ssh          []*SSHKey
	services     []*ServiceCredential
	certificates []*certificate
	keys         []*Credential
	account      *Account
	known        time.Time // from when on; see Options.Propagation
}

// Role is an IAM role.
type Role struct {
	Name, ID, ARN string
	Path          string // "/", "/service-role/"
	Description   string
	Created       time.Time
	Tags          map[string]string
	// LastUsed is when its last session began, and where.
	LastUsed KeyUse
	// MaxSession is the longest session that may be asked for.
	MaxSession time.Duration
	trust      *ResourcePolicy
	holder
	account *Account
	known   time.Time // from when on; see Options.Propagation
}

// AddRole makes a role with a trust policy, or gives the one of that name the
// new trust policy.
func (a *Account) AddRole(name, trust string) (*Role, error) { return a.AddRoleAt("/", name, trust) }

// AddRoleAt is AddRole with a path, such as "/service-role/".
func (a *Account) AddRoleAt(path, name, trust string) (*Role, error) {
	doc, err := policy.Parse([]byte(trust))
	if err != nil {
		return nil, err
	}
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	r := a.roles[name]
	if r == nil {
		r = a.newRole(path, name, doc)
	}
	r.trust = a.world.resourcePolicy(doc)
	return r, nil
}

// Role finds a role by name; nil if there is none.
func (a *Account) Role(name string) *Role {
	a.world.mu.RLock()
	defer a.world.mu.RUnlock()
	return a.roles[name]
}

// Account returns the one that the role is in.
func (r *Role) Account() *Account { return r.account }

// PutPolicy returns the user an inline policy.
func (u *User) PutPolicy(name, document string) error {
	return u.put(u.account.world, name, document)
}

// PutPolicy returns the role an inline policy.
func (r *Role) PutPolicy(name, document string) error {
	return r.put(r.account.world, name, document)
}

// documents returns the policies that decide for a principal.
func (p *Principal) documents() documents {
	w := p.Account.world
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := documents{session: p.SessionPolicy}
	switch {
	case p.Role != nil:
		all.identity, all.boundary = p.Role.documents(), p.Role.limits()
	case p.User != nil:
		all.identity, all.boundary = p.User.documents(), p.User.limits()
		for _, g := range p.User.groups {
			all.identity = append(all.identity, g.documents()...)
		}
	}
	return all
}

// NewKey makes a long-lived access key of the user.
func (u *User) NewKey() *Credential {
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.longLived(u.principal())
	u.keys = append(u.keys, c)
	return c
}

// Identity returns the user's id, ARN and name as they are now.
func (u *User) Identity() (id, arn, name string) {
	u.account.world.mu.RLock()
	defer u.account.world.mu.RUnlock()
	return u.ID, u.ARN, u.Name
}

// principal returns the user as a caller.
func (u *User) principal() *Principal {
	return &Principal{Type: reference.User, Account: u.account, ARN: u.ARN, ID: u.ID, User: u, Tags: u.Tags}
}

// RootKey makes an access key of the account's root user.
func (a *Account) RootKey() *Credential {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	c := a.world.longLived(a.root())
	a.rootKeys = append(a.rootKeys, c)
	return c
}

// root returns the account's root user as a caller.
func (a *Account) root() *Principal {
	return &Principal{Type: reference.Root, Account: a, ARN: a.ARN("iam", "", "root"), ID: a.ID}
}

// longLived makes a key that does not end. The World is locked.
func (w *World) longLived(p *Principal) *Credential {
	return w.keep(&Credential{AccessKeyID: UniqueID("AKIA"), SecretAccessKey: RandomText(40), Created: w.Clock.Now(), Principal: p})
}

// NewSession makes temporary credentials of the role that last for d, as the
// credential endpoints of EC2, ECS and Identity Center give them: without
// asking the trust policy.
func (r *Role) NewSession(name string, d time.Duration) *Credential {
	return r.account.world.issue(r.session(name), d)
}

// session returns the principal of a session of the role.
func (r *Role) session(name string) *Principal {
	return &Principal{
		Type: reference.AssumedRole, Account: r.account, Role: r, SessionName: name, Tags: r.account.world.roleTags(r),
		ARN: r.account.ARN("sts", "", fmt.Sprintf("assumed-role/%s/%s", r.Name, name)),
		ID:  r.ID + ":" + name,
	}
}

// issue makes temporary credentials.
func (w *World) issue(p *Principal, d time.Duration) *Credential {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keep(&Credential{
		Created: w.Clock.Now(), AccessKeyID: UniqueID("ASIA"), SecretAccessKey: RandomText(40),
		SessionToken: "IQoJb3JpZ2luX2VjE" + RandomText(183),
		Expires:      w.Clock.Now().Add(w.Clock.Scaled(d)).Truncate(time.Second).Add(time.Second),
		Principal:    p,
	})
}

// keep makes a key known. The World is locked.
func (w *World) keep(c *Credential) *Credential {
	if len(w.keys) >= w.sweepAt {
		w.sweep()
	}
	w.keys[c.AccessKeyID] = c
	return c
}

// sweep forgets temporary keys an hour after their end, which until then are
// answered as expired. It runs each time the keys have doubled. The World is
// locked.
func (w *World) sweep() {
	limit := w.Clock.Now().Add(-time.Hour)
	for id, c := range w.keys {
		if !c.Expires.IsZero() && c.Expires.Before(limit) {
			delete(w.keys, id)
		}
	}
	w.sweepAt = max(4096, 2*len(w.keys))
}

// AddCredential makes a known key of a user's: for tests and demos that have
// their keys in a file.
func (u *User) AddCredential(accessKeyID, secret string) *Credential {
	c := u.NewKey()
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.keys, c.AccessKeyID)
	c.AccessKeyID, c.SecretAccessKey = accessKeyID, secret
	w.keys[accessKeyID] = c
	return c
}

// Revoke makes an access key unknown.
func (w *World) Revoke(accessKeyID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.keys, accessKeyID)
}

// credential returns a copy of an access key in its current state; nil if there is no
// such key or its user or role was deleted.
func (w *World) credential(accessKeyID string) *Credential {
	w.mu.RLock()
	defer w.mu.RUnlock()
	k := w.keys[accessKeyID]
	if k == nil || k.Principal.gone() {
		return nil
	}
	now := *k
	if u := k.Principal.User; u != nil && k.Principal.Type == reference.User {
		p := *k.Principal
		p.ARN, p.Tags = u.ARN, u.Tags
		now.Principal = &p
	}
	return &now
}

// gone reports whether the user or the role is deleted. The World is locked.
func (p *Principal) gone() bool {
	return p.User != nil && p.Account.users[p.User.Name] != p.User || p.Role != nil && p.Account.roles[p.Role.Name] != p.Role
}

const (
	base32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

// entityID makes the id of a user, group, role or the like: AROA, say, and 17
// letters and digits.
func entityID(prefix string) string { return UniqueID(prefix) + randomFrom(base32Letters, 1) }

// UniqueID makes the id of a credential: AKIA, say, and 16 letters and digits.
func UniqueID(prefix string) string { return prefix + randomFrom(base32Letters, 16) }

func RandomText(n int) string { return randomFrom(base64Letters, n) }

// randomFrom draws from an alphabet of 32 or 64 letters.
func randomFrom(letters string, n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}
