package reference_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// caseFile is one file of testdata/documents: what AWS's page says, as policies
// and what they make of requests.
type caseFile struct {
	About  string
	Source string
	Groups []struct {
		Policy string
		Cases  []requestCase
	}
}

type requestCase struct {
	Name      string
	Action    string
	Resource  string
	Principal reference.Principal
	Context   reference.Context
	Want      string
	// Statements are the Sids, or else indexes, of the deciding statements.
	Statements []string
	// By is how the first deciding statement found the principal.
	By string
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/documents/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files (%v)", err)
	}
	total := 0
	for _, name := range files {
		f := readCases(t, name)
		for _, g := range f.Groups {
			doc, err := policy.Parse([]byte(g.Policy))
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, g.Policy)
				continue
			}
			for _, c := range g.Cases {
				total++
				t.Run(filepath.Base(name)+"/"+c.Name, func(t *testing.T) { c.check(t, doc) })
			}
		}
	}
	t.Logf("%d cases", total)
}

func readCases(t *testing.T, name string) caseFile {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var f caseFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !strings.HasPrefix(f.Source, "https://docs.aws.amazon.com/") {
		t.Errorf("%s cites no page of AWS", name)
	}
	return f
}

func (c requestCase) check(t *testing.T, doc *policy.Document) {
	got := reference.Evaluate(doc, reference.Request{
		Principal: c.Principal, Action: c.Action, Resource: c.Resource, Context: c.Context,
	})
	if got.Outcome.String() != c.Want {
		t.Errorf("got %s, want %s", got.Outcome, c.Want)
	}
	if c.By != "" && (len(got.Matches) == 0 || got.Matches[0].By.String() != c.By) {
		t.Errorf("got %+v, want the principal found by %s", got.Matches, c.By)
	}
	if c.Statements == nil {
		return
	}
	names := []string{}
	for _, m := range got.Matches {
		name := m.Statement.Sid
		if name == "" {
			name = strconv.Itoa(m.Statement.Index)
		}
		names = append(names, name)
	}
	if diff := cmp.Diff(c.Statements, names); diff != "" {
		t.Errorf("deciding statements (-want +got):\n%s", diff)
	}
}
