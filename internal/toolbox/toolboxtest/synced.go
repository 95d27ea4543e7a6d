package toolboxtest

import (
	"testing"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

const acme = "111122223333"

// Synced returns a rig whose store holds a small snapshot, after two syncs.
func Synced(t testing.TB) *Rig {
	t.Helper()
	r := New(t, FakeSettings("http://127.0.0.1:1"))
	st := r.Store()
	for i, cells := range []map[snapshot.Facet]*snapshot.Batch{
		{"iam.users": people("ada", "bob"), "sso.users": directory(), "iam.access-keys": keys()},
		{"iam.users": people("ada", "cyd"), "sso.users": directory(), "iam.access-keys": keys(), "iam.roles": nil},
	} {
		run, err := st.Begin(t.Context(), "default", time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		status := snapshot.Complete
		for facet, batch := range cells {
			o := snapshot.Outcome{Cell: snapshot.Cell{Account: acme, Facet: facet}, Status: snapshot.OK, Calls: 1}
			if batch == nil {
				o.Status, o.Reason = snapshot.Denied, "iam:ListRoles is denied"
				status = snapshot.Partial
			}
			if _, _, err := st.Commit(t.Context(), run, o, batch, snapshot.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := st.End(t.Context(), run, status, "", time.Date(2026, 1, 1+i, 0, 5, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func iamID(kind snapshot.Kind, path string) snapshot.ID {
	return snapshot.ID{Kind: kind, Key: "arn:aws:iam::" + acme + ":" + path}
}

// people are IAM users, all in one group, which may assume a role.
func people(names ...string) *snapshot.Batch {
	b := &snapshot.Batch{}
	ops, admin := iamID(snapshot.Group, "group/ops"), snapshot.ID{Kind: snapshot.Policy, Key: "arn:aws:iam::aws:policy/AdministratorAccess"}
	b.Add(ops, acme, "ops", nil)
	b.Add(admin, "", "AdministratorAccess", nil)
	b.Link(ops, snapshot.Attached, admin, nil)
	for _, name := range names {
		b.Add(iamID(snapshot.User, "user/"+name), acme, name, snapshot.PrincipalBody{ID: "AIDA" + name})
		b.Link(iamID(snapshot.User, "user/"+name), snapshot.MemberOf, ops, nil)
	}
	return b
}

func directory() *snapshot.Batch {
	b := &snapshot.Batch{}
	ada := snapshot.SSOUserID("d-1", "u-1")
	b.Add(ada, "", "ada@example.com", snapshot.SSOUserBody{UserName: "ada@example.com", Emails: []string{"ada@example.com"}, Status: "ENABLED"})
	person := snapshot.ID{Kind: snapshot.Person, Key: "ada@example.com"}
	b.Add(person, "", "Ada", snapshot.PersonBody{Email: "ada@example.com", By: "email"})
	b.Link(person, snapshot.Is, ada, nil)
	b.Link(person, snapshot.Is, iamID(snapshot.User, "user/ada"), nil)
	role := iamID(snapshot.Role, "role/Deploy")
	b.Link(snapshot.ID{Kind: snapshot.Service, Key: "lambda.amazonaws.com"}, snapshot.MayAssume, role, nil)
	return b
}

func keys() *snapshot.Batch {
	b := &snapshot.Batch{}
	key := snapshot.ID{Kind: snapshot.AccessKey, Key: "AKIA1"}
	b.Add(key, acme, "AKIA1", snapshot.KeyBody{
		User: iamID(snapshot.User, "user/ada").Key, ID: "AKIA1", Active: true, Created: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	b.Link(iamID(snapshot.User, "user/ada"), snapshot.Owns, key, nil)
	return b
}
