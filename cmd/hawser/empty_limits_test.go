package main

import (
	"strings"
	"testing"
)

// A limit that is empty, such as by a variable that is not set, limits nothing,
// and is never taken for one.
func TestEmptyLimitsAreRefused(t *testing.T) {
	home := newFolder(t)
	for _, args := range [][]string{
		{"mcp", "--tools", ""},
		{"mcp", "--accounts="},
		{"mcp", "--connections", ""},
		{"mcp", "--deny", ""},
		{"mcp", "--profile", ""},
		{"mcp", "inspect", "--tools", ""},
		{"mcp", "--http", "127.0.0.1:0", "--bearer", ""},
		{"token", "create", "e", "--tools", ""},
		{"token", "create", "e", "--agent", ""},
		{"serve", "--listen", ""},
		{"s3", "list", "--config", ""},
	} {
		var out strings.Builder
		p := newProgram(streams{in: strings.NewReader(""), out: &out, err: &out}, []string{"XDG_CONFIG_HOME=" + home.home})
		if exit := p.run(t.Context(), args); exit != 1 || !strings.Contains(out.String(), "is empty") {
			t.Errorf("%q: exit %d, %s", args, exit, out.String())
		}
	}
}
