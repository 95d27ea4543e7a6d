package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// TestPager: on a terminal an answer goes through the pager that the environment names,
// and directly if there is none or none is wanted.
func TestPager(t *testing.T) {
	path := "PATH=/usr/bin:/bin"
	for _, tt := range []struct {
		name    string
		env     []string
		tty     bool
		args    string
		through bool
	}{
		{"HAWSER_PAGER", []string{path, "HAWSER_PAGER=sed s/^/paged:/", "PAGER=false"}, true, "tools", true},
		{"PAGER, JSON", []string{path, "PAGER=sed s/^/paged:/"}, true, "tools -o json", true},
		{"piped", []string{path, "PAGER=sed s/^/paged:/"}, false, "tools", false},
		{"--no-pager", []string{path, "PAGER=sed s/^/paged:/"}, true, "tools --no-pager", false},
		{"--no-cli-pager", []string{path, "PAGER=sed s/^/paged:/"}, true, "tools --no-cli-pager", false},
		{"cat", []string{path, "PAGER=cat"}, true, "tools", false},
		{"a pager that does not exist", []string{path, "PAGER=no-such-pager-here"}, true, "tools", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, said bytes.Buffer
			env := append(tt.env, "XDG_CONFIG_HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir())
			p := New(Streams{Out: &out, Err: &said, OutTTY: tt.tty}, env, "")
			if code := p.Run(t.Context(), strings.Fields(tt.args)); code != 0 || out.Len() == 0 {
				t.Fatalf("exit %d: %s", code, said.String())
			}
			if strings.HasPrefix(out.String(), "paged:") != tt.through {
				t.Errorf("%.80s", out.String())
			}
		})
	}
}

// TestPagerThatEndsEarly is no error.
func TestPagerThatEndsEarly(t *testing.T) {
	var out, said bytes.Buffer
	env := []string{"PATH=/usr/bin:/bin", "PAGER=true", "XDG_CONFIG_HOME=" + t.TempDir(), "XDG_STATE_HOME=" + t.TempDir()}
	p := New(Streams{Out: &out, Err: &said, OutTTY: true}, env, "")
	if code := p.Run(t.Context(), []string{"tools", "-o", "json"}); code != 0 || said.Len() > 0 {
		t.Errorf("exit %d: %s", code, said.String())
	}
}

// TestColor: flags take precedence over the environment, and that over the terminal.
func TestColor(t *testing.T) {
	for _, tt := range []struct {
		env, args string
		tty, want bool
	}{
		{"", "tools", true, true},
		{"", "tools", false, false},
		{"NO_COLOR=1", "tools", true, false},
		{"NO_COLOR=1", "tools --color always", true, true},
		{"", "tools --color on", false, true},
		{"", "tools --color off", true, false},
		{"", "tools --no-color", true, false},
		{"CLICOLOR_FORCE=1", "tools", false, true},
		{"CLICOLOR_FORCE=0", "tools", false, false},
		{"CLICOLOR_FORCE=1", "tools --color never", true, false},
	} {
		var out, said bytes.Buffer
		env := []string{tt.env, "PAGER=cat", "XDG_CONFIG_HOME=" + t.TempDir(), "XDG_STATE_HOME=" + t.TempDir()}
		p := New(Streams{Out: &out, Err: &said, OutTTY: tt.tty}, env, "")
		if code := p.Run(t.Context(), strings.Fields(tt.args)); code != 0 || strings.Contains(out.String(), "\x1b[") != tt.want {
			t.Errorf("%s %s, terminal %v: exit %d, %.80q %s", tt.env, tt.args, tt.tty, code, out.String(), said.String())
		}
	}
	var f *fault.Error
	if err := new(colorFlag).Set("blue"); err == nil || errors.As(err, &f) {
		t.Error(err)
	}
}
