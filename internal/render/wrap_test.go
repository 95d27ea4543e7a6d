package render

import "testing"

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
