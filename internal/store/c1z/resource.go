package c1z

import (
	"cmp"
	"encoding/json"
	"path"
	"time"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// resource makes a resource of an entity.
func (m mapper) resource(s sort, e snapshot.Entity) (Resource, error) {
	ref, _ := m.ref(e.ID)
	r := Resource{Ref: ref, DisplayName: nameOf(e)}
	r.Parent = m.parent(e)
	profile, err := profileOf(e)
	if err != nil {
		return r, err
	}
	for _, trait := range s.Traits {
		switch trait {
		case TraitUser:
			r.User, err = userOf(e, profile)
		case TraitGroup:
			r.Group = &Group{Profile: profile}
		case TraitRole:
			r.Role = &Role{Profile: profile}
		case TraitApp:
			r.App = &App{Profile: profile}
		case TraitSecret:
			r.Secret, err = m.secretOf(e, profile)
		}
	}
	return r, err
}

// parent returns what an entity is in: an inline policy in its owner, a unit or an account
// in the unit or root above, and everything else in its account.
func (m mapper) parent(e snapshot.Entity) Ref {
	if above, ok := m.parents[e.ID]; ok {
		if ref, ok := m.ref(above); ok {
			return ref
		}
	}
	if owner, _, ok := e.Inline(); ok {
		if ref, ok := ownerRef(owner); ok {
			return ref
		}
	}
	if e.Account == "" || e.Kind == snapshot.Account {
		return Ref{}
	}
	return Ref{accountType, e.Account}
}

// nameOf returns what people call an entity.
func nameOf(e snapshot.Entity) string {
	switch {
	case e.Kind == snapshot.AccountRole:
		set, _, _ := e.OnAccount()
		return cmp.Or(e.Name, path.Base(set)) + " on " + e.Account
	case e.Kind == snapshot.Root:
		return "root"
	case e.Name != "":
		return e.Name
	}
	if a, ok := arn.Parse(e.Key); ok {
		return a.Name()
	}
	return e.Key
}

// profileOf returns all that is known of an entity except documents, which are
// long and of no use here.
func profileOf(e snapshot.Entity) (Profile, error) {
	var p Profile
	if err := bodyInto(e, &p); err != nil {
		return nil, err
	}
	if p == nil { // no body, or JSON's null
		p = Profile{}
	}
	delete(p, "document")
	delete(p, "trust")
	delete(p, "inline_policy")
	p["key"] = e.Key
	if e.Account != "" {
		p["aws_account_id"] = e.Account
	}
	return p, nil
}

func bodyInto(e snapshot.Entity, body any) error {
	if len(e.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(e.Body, body); err != nil {
		return fault.Wrap(err, fault.Internal, "the data of %s can't be read", e.ID)
	}
	return nil
}

// userOf returns the trait of whoever holds access.
func userOf(e snapshot.Entity, profile Profile) (*User, error) {
	u := &User{Status: StatusEnabled, Profile: profile, Login: e.Name}
	switch e.Kind {
	case snapshot.Service:
		u.Account, u.Login = AccountSystem, e.Key
	case snapshot.Federated, snapshot.External:
		u.Account, u.Login = AccountService, e.Key
	case snapshot.SSOUser:
		return u, u.ofIdentityCenter(e)
	default:
		return u, u.ofIAM(e)
	}
	return u, nil
}

func (u *User) ofIdentityCenter(e snapshot.Entity) error {
	var body snapshot.SSOUserBody
	if err := bodyInto(e, &body); err != nil {
		return err
	}
	u.Account, u.Login, u.Emails = AccountHuman, body.UserName, body.Emails
	switch body.Status {
	case "DISABLED":
		u.Status = StatusDisabled
	case "":
		u.Status = StatusUnknown
	}
	return nil
}

func (u *User) ofIAM(e snapshot.Entity) error {
	var body struct {
		Created      time.Time `json:"created"`
		PasswordUsed time.Time `json:"password_last_used"`
		MFA          *bool     `json:"mfa"` // nil where the credential report was not read
	}
	if err := bodyInto(e, &body); err != nil {
		return err
	}
	u.Created, u.LastLogin, u.MFA = body.Created, body.PasswordUsed, body.MFA
	if e.Kind == snapshot.Root {
		u.Account, u.Login = AccountSystem, "root"
	}
	return nil
}

func (m mapper) secretOf(e snapshot.Entity, profile Profile) (*Secret, error) {
	var body snapshot.KeyBody
	if err := bodyInto(e, &body); err != nil {
		return nil, err
	}
	s := &Secret{Profile: profile, Created: body.Created}
	if body.User != "" {
		s.Owner = Ref{"iam_user", body.User}
	}
	if body.Used != nil {
		s.LastUsed = body.Used.At
	}
	return s, nil
}

// termsOf returns the terms in a grant's edge, and whether the edge excludes its
// principal from a trust.
func termsOf(g snapshot.Grant) (terms Profile, except bool) {
	if len(g.Body) == 0 {
		return nil, false
	}
	if json.Unmarshal(g.Body, &terms) != nil {
		return nil, false
	}
	except, _ = terms["except"].(bool) // of snapshots from before trusts of everybody else were *
	return terms, except
}
