package s3

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// Where the file system takes names that differ in case or in their normal form for one, the first of
// them is copied and the others fail.
func TestArrivalsOnAFileSystemThatFolds(t *testing.T) {
	a := newArrivals(end{bucket: "harbour"}, end{shown: "out"}, true)
	a.names.folds = func(string) files.Folding { return files.Folding{Case: true, Forms: true} }
	for _, step := range []struct {
		name string
		ok   bool
	}{
		{"A", true},
		{"Dir/x", true},
		{"README", true},
		{"a", false},
		{"a/b", false},
		{"b", true},
		{"dir", false},
		{"dir/X", false},
		{"dir/y", true},
		{"readme", false},
		{"\u212a", true},
		{"\u00c9", true},
		{"\u00e9", false},
		{"e\u0301", false},
		{"stra\u00dfe", true},
		{"STRASSE", false},
	} {
		err := a.admit(&item{name: step.name})
		if (err == nil) != step.ok || (err != nil && !errors.Is(err, fault.Conflict)) {
			t.Errorf("%s: %v, want ok: %t", step.name, err, step.ok)
		}
	}
}
