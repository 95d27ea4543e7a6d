package c1z_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export/exporttest"
)

var (
	started = time.Date(2026, 11, 23, 6, 0, 0, 123456789, time.UTC)
	ended   = started.Add(90 * time.Second)
	run     = c1z.Sync{ID: c1z.SyncID(started, "run 7"), Started: started}
)

// content is all that a file can hold, each field set somewhere.
type content struct {
	Types        []c1z.ResourceType
	Resources    []c1z.Resource
	Entitlements []c1z.Entitlement
	Grants       []c1z.Grant
}

func sample() content {
	yes, no := true, false
	user := c1z.ResourceType{ID: "iam_user", DisplayName: "IAM User", Description: "a user", Traits: []c1z.Trait{c1z.TraitUser}, Bare: true}
	group := c1z.ResourceType{ID: "group", DisplayName: "Group", Traits: []c1z.Trait{c1z.TraitGroup, c1z.TraitRole}}
	account := c1z.Resource{
		Ref: c1z.Ref{Type: "account", ID: "111122223333"}, DisplayName: "prod",
		App: &c1z.App{HelpURL: "https://example.com/help", Profile: c1z.Profile{"email": "prod@example.com"}},
	}
	ada := c1z.Resource{
		Ref: c1z.Ref{Type: "iam_user", ID: "arn:aws:iam::111122223333:user/ada"}, Parent: account.Ref, DisplayName: "ada", Description: "Ada ✓",
		User: &c1z.User{
			Status: c1z.StatusDisabled, Details: "left", Account: c1z.AccountHuman,
			Emails: []string{"ada@example.com", "a@example.com"}, Login: "ada", Aliases: []string{"al", "countess"},
			Created: started.AddDate(-3, 0, 0), LastLogin: started.Add(-time.Hour), MFA: &yes, SSO: &no,
			Profile: c1z.Profile{
				"tags": map[string]any{"team": "engines", "": nil}, "keys": []any{"a", 2.5, true, nil, []any{}, map[string]any{}},
				"zero": 0.0, "false": false, "empty": "",
			},
		},
	}
	admins := c1z.Resource{
		Ref: c1z.Ref{Type: "group", ID: "arn:aws:iam::111122223333:group/admins"}, Parent: account.Ref, DisplayName: "admins",
		Group: &c1z.Group{Profile: c1z.Profile{"path": "/"}}, Role: &c1z.Role{Profile: c1z.Profile{}},
	}
	key := c1z.Resource{
		Ref: c1z.Ref{Type: "access-key", ID: "AKIAIOSFODNN7EXAMPLE"},
		Secret: &c1z.Secret{
			Profile: c1z.Profile{"status": "Active"}, Created: started.AddDate(-2, 0, 0), Expires: started.AddDate(1, 0, 0),
			LastUsed: time.Date(1969, 12, 31, 23, 59, 59, 5, time.UTC), Owner: ada.Ref,
		},
	}
	member := c1z.Entitlement{
		ID: c1z.EntitlementID(admins.Ref, "member"), Resource: admins, Slug: "member", DisplayName: "admins member",
		Description: "is in admins", GrantableTo: []c1z.ResourceType{user}, Purpose: c1z.PurposeAssignment,
	}
	return content{
		Types:        []c1z.ResourceType{user, group, {ID: "account", DisplayName: "Account", Traits: []c1z.Trait{c1z.TraitApp}}, {ID: "access-key", Traits: []c1z.Trait{c1z.TraitSecret}}},
		Resources:    []c1z.Resource{account, ada, admins, key},
		Entitlements: []c1z.Entitlement{member},
		Grants: []c1z.Grant{
			{ID: c1z.GrantID(member.ID, ada.Ref), Entitlement: member, Principal: c1z.Resource{Ref: ada.Ref}, Immutable: true, Metadata: c1z.Profile{"conditions": []any{"x"}}},
			{
				ID: c1z.GrantID(member.ID, admins.Ref), Entitlement: member, Principal: admins,
				Expansion: &c1z.Expansion{Entitlements: []string{member.ID}, Shallow: true, Types: []string{"iam_user"}, Pending: true},
				Sources:   []c1z.Source{{Entitlement: "a:b:c"}, {Entitlement: member.ID, Direct: true}},
			},
		},
	}
}

// write puts content into a new file.
func write(t testing.TB, path string, p content) error {
	t.Helper()
	w, err := exporttest.C1Z(t.Context(), path, run)
	if err != nil {
		return err
	}
	err = errors.Join(
		all(p.Types, w.ResourceType), all(p.Resources, w.Resource),
		all(p.Entitlements, w.Entitlement), all(p.Grants, w.Grant),
	)
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close(ended)
}

func all[T any](list []T, add func(T) error) error {
	for _, v := range list {
		if err := add(v); err != nil {
			return err
		}
	}
	return nil
}

func collect[T any](t testing.TB, seq iter.Seq2[T, error]) (list []T) {
	t.Helper()
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func read(t testing.TB, r *c1z.Reader) content {
	t.Helper()
	ctx := t.Context()
	return content{collect(t, r.ResourceTypes(ctx)), collect(t, r.Resources(ctx)), collect(t, r.Entitlements(ctx)), collect(t, r.Grants(ctx))}
}

func TestEveryFieldComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acme.c1z")
	if err := write(t, path, sample()); err != nil {
		t.Fatal(err)
	}
	r, err := c1z.Open(t.Context(), path, t.TempDir(), c1z.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), read(t, r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(c1z.Sync{ID: run.ID, Started: started, Ended: ended}, r.Sync()); diff != "" {
		t.Error(diff)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestEqualContentIsEqualBytes(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i, name := range []string{"a.c1z", "b.c1z"} {
		path := filepath.Join(dir, name)
		if err := write(t, path, sample()); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if string(files[0]) != string(files[1]) {
		t.Error("the same content gave two different files")
	}
}

func TestNothingIsLeftOfWhatFails(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	tests := map[string]struct {
		ctx  context.Context
		fill func(*exporttest.Writer) error
		want fault.Kind
	}{
		"an ID twice": {t.Context(), func(w *exporttest.Writer) error {
			return all([]c1z.Resource{{Ref: c1z.Ref{Type: "a", ID: "b"}}, {Ref: c1z.Ref{Type: "a", ID: "b"}}}, w.Resource)
		}, fault.Invalid},
		"no ID":        {t.Context(), func(w *exporttest.Writer) error { return w.Resource(c1z.Resource{}) }, fault.Invalid},
		"no type's ID": {t.Context(), func(w *exporttest.Writer) error { return w.ResourceType(c1z.ResourceType{}) }, fault.Invalid},
		"no principal": {t.Context(), func(w *exporttest.Writer) error { return w.Grant(c1z.Grant{Entitlement: sample().Entitlements[0]}) }, fault.Invalid},
		"a profile of what is": {t.Context(), func(w *exporttest.Writer) error {
			return w.Resource(c1z.Resource{Ref: c1z.Ref{Type: "a", ID: "b"}, Group: &c1z.Group{Profile: c1z.Profile{"f": func() {}}}})
		}, fault.Invalid},
		"an interruption": {canceled, func(*exporttest.Writer) error { cancel(); return nil }, fault.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := exporttest.C1Z(tt.ctx, filepath.Join(dir, "x.c1z"), run)
			if err != nil {
				t.Fatal(err)
			}
			if err = tt.fill(w); err == nil {
				err = w.Close(ended)
			} else {
				err = errors.Join(err, w.Abort())
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}

func TestWhatIsThereIsNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.c1z")
	if err := write(t, path, sample()); err != nil {
		t.Fatal(err)
	}
	if err := write(t, path, content{}); !errors.Is(err, fault.Conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestTextsAreMadeFit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.c1z")
	in := c1z.Resource{Ref: c1z.Ref{Type: "a", ID: "b\xff"}, DisplayName: strings.Repeat("é", 1000), Description: "ok"}
	if err := write(t, path, content{Resources: []c1z.Resource{in}}); err != nil {
		t.Fatal(err)
	}
	r, err := c1z.Open(t.Context(), path, t.TempDir(), c1z.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := []c1z.Resource{{Ref: c1z.Ref{Type: "a", ID: "b\uFFFD"}, DisplayName: strings.Repeat("é", 512), Description: "ok"}}
	if diff := cmp.Diff(want, collect(t, r.Resources(t.Context()))); diff != "" {
		t.Error(diff)
	}
}

func TestSyncIDs(t *testing.T) {
	a, b := c1z.SyncID(started, "x"), c1z.SyncID(started.Add(time.Second), "x")
	if len(a) != 27 || a >= b || a != c1z.SyncID(started, "x") || a == c1z.SyncID(started, "y") {
		t.Errorf("%s, %s", a, b)
	}
}
