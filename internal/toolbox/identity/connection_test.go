package identity_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

const account = "111122223333"

// run stores a run of a connection in which one cell for each facet was read.
func run(t *testing.T, r *toolboxtest.Rig, connection string, cells map[snapshot.Facet]*snapshot.Batch) snapshot.RunID {
	t.Helper()
	st := r.Store()
	runs, err := st.Runs(t.Context(), "", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1+len(runs), 0, 0, 0, 0, time.UTC)
	id, err := st.Begin(t.Context(), connection, at)
	if err != nil {
		t.Fatal(err)
	}
	for facet, batch := range cells {
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: facet}, Status: snapshot.OK}
		if _, _, err := st.Commit(t.Context(), id, o, batch, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.End(t.Context(), id, snapshot.Complete, "", at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return id
}

func iamARN(path string) string { return "arn:aws:iam::" + account + ":" + path }

// company is what a connection reads of its organization.
func company(organization, user string) map[snapshot.Facet]*snapshot.Batch {
	b := &snapshot.Batch{}
	ada, group, key := snapshot.User.ID(iamARN("user/"+user)), snapshot.Group.ID(iamARN("group/of-"+user)), snapshot.AccessKey.ID("AKIA"+user)
	b.Add(ada, account, user, nil)
	b.Add(group, account, "of-"+user, nil)
	b.Link(ada, snapshot.MemberOf, group, nil)
	b.Add(key, account, key.Key, snapshot.KeyBody{User: ada.Key, Active: true})
	b.Link(ada, snapshot.Owns, key, nil)
	b.Add(snapshot.Account.ID("account-of-"+user), "", user, nil)
	person := snapshot.PersonID(organization, "ada@example.com")
	b.Add(person, "", "Ada", snapshot.PersonBody{Email: "ada@example.com"})
	b.Link(person, snapshot.Is, ada, nil)
	return map[snapshot.Facet]*snapshot.Batch{"all": b}
}

// Every listing takes a connection, and has nothing of the others then.
func TestListingsOfOneConnection(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	run(t, r, "default", company("o-1", "mine"))
	run(t, r, "other", company("o-2", "theirs"))
	for _, tt := range []struct{ tool, input string }{
		{"identity.list", ``},
		{"identity.get", `"kind": "iam.user", "key": "` + iamARN("user/NAME") + `",`},
		{"grants.list", ``},
		{"keys.list", ``},
		{"accounts.list", ``},
		{"who.show", `"name": "ada@example.com",`},
		{"changes.list", ``},
	} {
		for connection, names := range map[string][2]string{"default": {"mine", "theirs"}, "other": {"theirs", "mine"}} {
			input := "{" + strings.ReplaceAll(tt.input, "NAME", names[0]) + `"connection": "` + connection + `"}`
			result, err := r.Try(t.Context(), tt.tool, input)
			if err != nil {
				t.Errorf("%s %s: %v", tt.tool, input, err)
				continue
			}
			if text := string(result.JSON); !strings.Contains(text, names[0]) || strings.Contains(text, names[1]) {
				t.Errorf("%s %s: %s", tt.tool, input, text)
			}
		}
		if tt.tool == "changes.list" || tt.tool == "identity.get" {
			continue
		}
		result, err := r.Try(t.Context(), tt.tool, "{"+strings.TrimSuffix(tt.input, ",")+"}")
		if err != nil || !strings.Contains(string(result.JSON), "mine") || !strings.Contains(string(result.JSON), "theirs") {
			t.Errorf("%s of all: %v, %s", tt.tool, err, result.JSON)
		}
		if tt.tool == "who.show" && !strings.Contains(strings.Join(result.Notes, "\n"), "o-1, o-2") {
			t.Errorf("the organizations are not named: %v", result.Notes)
		}
		var f *fault.Error
		if _, err := r.Try(t.Context(), tt.tool, "{"+tt.input+`"connection": "othr"}`); !errors.Is(err, fault.NotFound) || !errors.As(err, &f) || f.Cause != "did you mean other?" {
			t.Errorf("%s of a connection that there is not: %v", tt.tool, err)
		}
	}
	for _, input := range []string{`"format": "csv", "table": "entities"`, `"format": "csv", "table": "relations"`, `"format": "csv", "table": "grants"`, `"format": "snapshot"`} {
		name := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return '-'
		}, input)
		r.Call(t, "snapshot.export", "{"+input+`, "connection": "other", "file": "`+name+`"}`)
		text, err := os.ReadFile(filepath.Join(r.Dir, name))
		if err != nil || !strings.Contains(string(text), "theirs") || strings.Contains(string(text), "mine") {
			t.Errorf("%s: %v\n%s", input, err, text)
		}
	}
}

// used is a role and a user whose last use and tags are as given.
func used(roleUsed, ownUsed int, tag string) map[snapshot.Facet]*snapshot.Batch {
	b := &snapshot.Batch{}
	at := func(day int) *snapshot.LastUsed {
		return &snapshot.LastUsed{At: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)}
	}
	own := at(ownUsed)
	own.Own = true
	b.Add(snapshot.Role.ID(iamARN("role/deploy")), account, "deploy", snapshot.DetailBody{LastUsed: at(roleUsed)})
	b.Add(snapshot.Role.ID(iamARN("role/hawser")), account, "hawser", snapshot.DetailBody{LastUsed: own})
	b.Add(snapshot.User.ID(iamARN("user/ada")), account, "ada", snapshot.DetailBody{Tags: snapshot.Tags{"team": tag}})
	return map[snapshot.Facet]*snapshot.Batch{"all": b}
}

// Changes are those of one connection, of configuration apart from use, and tell by an
// exit code whether there are any.
func TestChangesOfOneConnection(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	run(t, r, "default", used(1, 1, "a"))
	run(t, r, "other", company("o-2", "theirs"))
	run(t, r, "default", used(2, 2, "b"))
	run(t, r, "default", used(3, 3, "b"))
	run(t, r, "other", company("o-2", "newer"))
	for name, tt := range map[string]struct {
		input string
		want  []string // change and name
		kind  fault.Kind
	}{
		"the last two runs of the default one": {`{}`, []string{"changed deploy use"}, ""},
		"of the other one":                     {`{"connection": "other", "kind": ["iam.user"]}`, []string{"appeared newer config", "appeared newer config", "appeared newer config", "went theirs config", "went theirs config", "went theirs config"}, ""},
		"configuration alone":                  {`{"from": 1, "only": "config"}`, []string{"changed ada config"}, ""},
		"use alone":                            {`{"from": 1, "only": "use"}`, []string{"changed deploy use"}, ""},
		"both":                                 {`{"from": 1}`, []string{"changed deploy use", "changed ada config"}, ""},
		"until a run":                          {`{"to": 3}`, []string{"changed deploy use", "changed ada config"}, ""},
		"none, for a script":                   {`{"only": "config", "exit_code": true}`, nil, ""},
		"some, for a script":                   {`{"exit_code": true}`, []string{"changed deploy use"}, fault.Conflict},
		"runs of two connections":              {`{"from": 1, "to": 2}`, nil, fault.Invalid},
		"and a connection says which":          {`{"from": 2, "to": 3, "connection": "default", "limit": 1}`, []string{"changed deploy use"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := r.Try(t.Context(), "changes.list", tt.input)
			if tt.kind == "" && err != nil || tt.kind != "" && !errors.Is(err, tt.kind) {
				t.Fatalf("%v", err)
			}
			if result == nil {
				return
			}
			var got []string
			answer := toolboxtest.AnswerOf(t, result)
			names, classes := answer.Column("name"), answer.Column("class")
			for i, change := range answer.Column("change") {
				got = append(got, fmt.Sprintf("%s %s %s", change, names[i], classes[i]))
			}
			if strings.Join(got, ", ") != strings.Join(tt.want, ", ") {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
