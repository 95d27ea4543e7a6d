package setup_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// document is a policy document as the tool writes it.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid, Effect      string
	Action, Resource []string
	Condition        map[string]map[string][]string `json:",omitempty"`
}

// nothing denies an action that nobody calls.
var nothing = []statement{{Sid: "Nothing", Effect: "Deny", Action: []string{"s3:CreateJob"}, Resource: []string{"*"}}}

// policiesOf calls setup.policy.
func policiesOf(t *testing.T, input map[string]any) (all []document) {
	t.Helper()
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	raw, err := json.Marshal(r.Call(t, "setup.policy", input))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Policies []struct{ Document document }
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	for _, p := range out.Policies {
		all = append(all, p.Document)
	}
	return all
}

func allowed(t *testing.T, docs []document, action, resource string) bool {
	t.Helper()
	for _, d := range docs {
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := policy.ParseAs(policy.Identity, raw)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		if reference.Evaluate(doc, reference.Request{Action: action, Resource: resource}).Outcome == reference.Allowed {
			return true
		}
	}
	return false
}

// TestEveryToolHasAPolicy asks for the policy of each tool that calls AWS, and wants it to
// allow each of its needs.
func TestEveryToolHasAPolicy(t *testing.T) {
	values := strings.NewReplacer("{partition}", "aws", "{region}", "eu-west-1", "{account}", "111122223333")
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		needs := slices.DeleteFunc(slices.Clone(each.Needs), func(n tool.Need) bool { return n.Action == "sts:GetCallerIdentity" })
		if len(needs) == 0 {
			continue
		}
		docs := policiesOf(t, map[string]any{"tool": []string{each.Name}})
		for _, n := range needs {
			resource := values.Replace(n.Resource)
			if !strings.HasPrefix(resource, "arn:") {
				continue // of the service authorization reference
			}
			if !allowed(t, docs, n.Action, strings.NewReplacer("{", "", "}", "").Replace(resource)) {
				t.Errorf("%s: %s on %s is not allowed", each.Name, n.Action, resource)
			}
		}
	}
}

func TestWhatReadsAndWhatChangesAreSeparate(t *testing.T) {
	docs := policiesOf(t, map[string]any{"for": []string{"lambda"}})
	if len(docs) != 2 || allowed(t, docs[:1], "lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f") {
		t.Errorf("%d documents: %v", len(docs), docs)
	}
	if docs := policiesOf(t, map[string]any{"for": []string{"lambda"}, "read_only": true}); len(docs) != 1 {
		t.Errorf("read_only: %d documents", len(docs))
	}
}

func TestAMemberRole(t *testing.T) {
	docs := policiesOf(t, map[string]any{"for": []string{"sync.organization"}, "member_role": "Audit", "account": []string{"111122223333"}})
	for role, want := range map[string]bool{
		"arn:aws:iam::111122223333:role/Audit": true, "arn:aws:iam::111122223333:role/Admin": false, "arn:aws:iam::444455556666:role/Audit": false,
	} {
		if allowed(t, docs, "sts:AssumeRole", role) != want {
			t.Errorf("sts:AssumeRole of %s: %t", role, !want)
		}
	}
}

func TestChoicesThatAreNotThere(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	for field, input := range map[string]map[string]any{
		"for":  {"for": []string{"s4"}},
		"tool": {"tool": []string{"s3.gte"}},
		"":     {"tool": []string{"whoami.show"}},
	} {
		_, err := r.Try(t.Context(), "setup.policy", input)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field || f.Fix == "" {
			t.Errorf("%v: %v", input, err)
		}
	}
}

// synced is Acme, which a user of its management account syncs.
type synced struct {
	sim  *simtest.Sim
	user *awssim.User
	key  *awssim.Credential
}

func newSynced(t *testing.T) *synced {
	t.Helper()
	sim := simtest.Start(t)
	company, err := acme.Build(sim.World)
	if err != nil {
		t.Fatal(err)
	}
	user := company.Organization.Management.Account.AddUser("hawser")
	return &synced{sim, user, user.NewKey()}
}

// acmeLocked is the account of Acme whose role trusts nobody.
const acmeLocked = "999900001111"

// under syncs while the user has some policies, and returns the gaps and the number of
// calls.
func (s *synced) under(t *testing.T, docs []document, input map[string]any) (gaps []string, calls int64) {
	t.Helper()
	put(t, s.user, docs)
	r := toolboxtest.New(t, awsapi.Settings{
		Source: settings.Keys, AccessKeyID: settings.NewSecret(s.key.AccessKeyID), SecretAccessKey: settings.NewSecret(s.key.SecretAccessKey),
		Region: acme.Region, Endpoint: s.sim.URL,
	})
	s.sim.ResetCounters()
	result, err := r.Try(t.Context(), "sync.run", input)
	if result == nil {
		return []string{err.Error()}, 0
	}
	answer := toolboxtest.AnswerOf(t, result)
	all, _ := answer["gaps"].([]any)
	for _, gap := range all {
		g := gap.(map[string]any)
		if g["account"] != acmeLocked && !strings.Contains(fmt.Sprint(g["reason"]), acmeLocked) {
			gaps = append(gaps, fmt.Sprintf("%v %v: %v", g["account"], g["facet"], g["reason"]))
		}
	}
	return gaps, s.sim.Count("")
}

// TestASyncUnderItsPolicy syncs under exactly the policies that are written for it. Then it
// takes away one action after another: each must leave a gap, or take more calls. Those of
// an organization are taken away with HAWSER_CHAOS=1 only.
func TestASyncUnderItsPolicy(t *testing.T) {
	s := newSynced(t)
	for _, test := range []struct {
		name  string
		input map[string]any
		sync  map[string]any
		long  bool
	}{
		{"account", map[string]any{"for": []string{"sync", "sync.keys"}}, map[string]any{"organization": false, "ssh_keys": true}, false},
		{
			"organization",
			map[string]any{"for": []string{"sync", "sync.keys", "sync.organization", "sync.identity-center"}, "member_role": "OrganizationAccountAccessRole"},
			map[string]any{"organization": true, "ssh_keys": true},
			true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			docs := policiesOf(t, test.input)
			gaps, calls := s.under(t, docs, test.sync)
			for _, gap := range gaps {
				t.Error(gap)
			}
			if !test.long || os.Getenv("HAWSER_CHAOS") != "" {
				s.each(t, docs, test.sync, calls)
			}
		})
	}
}

// each wants a sync to be worse without each action of some documents.
func (s *synced) each(t *testing.T, docs []document, input map[string]any, calls int64) {
	t.Helper()
	tried := 0
	for i, d := range docs {
		for j, statement := range d.Statement {
			for k, action := range statement.Action {
				tried++
				if gaps, more := s.under(t, without(docs, i, j, k), input); len(gaps) == 0 && more == calls {
					t.Errorf("without %s on %v the sync is the same", action, statement.Resource)
				}
			}
		}
	}
	t.Logf("%d actions were taken away, one at a time", tried)
}

// without returns documents that lack one action.
func without(docs []document, i, j, k int) []document {
	less := slices.Clone(docs)
	less[i].Statement = slices.Clone(less[i].Statement)
	less[i].Statement[j].Action = slices.Delete(slices.Clone(less[i].Statement[j].Action), k, k+1)
	if len(less[i].Statement[j].Action) == 0 {
		less[i].Statement = slices.Delete(less[i].Statement, j, j+1)
	}
	return less
}
