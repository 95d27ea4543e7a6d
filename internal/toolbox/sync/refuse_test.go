package sync_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

const member = "222233334444"

// ofOrganization returns a rig on the management account of an organization, which has
// one member account with a tag in a unit.
func ofOrganization(t *testing.T) (*toolboxtest.Rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t)
	org, err := organizations.New(sim.World, sim.Account, "root@example.com", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := org.Root.AddUnit("prod").AddAccount(sim.AddAccount(member, "member"), "member@example.com"); err != nil {
		t.Fatal(err)
	}
	org.Member(member).Tag(map[string]string{"env": "test"})
	s := toolboxtest.SimSettings(sim)
	s.MemberRole = "Hawser"
	return toolboxtest.New(t, s), sim
}

// A choice that can't be is refused with what was probably meant, and leaves no run: the
// listings do not speak of a sync that failed.
func TestAChoiceThatCanNotBeLeavesNoRun(t *testing.T) {
	r, _ := ofOrganization(t)
	for input, tt := range map[string]struct {
		kind        fault.Kind
		field, near string
	}{
		`{"exclude": ["prd"]}`:                         {fault.Invalid, "exclude", "prod"},
		`{"include": ["prod", "prodd"]}`:               {fault.Invalid, "include", "prod"},
		`{"exclude": ["env=tset"]}`:                    {fault.Invalid, "exclude", "env=test"},
		`{"include": ["222233334445"]}`:                {fault.Invalid, "include", member},
		`{"include": ["prod"], "exclude": ["prod"]}`:   {fault.Invalid, "include", ""},
		`{"sso_region": "us-eats-1"}`:                  {fault.NotFound, "sso_region", "us-east-1"},
		`{"resume_within": "4 hrs"}`:                   {fault.Invalid, "resume_within", ""},
		`{"keys": "id"}`:                               {fault.Invalid, "keys", ""},
		`{"connection": "defualt"}`:                    {fault.Invalid, "connection", "default"},
		`{"organization": false, "exclude": ["prod"]}`: {fault.Invalid, "", ""},
	} {
		_, err := r.Try(t.Context(), "sync.run", input)
		f := fault.From(err)
		if !errors.Is(err, tt.kind) || f.Field != tt.field || !strings.Contains(err.Error(), tt.near) || f.Fix == "" {
			t.Errorf("%s: %+v", input, f)
		}
		if _, planned := r.Try(t.Context(), "sync.plan", input); !strings.Contains(input, "resume") && !errors.Is(planned, tt.kind) {
			t.Errorf("%s: plan: %v", input, planned)
		}
		result, err := r.Try(t.Context(), "sync.runs", `{}`)
		if err != nil || !strings.Contains(string(result.JSON), `"items":[]`) {
			t.Errorf("%s: %v, %s", input, err, result.JSON)
		}
	}
}

// An organization that can't be read from the account is refused if it was chosen for
// this sync; if the connection is set up so, the run says it.
func TestNoOrganizationToRead(t *testing.T) {
	for input, runs := range map[string]int{`{"organization": true}`: 0, `{}`: 1} {
		sim := simtest.Start(t)
		s := toolboxtest.SimSettings(sim)
		s.MemberRole = "Hawser"
		r := toolboxtest.New(t, s)
		if _, err := r.Try(t.Context(), "sync.run", input); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", input, err)
		}
		if got := r.Call(t, "sync.runs", `{}`)["items"].([]any); len(got) != runs {
			t.Errorf("%s: %v", input, got)
		}
	}
}

// A sync that chooses accounts makes no call twice.
func TestAChoiceIsReadOnce(t *testing.T) {
	r, _ := ofOrganization(t)
	calls := func(input string) map[string]any {
		result, err := r.Try(t.Context(), "sync.run", input)
		if err != nil && !errors.Is(err, fault.Partial) {
			t.Fatal(err)
		}
		return toolboxtest.AnswerOf(t, result)["calls"].(map[string]any)
	}
	all, some := calls(`{}`), calls(`{"exclude": ["env=test", "prod"]}`)
	for _, action := range []string{"ListAccounts", "ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent", "ListTagsForResource"} {
		if name := "organizations:" + action; all[name] != some[name] {
			t.Errorf("%s: %v calls for all, %v for some", name, all[name], some[name])
		}
	}
}
