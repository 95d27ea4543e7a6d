package awssim

import (
	"regexp"
	"strings"

	"github.com/hawser/hawser/internal/policy"
)

// A trust policy is of the users and roles that it names, not of their names: AWS keeps
// their unique ids, and shows their names while they are there. One that is deleted is
// shown by its id, and a new one of the same name is not trusted.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles

// uniqueIDForm is the unique id of a user or a role.
var uniqueIDForm = regexp.MustCompile(`^(AIDA|AROA)[A-Z0-9]{16,}$`)

// trusts gives the role a trust policy. The World is locked.
func (r *Role) trusts(doc *policy.Document) {
	r.trust, r.trusted = doc, map[string]string{}
	for _, s := range doc.Statements {
		if s.Principal == nil {
			continue
		}
		for _, name := range s.Principal.AWS {
			if id := r.account.world.idOf(name); id != "" {
				r.trusted[name] = id
			}
		}
	}
}

// idOf returns the unique id of a user or role that is there; empty for others.
func (w *World) idOf(name string) string {
	parts := principalForm.FindStringSubmatch(name)
	if parts == nil || w.accounts[parts[2]] == nil {
		return ""
	}
	a, last := w.accounts[parts[2]], name[strings.LastIndex(name, "/")+1:]
	switch parts[4] {
	case "user":
		if u := a.users[last]; u != nil && u.ARN == name {
			return u.ID
		}
	case "role":
		if r := a.roles[last]; r != nil && r.ARN == name {
			return r.ID
		}
	}
	return ""
}

// nameOf returns the ARN that a user or role has now; empty for one that is deleted.
func (a *Account) nameOf(id string) string {
	for _, u := range a.users {
		if u.ID == id {
			return u.ARN
		}
	}
	for _, r := range a.roles {
		if r.ID == id {
			return r.ARN
		}
	}
	return ""
}

// exists reports whether a user or role of any account has a unique id.
func (w *World) exists(id string) bool {
	for _, a := range w.accounts {
		if a.nameOf(id) != "" {
			return true
		}
	}
	return false
}

// trustNow returns the trust policy with what the users and roles in it are called
// now. The World is locked.
func (r *Role) trustNow() *policy.Document {
	var changes []string
	for name, id := range r.trusted {
		if r.account.world.idOf(name) == id {
			continue
		}
		now := r.account.world.accounts[principalForm.FindStringSubmatch(name)[2]].nameOf(id)
		if now == "" {
			now = id
		}
		changes = append(changes, `"`+name+`"`, `"`+now+`"`)
	}
	if changes == nil {
		return r.trust
	}
	text := strings.ReplaceAll(string(r.trust.Raw()), `\/`, "/")
	doc, err := policy.Parse([]byte(strings.NewReplacer(changes...).Replace(text)))
	if err != nil {
		return r.trust // names and ids need no escapes
	}
	return doc
}
