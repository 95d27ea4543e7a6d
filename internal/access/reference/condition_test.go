package reference_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// conditionFile is one file of testdata/conditions: Condition elements and
// the contexts in which they hold or not.
type conditionFile struct {
	About  string
	Source string
	Groups []struct {
		Condition string
		Cases     []struct {
			Name    string
			Context reference.Context
			Holds   bool
		}
	}
}

func TestConditions(t *testing.T) {
	files, err := filepath.Glob("testdata/conditions/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no condition files (%v)", err)
	}
	total := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var f conditionFile
		if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f.Source == "" {
			t.Errorf("%s cites no page of AWS", name)
		}
		for _, g := range f.Groups {
			doc := documentWith(t, g.Condition)
			for _, c := range g.Cases {
				total++
				if got := holds(doc, c.Context); got != c.Holds {
					t.Errorf("%s: %s: %s: in %v holds is %v, want %v", filepath.Base(name), g.Condition, c.Name, c.Context, got, c.Holds)
				}
			}
		}
	}
	t.Logf("%d cases", total)
}

func holds(doc *policy.Document, ctx reference.Context) bool {
	return reference.Evaluate(doc, reference.Request{Action: "a:b", Context: ctx}).Outcome == reference.Allowed
}

func documentWith(t *testing.T, condition string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Condition":` + condition + `}}`))
	if err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
	return doc
}
