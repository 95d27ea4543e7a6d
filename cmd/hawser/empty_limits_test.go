package main

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/config/configtest"
)

// A limit that is empty, such as by a variable that is not set, limits nothing,
// and is never taken for one.
func TestEmptyLimitsAreRefused(t *testing.T) {
	home := configtest.New(t)
	for _, args := range [][]string{
		{"mcp", "--tools", ""},
		{"mcp", "--accounts="},
		{"mcp", "--connections", ""},
		{"mcp", "--deny", ""},
		{"mcp", "--agent", ""},
		{"mcp", "inspect", "--tools", ""},
		{"mcp", "--http", "127.0.0.1:0", "--bearer", ""},
		{"token", "create", "e", "--tools", ""},
		{"token", "create", "e", "--agent", ""},
		{"serve", "--listen", ""},
		{"s3", "list", "--config", ""},
		{"s3", "list", "--config", " "},
		{"mcp", "--tools", "s3.*,"},
		{"mcp", "--deny", "", "--deny", "s3.put"},
		{"sim", "--listen", ""},
		{"token", "create", ""},
		{"token", "revoke", " "},
		{"trust", ""},
		{"trust", "revoke", ""},
		{"mcp", "install", ""},
		{"tools", ""},
		{"call", ""},
		{"call", "s3.list", "--json", ""},
		{"call", "s3.list", "--json", "-"},
	} {
		var out strings.Builder
		if exit := run(t, home.Env(), "", &out, args...); exit != 1 || !strings.Contains(out.String(), "is empty") {
			t.Errorf("%q: exit %d, %s", args, exit, out.String())
		}
	}
}

// A cap of 0 would count as none.
func TestACapOfZeroIsRefused(t *testing.T) {
	home := configtest.New(t)
	var out strings.Builder
	if exit := run(t, home.Env(), "", &out, "s3", "list", "--max-output", "0"); exit != 1 || !strings.Contains(out.String(), "--max-output is 0") {
		t.Errorf("exit %d, %s", exit, out.String())
	}
}
