package c1z

import (
	"cmp"
	"fmt"
	"path"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/snapshot"
)

// The IDs that ConductorOne's connector for AWS gives, where they are not the ARNs.
const (
	accountType = "account"
	inlineType  = "inline_policy"
	// inline is between the owner of an inline policy and its name. The one of a
	// permission set has no name of its own, and has setInline.
	inline    = "::inline::"
	setInline = "inline"
)

// unitRef returns the reference of a unit of an organization, whose key is an ARN. The
// root is the organization. IDs are AWS's own: r-... and ou-...
func unitRef(r Ref) Ref {
	unit, ok := arn.Parse(r.ID)
	if !ok {
		return r
	}
	r.ID = unit.Name()
	if unit.Type() == "root" {
		r.Type = "organization"
	}
	return r
}

// ownerRef returns the reference of the user, group or role that has an inline policy.
func ownerRef(owner string) (Ref, bool) {
	a, _ := arn.Parse(owner)
	switch a.Type() {
	case "user":
		return Ref{"iam_user", owner}, true
	case "group", "role":
		return Ref{a.Type(), owner}, true
	}
	return Ref{}, false
}

// onAccount returns the entitlement that an account has for a permission set which is
// provisioned there, beside that of the provisioned set itself; false for other IDs.
func (m mapper) onAccount(id snapshot.ID, name string) (Entitlement, bool) {
	set, account, ok := id.OnAccount()
	if !ok {
		return Entitlement{}, false
	}
	name = cmp.Or(name, path.Base(set))
	e := Entitlement{
		ID: account + "|" + set, Resource: Resource{Ref: Ref{accountType, account}, DisplayName: account},
		Slug: name + " access", Purpose: PurposeAssignment, DisplayName: name + " Permission Set",
		Description: fmt.Sprintf("Has the permission set %s on the account %s", name, account),
	}
	for _, by := range assignable() {
		e.GrantableTo = append(e.GrantableTo, m.types[by])
	}
	return e, true
}

// setPolicy adds the inline policy of a permission set, and that the set has it.
func (w *Writer) setPolicy(m mapper, e snapshot.Entity, set Resource) error {
	var body snapshot.PermissionSetPolicies
	if err := bodyInto(e, &body); err != nil || len(body.Inline) == 0 {
		return err
	}
	r := Resource{Ref: Ref{inlineType, e.Key + inline + setInline}, Parent: set.Ref, DisplayName: setInline}
	if err := w.Resource(r); err != nil {
		return err
	}
	entitlement := m.entitlement(m.kinds[snapshot.InlinePolicy], r)
	if err := w.Entitlement(entitlement); err != nil {
		return err
	}
	held := Entitlement{ID: EntitlementID(r.Ref, entitlement.Slug), Resource: Resource{Ref: r.Ref}, Slug: entitlement.Slug}
	return w.Grant(Grant{Entitlement: held, Principal: Resource{Ref: set.Ref}})
}
