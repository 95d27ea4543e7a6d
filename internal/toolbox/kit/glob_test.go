package kit

import (
	"slices"
	"testing"
)

func TestMatchGlob(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"*.log", "x.log", true},
		{"*.log", "a/b/x.log", true},
		{"*.log", "x.log/y", false},
		{"a/*.log", "a/x.log", true},
		{"a/*.log", "a/b/x.log", false},
		{"a/**", "a/b/x.log", true},
		{"a/**", "a", false},
		{"**/x.log", "x.log", true},
		{"**/x.log", "a/b/x.log", true},
		{"a/**/x", "a/x", true},
		{"a/**/x", "a/b/c/x", true},
		{"a/**/x", "ab/x", false},
		{"**", "any/thing", true},
		{"?.txt", "é.txt", true},
		{"a?b/c", "a/b/c", false},
		{"[x]", "[x]", true},
		{"", "", true},
		{"*", "", true},
	}
	for _, tt := range tests {
		if got := matchGlob(tt.pattern, tt.name); got != tt.want {
			t.Errorf("%q on %q: %v", tt.pattern, tt.name, got)
		}
	}
}

func TestPatternsThatMatchNothingAreRefused(t *testing.T) {
	for pattern, ok := range map[string]bool{
		"*.log": true, "a/**": true, ".env": true, ".git/**": true, "..a": true,
		"": false, "/a": false, "./.env": false, ".git/": false, "../a": false, "a//b": false, "a/./b": false, ".": false, "..": false,
	} {
		for _, g := range []Globs{{Include: []string{pattern}}, {Exclude: []string{"x", pattern}}} {
			if err := g.Check(); ok != (err == nil) {
				t.Errorf("%q: %v", pattern, err)
			}
		}
	}
}

// The aws CLI lets the last filter decide that matches. What means the same without an
// order is taken, and what would choose nothing is refused.
func TestHabitsOfFilters(t *testing.T) {
	only := Globs{Include: []string{"*.html"}, Exclude: []string{"*"}}
	if err := only.Check(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]bool{"a.html": true, "a/b/c.html": true, "a.txt": false} {
		if got := only.Chooser().Choose(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Globs{Exclude: []string{"*"}}).Chooser().Choose("x") {
		t.Error("exclude * alone chose a name")
	}
	for _, tt := range []struct {
		include, exclude string
		refused          bool
	}{
		{"keep.log", "*.log", true},
		{"a/*.log", "*.log", true},
		{"a/x.log", "a/**", true},
		{"*.log", "*.log", true},
		{"*.log", "keep.log", false},
		{"*.log", "?.log", false},
		{"a/**", "a/*", false},
		{"a/b**", "b*", false},
		{"*.log", "a/*.log", false},
	} {
		err := Globs{Include: []string{tt.include}, Exclude: []string{tt.exclude}}.Check()
		if (err != nil) != tt.refused {
			t.Errorf("include %s, exclude %s: %v", tt.include, tt.exclude, err)
		}
	}
}

func FuzzMatchGlob(f *testing.F) {
	f.Add("a/**/*.log", "a/b/c.log")
	f.Add("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern)*len(name) > 10_000 {
			t.Skip()
		}
		matchGlob(pattern, name)
		if !matchGlob("**", name) {
			t.Errorf("** does not match %q", name)
		}
	})
}

// A pattern counts as matched also where another pattern decided before it.
func TestPatternsThatMatchedNothing(t *testing.T) {
	c := Globs{Include: []string{"*.log", "*.lg"}, Exclude: []string{"*.txt", "a*", "*.tmp", "*.lg"}}.Chooser()
	for name, want := range map[string]bool{"a.log": false, "b.log": true, "c.txt": false, "d/ab.txt": false} {
		if got := c.Choose(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := c.Unmatched(); !slices.Equal(got, []string{"*.lg", "*.tmp"}) {
		t.Errorf("%q", got)
	}
}
