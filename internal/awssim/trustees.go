package awssim

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/policy"
)

// A policy of a resource is of the users and roles that it names, not of their names: AWS
// keeps their unique ids, and shows their ARNs while they are there. One that is deleted
// is shown by its id, and a new one of the same name is another principal. That holds for
// trust policies and for the policies of buckets, functions and organizations.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles

// Trustee is a principal that a policy of a resource names.
type Trustee struct {
	world    *World
	name, id string // without an id it is no user or role of the World
}

// ResourcePolicy is a policy of a resource with the users and roles that it names.
type ResourcePolicy struct {
	world    *World
	document *policy.Document
	trustees map[string]Trustee // by name in the document, only those with an id
}

// uniqueIDForm is the unique id of a user or a role.
var uniqueIDForm = regexp.MustCompile(`^(AIDA|AROA)[A-Z0-9]{16,}$`)

// Trustee finds the principal of a name, for a service that keeps the names itself.
func (w *World) Trustee(name string) Trustee {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.trustee(name)
}

// trustee is Trustee for when the World is locked.
func (w *World) trustee(name string) Trustee {
	found, _ := w.entity(name)
	return Trustee{w, name, found.id}
}

// Name is what a policy names the principal by now.
func (t Trustee) Name() string {
	if t.id == "" {
		return t.name
	}
	t.world.mu.RLock()
	defer t.world.mu.RUnlock()
	return t.now()
}

// now is Name for when the World is locked.
func (t Trustee) now() string {
	if found, ok := t.world.entity(t.name); ok && found.id == t.id {
		return found.arn
	}
	if found, ok := t.world.entity(t.id); ok {
		return found.arn
	}
	return t.id
}

// ResourcePolicy returns a document as the policy of a resource.
func (w *World) ResourcePolicy(doc *policy.Document) *ResourcePolicy {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.resourcePolicy(doc)
}

// resourcePolicy is ResourcePolicy for when the World is locked.
func (w *World) resourcePolicy(doc *policy.Document) *ResourcePolicy {
	p := &ResourcePolicy{w, doc, make(map[string]Trustee)}
	for _, s := range doc.Statements {
		for _, principals := range []*policy.Principals{s.Principal, s.NotPrincipal} {
			if principals == nil {
				continue
			}
			for _, name := range principals.AWS {
				if t := w.trustee(name); t.id != "" {
					p.trustees[name] = t
				}
			}
		}
	}
	return p
}

// Document returns the policy with what the users and roles in it are called now; nil
// for no policy.
func (p *ResourcePolicy) Document() *policy.Document {
	if p == nil {
		return nil
	}
	p.world.mu.RLock()
	defer p.world.mu.RUnlock()
	return p.now()
}

// now is Document for when the World is locked.
func (p *ResourcePolicy) now() *policy.Document {
	changed := make(map[string]string)
	for name, t := range p.trustees {
		if now := t.now(); now != name {
			changed[name] = now
		}
	}
	if len(changed) == 0 {
		return p.document
	}
	return p.document.WithPrincipals(func(name string) string { return cmp.Or(changed[name], name) })
}

// entity is a user or a role.
type entity struct {
	id, arn string
	known   time.Time // from when on outside of IAM; see Options.Propagation
}

// entity finds a user or a role by its ARN or unique id. The World is locked.
func (w *World) entity(name string) (entity, bool) {
	if uniqueIDForm.MatchString(name) {
		return w.entityByID(name)
	}
	parts := principalForm.FindStringSubmatch(name)
	if parts == nil || w.accounts[parts[2]] == nil {
		return entity{}, false
	}
	a, last := w.accounts[parts[2]], name[strings.LastIndex(name, "/")+1:]
	switch parts[4] {
	case "user":
		if u := a.users[last]; u != nil && u.ARN == name {
			return entity{u.ID, u.ARN, u.known}, true
		}
	case "role":
		if r := a.roles[last]; r != nil && r.ARN == name {
			return entity{r.ID, r.ARN, r.known}, true
		}
	}
	return entity{}, false
}

func (w *World) entityByID(id string) (entity, bool) {
	for _, a := range w.accounts {
		for _, u := range a.users {
			if u.ID == id {
				return entity{u.ID, u.ARN, u.known}, true
			}
		}
		for _, r := range a.roles {
			if r.ID == id {
				return entity{r.ID, r.ARN, r.known}, true
			}
		}
	}
	return entity{}, false
}
