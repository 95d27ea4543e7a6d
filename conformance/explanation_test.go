package conformance

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// explanation is an entry of differences.yaml: what the simulator and a judge
// are known to answer differently, and why that is to be.
type explanation struct {
	Judge     string   `yaml:"judge"`
	Operation string   `yaml:"operation"` // * for anything
	Step      string   `yaml:"step"`      // empty for any
	At        []string `yaml:"at"`        // paths, as difference has them; ** once for anything
	Right     string   `yaml:"right"`     // simulator, judge or both
	Why       string   `yaml:"why"`
	See       string   `yaml:"see"` // a page of AWS's documentation, or a file of the judge's source
}

// explanations are those for a judge; each is whole.
func explanations(t *testing.T, judge string) []explanation {
	t.Helper()
	text, err := os.ReadFile("differences.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []explanation
	if err := yaml.UnmarshalWithOptions(text, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Operation == "" || len(e.At) == 0 || e.Why == "" || e.See == "" ||
			!slices.Contains([]string{"simulator", "judge", "both"}, e.Right) ||
			!slices.Contains([]string{"moto", "versitygw"}, e.Judge) {
			t.Errorf("differences.yaml: an entry that lacks something: %+v", e)
		}
	}
	return slices.DeleteFunc(all, func(e explanation) bool { return e.Judge != judge })
}

// explain looks for an explanation, and marks it as used.
func explain(d difference, explained []explanation, used [][]bool) bool {
	found := false
	for i, e := range explained {
		if ok, _ := path.Match(e.Operation, d.operation); !ok || e.Step != "" && e.Step != d.step {
			continue
		}
		for j, at := range e.At {
			before, after, wide := strings.Cut(at, "**")
			if at == d.at || wide && strings.HasPrefix(d.at, before) && strings.HasSuffix(d.at, after) {
				used[i][j], found = true, true
			}
		}
	}
	return found
}
