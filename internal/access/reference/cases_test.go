package reference_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/access/reference"
)

// expected is what a case of testdata says beside the case itself.
type expected struct {
	ID   string             `json:"id"`
	Page string             `json:"page"`
	Want reference.Decision `json:"want"`
	// By are the statements of the proof, as policy/statement, where they matter.
	By []string `json:"by"`
}

// caseFiles are the files of cases, which were written from AWS's pages.
func caseFiles(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no case files (%v)", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".json")] = data
	}
	return files
}

func TestCasesOfWholeRequests(t *testing.T) {
	total := 0
	for name, data := range caseFiles(t) {
		var want []expected
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := reference.Cases(data)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d results of %d cases, %v", name, len(got), len(want), err)
		}
		total += len(want)
		for i, w := range want {
			t.Run(name+"/"+w.ID, func(t *testing.T) { w.check(t, got[i]) })
		}
	}
	if total < 150 {
		t.Errorf("%d cases, want at least 150", total)
	}
	t.Logf("%d cases", total)
}

func (w expected) check(t *testing.T, got reference.Result) {
	if !strings.HasPrefix(w.Page, "https://docs.aws.amazon.com/") {
		t.Errorf("the case cites no page of AWS: %q", w.Page)
	}
	if got.Name() != w.ID || got.Error != "" || got.Decision != w.Want {
		t.Errorf("got %s %q %s, want %s (proof %+v)", got.Name(), got.Error, got.Decision, w.Want, got.Proof)
		return
	}
	if !strings.HasPrefix(got.Proof.Page, "https://docs.aws.amazon.com/") || got.Proof.Rule == "" {
		t.Errorf("the proof has no rule with a page: %+v", got.Proof)
	}
	if got.Decision == reference.ExplicitlyDenied && len(got.Proof.Statements) == 0 {
		t.Error("no statement is named that denies")
	}
	if w.By == nil {
		return
	}
	var by []string
	for _, s := range got.Proof.Statements {
		by = append(by, s.Policy+"/"+s.Statement)
	}
	if diff := cmp.Diff(w.By, by); diff != "" {
		t.Errorf("statements of the proof (-want +got):\n%s", diff)
	}
}

// A case that holds more or less than it seems to is not decided.
func TestCasesThatMisleadAreNotDecided(t *testing.T) {
	const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	const request = `"request":{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":{"resource":"arn:aws:s3:::b/k"}}`
	tests := map[string]struct{ rest, says string }{
		"no Unicode":            {`"resourcePolicy":{"Id":"\ud800"}`, "half of a surrogate pair"},
		"a member twice":        {`"permissionBoundaries":[],"permissionBoundaries":[` + allow + `]`, "occurs twice"},
		"a policy and more":     {`"identityPolicies":[{"name":"x","policy":` + allow + `,"Statement":[]}]`, "beside policy"},
		"a policy for a level":  {`"identityPolicies":[` + allow + `],"serviceControlPolicies":[` + allow + `]`, "no list of policies"},
		"an object for a list":  {`"identityPolicies":{}`, "identityPolicies can't be a JSON object"},
		"a number for a policy": {`"identityPolicies":[1]`, "is not a policy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := reference.Cases([]byte("{" + request + "," + tt.rest + "}"))
			if err != nil || len(got) != 1 || got[0].Decision != "" || !strings.Contains(got[0].Error, tt.says) || strings.Contains(got[0].Error, "Go ") {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
