package export

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/c1z"
)

// sort is how a kind shows in a .c1z file.
type sort struct {
	kind snapshot.Kind
	c1z.ResourceType
	// slug is the entitlement that a resource has, where it has one, granted by
	// edges of the relation.
	slug     string
	relation snapshot.Relation
	holders  []string // types that it can be granted to
}

// sorts are the types by which readers know AWS.
func sorts() []sort {
	of := func(kind snapshot.Kind, id, name string, traits ...c1z.Trait) sort {
		return sort{kind: kind, ResourceType: c1z.ResourceType{ID: id, DisplayName: name, Traits: traits}}
	}
	granted := func(s sort, slug string, r snapshot.Relation, holders ...string) sort {
		s.slug, s.relation, s.holders = slug, r, holders
		return s
	}
	return []sort{
		of(snapshot.Organization, "organization", "Organization"),
		of(snapshot.Unit, "organizational_unit", "Organizational unit"),
		of(snapshot.Account, "account", "Account", c1z.TraitApp),
		of(snapshot.User, "iam_user", "IAM user", c1z.TraitUser),
		granted(of(snapshot.Group, "group", "IAM group", c1z.TraitGroup), "member", snapshot.MemberOf, "iam_user"),
		granted(of(snapshot.Role, "role", "IAM role", c1z.TraitRole), "assignment", snapshot.MayAssume, "iam_user", "role"),
		granted(of(snapshot.Policy, "iam_policy", "IAM policy"), "attached", snapshot.Attached, "iam_user", "group", "role"),
		granted(of(snapshot.InlinePolicy, "inline_policy", "Inline policy"), "attached", snapshot.Attached, "iam_user", "group", "role"),
		of(snapshot.SSOUser, "sso_user", "Identity Center user", c1z.TraitUser),
		granted(of(snapshot.SSOGroup, "sso_group", "Identity Center group", c1z.TraitGroup), "member", snapshot.MemberOf, "sso_user"),
		granted(of(snapshot.AccountRole, "permission_set", "Permission set on an account", c1z.TraitRole), "assigned", snapshot.Assigned, "sso_user", "sso_group"),
		of(snapshot.AccessKey, "access-key", "Access key", c1z.TraitSecret),
	}
}

// Connector writes the picture as of a run as a .c1z file to dst, and tells how
// many grants it left out, since the format has no type for who holds them:
// federated users, services, and accounts as a whole.
func Connector(ctx context.Context, book Book, run snapshot.RunID, dst io.Writer, started, ended time.Time) (left int, err error) {
	w, err := c1z.New(ctx, dst, "", c1z.Sync{ID: c1z.SyncID(started, "hawser"), Started: started})
	if err != nil {
		return 0, err
	}
	defer func() { _ = w.Abort() }() // nothing after Close
	c := connector{ctx: ctx, book: book, run: run, w: w, types: map[snapshot.Kind]sort{}}
	for _, s := range sorts() {
		c.types[s.kind] = s
		if err := w.ResourceType(s.ResourceType); err != nil {
			return 0, err
		}
	}
	for _, s := range sorts() {
		if err := c.resources(s); err != nil {
			return 0, err
		}
	}
	for _, s := range sorts() {
		if s.slug == "" {
			continue
		}
		if err := c.grants(s); err != nil {
			return 0, err
		}
	}
	return c.left, w.Close(ended)
}

type connector struct {
	ctx   context.Context
	book  Book
	run   snapshot.RunID
	w     *c1z.Writer
	types map[snapshot.Kind]sort
	left  int
}

// resources writes the resources of a sort, and their entitlements.
func (c *connector) resources(s sort) error {
	for e, err := range Entities(c.ctx, c.book, c.run, s.kind) {
		if err != nil {
			return err
		}
		r, err := resource(s, e)
		if err != nil {
			return err
		}
		if err := c.w.Resource(r); err != nil {
			return err
		}
		if s.slug == "" {
			continue
		}
		if err := c.w.Entitlement(c.entitlement(s, r)); err != nil {
			return err
		}
	}
	return nil
}

func (c *connector) entitlement(s sort, r c1z.Resource) c1z.Entitlement {
	e := c1z.Entitlement{
		Resource: r, Slug: s.slug, DisplayName: r.DisplayName + " " + s.slug, Description: s.DisplayName + " " + r.DisplayName + ": " + s.slug,
		Purpose: c1z.PurposeAssignment,
	}
	if s.relation == snapshot.Attached {
		e.Purpose = c1z.PurposePermission
	}
	for _, id := range s.holders {
		for _, t := range c.types {
			if t.ID == id {
				e.GrantableTo = append(e.GrantableTo, t.ResourceType)
			}
		}
	}
	return e
}

// grants writes who holds a sort's entitlements directly. What groups bring is
// the reader's to expand.
func (c *connector) grants(s sort) error {
	for e, err := range Entities(c.ctx, c.book, c.run, s.kind) {
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		f := snapshot.GrantFilter{Entitlement: e.ID, Direct: true, At: c.run, Limit: atOnce}
		err = grantsOf(c.ctx, c.book, f, func(g snapshot.Grant, err error) bool {
			if err == nil && g.Relation == s.relation {
				err = c.grant(s, e, g, seen)
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *connector) grant(s sort, e snapshot.Seen, g snapshot.Grant, seen map[string]bool) error {
	holder, known := c.types[g.Principal.Kind]
	if !known {
		c.left++
		return nil
	}
	of := c1z.Resource{Ref: c1z.Ref{Type: s.ID, ID: e.Key}}
	to := c1z.Resource{Ref: c1z.Ref{Type: holder.ID, ID: g.Principal.Key}}
	entitlement := c1z.Entitlement{ID: c1z.EntitlementID(of.Ref, s.slug), Resource: of, Slug: s.slug}
	grant := c1z.Grant{Entitlement: entitlement, Principal: to, ID: c1z.GrantID(entitlement.ID, to.Ref)}
	if seen[grant.ID] {
		return nil // two conditions of one trust
	}
	seen[grant.ID] = true
	if holder.slug == "member" {
		grant.Expansion = &c1z.Expansion{Entitlements: []string{c1z.EntitlementID(to.Ref, "member")}, Shallow: true}
	}
	return c.w.Grant(grant)
}

// resource is an entity as the format has it.
func resource(s sort, e snapshot.Seen) (c1z.Resource, error) {
	r := c1z.Resource{Ref: c1z.Ref{Type: s.ID, ID: e.Key}, DisplayName: e.Name}
	if r.DisplayName == "" {
		r.DisplayName = e.Key
	}
	if e.Account != "" && e.Kind != snapshot.Account {
		r.Parent = c1z.Ref{Type: "account", ID: e.Account}
	}
	var profile c1z.Profile
	if len(e.Body) > 0 {
		if err := json.Unmarshal(e.Body, &profile); err != nil {
			return r, fmt.Errorf("%s: %w", e.ID, err)
		}
	}
	switch s.kind {
	case snapshot.User, snapshot.SSOUser:
		r.User = user(e, profile)
	case snapshot.Group, snapshot.SSOGroup:
		r.Group = &c1z.Group{Profile: profile}
	case snapshot.Role, snapshot.AccountRole:
		r.Role = &c1z.Role{Profile: profile}
	case snapshot.Account:
		r.App = &c1z.App{Profile: profile}
	case snapshot.AccessKey:
		return r, secret(&r, e)
	}
	return r, nil
}

func user(e snapshot.Seen, profile c1z.Profile) *c1z.User {
	u := &c1z.User{Status: c1z.StatusEnabled, Login: e.Name, Profile: profile, Account: c1z.AccountHuman}
	var sso snapshot.SSOUserBody
	if e.Kind == snapshot.SSOUser && json.Unmarshal(e.Body, &sso) == nil { // it was decoded above
		u.Emails = sso.Emails
		if strings.EqualFold(sso.Status, "DISABLED") {
			u.Status = c1z.StatusDisabled
		}
		return u
	}
	var body struct {
		snapshot.PrincipalBody
		snapshot.CredentialBody
	}
	if json.Unmarshal(e.Body, &body) == nil {
		u.Created, u.LastLogin = body.Created, body.PasswordUsed
		u.MFA = &body.MFA
		if !body.Password {
			u.Account = c1z.AccountService
		}
	}
	return u
}

// secret is the trait of an access key, which holds no secret.
func secret(r *c1z.Resource, e snapshot.Seen) error {
	var key snapshot.KeyBody
	if err := json.Unmarshal(e.Body, &key); err != nil {
		return fmt.Errorf("%s: %w", e.ID, err)
	}
	r.Secret = &c1z.Secret{Created: key.Created, Owner: c1z.Ref{Type: "iam_user", ID: key.User}}
	if key.Used != nil {
		r.Secret.LastUsed = key.Used.At
	}
	return nil
}
