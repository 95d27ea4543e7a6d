package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/cli"
)

// visitor is what a person at a terminal does: it reads what is written there, and opens
// the first address.
type visitor struct {
	bytes.Buffer
	t       *testing.T
	more    string // added to the address
	visited bool
}

func (v *visitor) Write(p []byte) (int, error) {
	n, err := v.Buffer.Write(p)
	address := regexp.MustCompile(`http://\S+`).FindString(v.String())
	if address == "" || v.visited {
		return n, err
	}
	v.visited = true
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address+v.more, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	return n, resp.Body.Close()
}

// Close is that of a terminal's device.
func (*visitor) Close() error { return nil }

// loginHome is the home of somebody who may sign in to a simulated company.
func loginHome(t *testing.T) *simulation {
	t.Helper()
	sim, err := startSim(t.Context(), simFlags{listen: "127.0.0.1:0", scale: 1, org: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"AWS_ENDPOINT_URL": sim.URL, "AWS_REGION": sim.Region, "AWS_CONFIG_FILE": filepath.Join(home, "aws"),
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true", "DISPLAY": "", "WAYLAND_DISPLAY": "",
	} {
		t.Setenv(name, value)
	}
	const text = "[sso-session acme]\nsso_region = eu-central-1\nsso_start_url = https://acme.awsapps.com/start\n" +
		"[profile shop]\nsso_session = acme\nsso_account_id = 666677778888\nsso_role_name = ReadOnly\n"
	if err := os.WriteFile(filepath.Join(home, "aws"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return sim
}

// TestLoginShowsTheTerminal signs in without a browser on this machine: what is to be done
// stands on the terminal alone, also where the streams go into files.
func TestLoginShowsTheTerminal(t *testing.T) {
	for name, args := range map[string][]string{
		"by a code":                       {"login", "--device"},
		"by a code, as the aws CLI says":  {"login", "--use-device-code", "--no-browser"},
		"where no browser can be opened":  {"login", "--profile", "shop"},
		"a display, and no browser asked": {"login", "--no-browser"},
	} {
		t.Run(name, func(t *testing.T) {
			loginHome(t)
			if strings.Contains(name, "display") {
				t.Setenv("DISPLAY", ":0")
				t.Setenv("SSH_CONNECTION", "")
			}
			terminal := &visitor{t: t, more: "&user=ada.lovelace"}
			var out, errs bytes.Buffer
			p := cli.New(cli.Streams{Out: &out, Err: &errs, Device: func() (io.WriteCloser, error) { return terminal, nil }}, os.Environ(), "1.0.0")
			if code := p.Run(t.Context(), args, commands(p)...); code != 0 {
				t.Fatalf("%d: %s%s", code, &out, &errs)
			}
			if strings.Contains(out.String()+errs.String(), "http://") || !strings.Contains(errs.String(), "hawser whoami --profile shop") {
				t.Errorf("%s%s", &out, &errs)
			}
			if by := strings.Contains(terminal.String(), "code:"); by == strings.Contains(name, "display") {
				t.Errorf("terminal: %s", terminal)
			}
		})
	}
}

// TestLoginIsInterrupted wants Ctrl-C to end a sign-in that nobody approves.
func TestLoginIsInterrupted(t *testing.T) {
	for _, args := range [][]string{{"login", "--device"}, {"login", "--no-browser"}} {
		loginHome(t)
		t.Setenv("DISPLAY", ":0")
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		p := cli.New(cli.Streams{Out: &out, Err: &out, Device: func() (io.WriteCloser, error) {
			cancel()
			return &visitor{t: t, visited: true}, nil
		}}, os.Environ(), "1.0.0")
		if code := p.Run(ctx, args, commands(p)...); code != 130 {
			t.Errorf("%v: %d %s", args, code, &out)
		}
	}
}

// TestLocalBrowser says where a browser can be opened.
func TestLocalBrowser(t *testing.T) {
	for name, tt := range map[string]struct {
		system string
		env    string
		want   bool
	}{
		"Linux with a display":    {"linux", "DISPLAY", true},
		"Linux with Wayland":      {"linux", "WAYLAND_DISPLAY", true},
		"Linux below Windows":     {"linux", "WSL_DISTRO_NAME", true},
		"Linux without a display": {"linux", "TERM", false},
		"macOS":                   {"darwin", "TERM", true},
		"macOS, over SSH":         {"darwin", "SSH_CONNECTION", false},
		"Windows":                 {"windows", "TERM", true},
	} {
		got := localBrowser(tt.system, func(variable string) string {
			if variable == tt.env {
				return "x"
			}
			return ""
		})
		if got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
