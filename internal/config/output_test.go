package config

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// TestOutput: the user's own choice of a format counts, then the project's.
func TestOutput(t *testing.T) {
	for _, tt := range []struct{ user, project, want string }{
		{"output: text\n", "output: json\n", "text"},
		{"guard: {read_only: true}\n", "output: json\n", "json"},
		{"output: text\n", "guard: {read_only: true}\n", "text"},
	} {
		f := newFolder(t)
		f.user(t, tt.user)
		f.trusted(t, tt.project)
		c := f.load(t)
		if c.Output != tt.want {
			t.Errorf("%q beside %q gives %s", tt.project, tt.user, c.Output)
		}
		for _, s := range c.Settings() {
			if s.Key == "output" && (s.From == c.project.path) != (tt.want == "json") {
				t.Errorf("%q beside %q comes from %s", tt.project, tt.user, s.From)
			}
		}
	}
	_, err := Parse("hawser.yaml", []byte("guard: {read_only: true}\n\noutput: tabel\n"))
	if f := fault.From(err); f == nil || !strings.Contains(f.Error(), "hawser.yaml:3") || f.Field != "output" || !strings.Contains(f.Fix, "table, wide") {
		t.Errorf("%v", err)
	}
}
