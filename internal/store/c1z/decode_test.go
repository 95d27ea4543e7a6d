package c1z

import "google.golang.org/protobuf/encoding/protowire"

func decodeType(m []byte) (ResourceType, error) {
	var t ResourceType
	err := each(m, func(f field) error {
		switch f.number {
		case 1:
			return textInto(&t.ID, f)
		case 2:
			return textInto(&t.DisplayName, f)
		case 3:
			return addTraits(&t.Traits, f)
		case 4:
			name, _, err := unpack(f.bytes)
			t.Bare = t.Bare || name == "SkipEntitlementsAndGrants"
			return err
		case 5:
			return textInto(&t.Description, f)
		}
		return nil
	})
	return t, err
}

// addTraits takes both forms of a list of numbers: packed, and one by one.
func addTraits(traits *[]Trait, f field) error {
	if f.bytes == nil {
		*traits = append(*traits, Trait(f.bits))
		return nil
	}
	for rest := f.bytes; len(rest) > 0; {
		bits, n := protowire.ConsumeVarint(rest)
		if n < 0 {
			return errMalformed
		}
		*traits = append(*traits, Trait(bits))
		rest = rest[n:]
	}
	return nil
}

func decodeResource(m []byte) (Resource, error) {
	var r Resource
	err := each(m, func(f field) error {
		switch f.number {
		case 1:
			return refInto(&r.Ref, f)
		case 2:
			return refInto(&r.Parent, f)
		case 3:
			return textInto(&r.DisplayName, f)
		case 4:
			return r.annotate(f.bytes)
		case 5:
			return textInto(&r.Description, f)
		}
		return nil
	})
	return r, err
}

// annotate takes those annotations that are traits.
func (r *Resource) annotate(m []byte) error {
	name, inner, err := unpack(m)
	if err != nil {
		return err
	}
	switch name {
	case "UserTrait":
		r.User = &User{}
		return r.User.decode(inner)
	case "GroupTrait":
		r.Group = &Group{}
		return profileOnly(&r.Group.Profile, 2, inner)
	case "RoleTrait":
		r.Role = &Role{}
		return profileOnly(&r.Role.Profile, 1, inner)
	case "AppTrait":
		r.App = &App{}
		return r.App.decode(inner)
	case "SecretTrait":
		r.Secret = &Secret{}
		return r.Secret.decode(inner)
	}
	return nil
}

func profileOnly(p *Profile, number protowire.Number, m []byte) error {
	return each(m, func(f field) error {
		if f.number == number {
			return profileInto(p, f)
		}
		return nil
	})
}

func (u *User) decode(m []byte) error {
	return each(m, func(f field) error {
		switch f.number {
		case 1:
			return u.email(f.bytes)
		case 2:
			return u.status(f.bytes)
		case 3:
			return profileInto(&u.Profile, f)
		case 5:
			u.Account = Account(f.bits)
		case 6:
			return textInto(&u.Login, f)
		case 7:
			return addText(&u.Aliases, f)
		case 8:
			return timeInto(&u.Created, f)
		case 9:
			return timeInto(&u.LastLogin, f)
		case 10:
			return toggleInto(&u.MFA, f)
		case 11:
			return toggleInto(&u.SSO, f)
		}
		return nil
	})
}

// email adds an address, the primary one before all others.
func (u *User) email(m []byte) error {
	var address string
	var primary bool
	err := each(m, func(f field) error {
		switch f.number {
		case 1:
			return textInto(&address, f)
		case 2:
			primary = f.bits != 0
		}
		return nil
	})
	if primary {
		u.Emails = append([]string{address}, u.Emails...)
	} else {
		u.Emails = append(u.Emails, address)
	}
	return err
}

func (u *User) status(m []byte) error {
	return each(m, func(f field) error {
		switch f.number {
		case 1:
			u.Status = Status(f.bits)
		case 2:
			return textInto(&u.Details, f)
		}
		return nil
	})
}

func (a *App) decode(m []byte) error {
	return each(m, func(f field) error {
		switch f.number {
		case 1:
			return textInto(&a.HelpURL, f)
		case 4:
			return profileInto(&a.Profile, f)
		}
		return nil
	})
}

func (s *Secret) decode(m []byte) error {
	return each(m, func(f field) error {
		switch f.number {
		case 1:
			return profileInto(&s.Profile, f)
		case 2:
			return timeInto(&s.Created, f)
		case 3:
			return timeInto(&s.Expires, f)
		case 4:
			return timeInto(&s.LastUsed, f)
		case 5:
			return refInto(&s.Owner, f)
		}
		return nil
	})
}

func decodeEntitlement(m []byte) (Entitlement, error) {
	var e Entitlement
	err := each(m, func(f field) (err error) {
		switch f.number {
		case 1:
			e.Resource, err = decodeResource(f.bytes)
		case 2:
			err = textInto(&e.ID, f)
		case 3:
			err = textInto(&e.DisplayName, f)
		case 4:
			err = textInto(&e.Description, f)
		case 5:
			var t ResourceType
			t, err = decodeType(f.bytes)
			e.GrantableTo = append(e.GrantableTo, t)
		case 7:
			e.Purpose = Purpose(f.bits)
		case 8:
			err = textInto(&e.Slug, f)
		}
		return err
	})
	return e, err
}

func decodeGrant(m []byte) (Grant, error) {
	var g Grant
	err := each(m, func(f field) (err error) {
		switch f.number {
		case 1:
			g.Entitlement, err = decodeEntitlement(f.bytes)
		case 2:
			g.Principal, err = decodeResource(f.bytes)
		case 3:
			err = textInto(&g.ID, f)
		case 4:
			err = g.annotate(f.bytes)
		case 5:
			err = each(f.bytes, func(f field) error { return addSource(&g.Sources, f) })
		}
		return err
	})
	return g, err
}

// annotate takes what is said of a grant beside the message: in older files,
// its expansion too.
func (g *Grant) annotate(m []byte) error {
	name, inner, err := unpack(m)
	switch {
	case err != nil:
		return err
	case name == "GrantImmutable":
		g.Immutable = true
	case name == "GrantMetadata":
		err = profileOnly(&g.Metadata, 1, inner)
	case name == "GrantExpandable":
		g.Expansion, err = decodeExpansion(inner)
	}
	return err
}

func addSource(sources *[]Source, f field) error {
	if f.number != 1 {
		return nil
	}
	var s Source
	err := each(f.bytes, func(f field) error {
		switch f.number {
		case 1:
			return textInto(&s.Entitlement, f)
		case 2:
			return each(f.bytes, func(f field) error {
				s.Direct = f.number == 1 && f.bits != 0
				return nil
			})
		}
		return nil
	})
	*sources = append(*sources, s)
	return err
}

func decodeExpansion(m []byte) (*Expansion, error) {
	e := &Expansion{}
	err := each(m, func(f field) error {
		switch f.number {
		case 1:
			return addText(&e.Entitlements, f)
		case 2:
			e.Shallow = f.bits != 0
		case 3:
			return addText(&e.Types, f)
		}
		return nil
	})
	return e, err
}
