package awssim

import (
	"slices"

	"github.com/hawser/hawser/internal/policy"
)

// holder has policies: it is part of a user, a group or a role. A group has no
// boundary.
type holder struct {
	policies policySet
	attached []*ManagedPolicy // in the order in which they were attached
	boundary *ManagedPolicy
}

// policySet holds inline policies by name.
type policySet map[string]*policy.Document

// put returns the holder an inline policy.
func (h *holder) put(w *World, name, document string) error {
	doc, err := policy.Parse([]byte(document))
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	h.set(name, doc)
	return nil
}

// set is put for callers that have locked the World.
func (h *holder) set(name string, doc *policy.Document) {
	if h.policies == nil {
		h.policies = make(policySet)
	}
	h.policies[name] = doc
}

// attach returns the holder a managed policy, once.
func (h *holder) attach(w *World, m *ManagedPolicy) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(h.attached, m) {
		h.attached = append(h.attached, m)
	}
}

// attachAWS returns the holder AWS's own managed policies of the names given.
func (h *holder) attachAWS(a *Account, names []string) error {
	for _, name := range names {
		m, err := a.AWSManaged(name)
		if err != nil {
			return err
		}
		h.attach(a.world, m)
	}
	return nil
}

// bind sets the holder's boundary.
func (h *holder) bind(w *World, m *ManagedPolicy) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h.boundary = m
}

// Attach returns the user a managed policy, once.
func (u *User) Attach(m *ManagedPolicy) { u.attach(u.account.world, m) }

// Attach returns the role a managed policy, once.
func (r *Role) Attach(m *ManagedPolicy) { r.attach(r.account.world, m) }

// AttachAWS returns the user AWS's own managed policies, by names with path such as
// "AdministratorAccess". The error is NoSuchEntity where AWS has none of a name.
func (u *User) AttachAWS(names ...string) error { return u.attachAWS(u.account, names) }

// AttachAWS returns the role AWS's own managed policies, by names as User's takes them.
func (r *Role) AttachAWS(names ...string) error { return r.attachAWS(r.account, names) }

// Bound sets the permissions boundary of the user.
func (u *User) Bound(m *ManagedPolicy) { u.bind(u.account.world, m) }

// Bound sets the permissions boundary of the role.
func (r *Role) Bound(m *ManagedPolicy) { r.bind(r.account.world, m) }

// documents returns the holder's policies.
func (h *holder) documents() []*policy.Document {
	docs := make([]*policy.Document, 0, len(h.policies)+len(h.attached))
	for _, d := range h.policies {
		docs = append(docs, d)
	}
	for _, m := range h.attached {
		docs = append(docs, m.Default.Document)
	}
	return docs
}

// limits returns the boundary's document, or nil.
func (h *holder) limits() *policy.Document {
	if h.boundary == nil {
		return nil
	}
	return h.boundary.Default.Document
}

// free refuses to delete a holder that has policies.
func (h *holder) free() error {
	switch {
	case len(h.attached) > 0:
		return inUse("must detach all policies first")
	case len(h.policies) > 0:
		return inUse("must delete policies first")
	}
	return nil
}

// owner is the holder that a request names, in the words of errors and
// quotas.
type owner struct {
	*holder
	kind, name string // "User", "ada"
	inline     int    // characters that its inline policies may have together
}

// owner finds whom a request is about by its UserName, GroupName or RoleName.
func (c *Call) owner(in any) (s owner, err error) {
	if name := Member(in, "UserName"); name != "" {
		u, err := c.user(&name)
		if err != nil {
			return s, err
		}
		return owner{&u.holder, "User", name, maxInlineUser}, nil
	}
	if name := Member(in, "GroupName"); name != "" {
		g, err := c.group(&name)
		if err != nil {
			return s, err
		}
		return owner{&g.holder, "Group", name, maxInlineGroup}, nil
	}
	name := Member(in, "RoleName")
	r, err := c.role(&name)
	if err != nil {
		return s, err
	}
	return owner{&r.holder, "Role", name, maxInlineRole}, nil
}

// changeable is owner for what changes it, which a role that is AWS's own
// does not let.
func (c *Call) changeable(in any) (owner, error) {
	if name := Member(in, "RoleName"); name != "" {
		if _, err := c.ownRole(&name); err != nil {
			return owner{}, err
		}
	}
	return c.owner(in)
}
