package render

import (
	"strings"
	"testing"
)

func TestFoldKeepsEveryCharacter(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"Stop web-1 (i-1, running) in 1?", 0, "Stop web-1 (i-1, running) in 1?"},
		{"Stop web-1 (i-1, running) in 1?", 14, "Stop web-1\n(i-1, running)\nin 1?"},
		{`Run "DELETE  FROM t"`, 80, `Run "DELETE  FROM t"`},
		{"averyveryverylongname b", 10, "averyveryverylongname\nb"},
		{"", 10, ""},
	} {
		if got := Fold(tt.text, tt.width); got != tt.want {
			t.Errorf("Fold(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// The lines that continue one of a tree keep its branches.
func TestATreeKeepsItsBranches(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"│  ├─ assigned Administrator (sso.account-role)", 24, "│  ├─ assigned|│  │  Administrator|│  │  (sso.account-role)"},
		{"   └─ has AdministratorAccess", 20, "   └─ has|      AdministratorA|      ccess"},
		{"  two  words", 8, "  two|  words"},
		{"│  │  │  │  deep", 8, "│  │  │ | │  deep"},
	} {
		if got := strings.Join(breakText(tt.text, tt.width), "|"); got != tt.want {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}
