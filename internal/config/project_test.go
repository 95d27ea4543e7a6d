package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

var time0 = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const ownText = `
connections:
  mine: {region: us-east-1}
agents:
  own: {read_only: true}
guard:
  confirm: [destroy]
`

func TestAnUntrustedProjectIsNotUsed(t *testing.T) {
	for name, text := range map[string]string{
		"a connection": "connections: {theirs: {region: us-east-1}}\ndefault_connection: theirs\n",
		"a guard":      "guard: {confirm: []}\n",
		"an audit log": "audit: {file: elsewhere}\n",
		"no YAML":      "connections: [\n",
		"nothing":      "",
	} {
		f := newFolder(t)
		f.user(t, ownText)
		f.project(t, text)
		c := f.load(t)
		if c.Names()[0] != "mine" || len(c.Names()) != 1 || c.Audit.File != "" || len(c.Guard.Confirm) != 1 || c.project != nil {
			t.Errorf("%s: got %+v", name, c)
		}
		if !strings.Contains(c.untrusted, "hawser.yaml is not trusted") || strings.Contains(c.untrusted, "\n") {
			t.Errorf("%s: %q", name, c.untrusted)
		}
	}
}

func TestATrustedProjectAddsAndNarrows(t *testing.T) {
	f := newFolder(t)
	f.user(t, ownText)
	f.trusted(t, `
connections:
  theirs: {region: eu-west-1}
agents:
  triage: {tools: ["s3.*"]}
guard: {read_only: true, deny: [s3.delete]}
`)
	c := f.load(t)
	if !slices.Equal(c.Names(), []string{"mine", "theirs"}) || c.untrusted != "" {
		t.Errorf("connections %v, untrusted %q", c.Names(), c.untrusted)
	}
	if _, err := c.Profile("triage"); err != nil {
		t.Error(err)
	}
	if _, err := c.Profile("own"); err != nil {
		t.Error(err)
	}
	if got := c.Default(); got != "mine" {
		t.Errorf("calls go to %s", got)
	}
	if c.Guard.ReadOnly || !c.project.Guard.ReadOnly || len(c.project.Guard.Confirm) != 0 {
		t.Errorf("guard %+v, of the project %+v", c.Guard, c.project.Guard)
	}
}

func TestAChangedProjectIsNotTrusted(t *testing.T) {
	f := newFolder(t)
	path := f.trusted(t, "guard: {read_only: true}\n")
	if c := f.load(t); c.project == nil {
		t.Fatalf("not used: %s", c.untrusted)
	}
	f.project(t, "guard: {read_only: true} # changed\n")
	if c := f.load(t); c.project != nil || !strings.Contains(c.untrusted, "has changed") {
		t.Errorf("a changed file is used: %q", c.untrusted)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if c := f.load(t); c.project != nil || c.untrusted != "" {
		t.Errorf("without a file: %q", c.untrusted)
	}
}

// TestTrustIsOfOnePlace: neither a copy nor a link in another directory is
// trusted with a file, since relative paths in it would lead to other files.
func TestTrustIsOfOnePlace(t *testing.T) {
	f := newFolder(t)
	const text = "guard: {read_only: true}\n"
	path := f.trusted(t, text)
	elsewhere := t.TempDir()
	if err := os.Symlink(path, filepath.Join(elsewhere, "hawser.yaml")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(elsewhere)
	if c := f.load(t); c.project != nil || c.untrusted == "" {
		t.Error("a link to a trusted file is trusted")
	}
	linked := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(f.work, linked); err != nil {
		t.Fatal(err)
	}
	t.Chdir(linked)
	if c := f.load(t); c.project == nil {
		t.Errorf("the same directory by another path: %s", c.untrusted)
	}
}

// TestTheUsersOwnFileNeedsNoTrust in its own directory.
func TestTheUsersOwnFileNeedsNoTrust(t *testing.T) {
	f := newFolder(t)
	f.user(t, ownText)
	t.Chdir(filepath.Join(f.home, "hawser"))
	if c := f.load(t); c.untrusted != "" || len(c.Names()) != 1 {
		t.Errorf("got %v, %q", c.Names(), c.untrusted)
	}
}

func TestWhatAProjectCannotSet(t *testing.T) {
	tests := map[string]struct {
		text, field, says string
		line              int
	}{
		"audit":           {"guard: {read_only: true}\naudit: {file: x}\n", "audit", "can't set audit", 2},
		"store":           {"store: x\n", "store", "can't set store", 1},
		"people":          {"people: {ada: [x]}\n", "people", "can't set people", 1},
		"files":           {"files: {root: /}\n", "files", "can't set files", 1},
		"approve":         {"agents:\n  a:\n    approve: ['*']\n", "agents.a.approve", "can't have approve", 3},
		"show_secrets":    {"agents:\n  a:\n    show_secrets: true\n", "agents.a.show_secrets", "can't have show_secrets", 3},
		"role":            {"agents:\n  a:\n    role: admin\n", "agents.a.role", "can't have role", 3},
		"no time limit":   {"guard:\n  timeout: 0s\n", "guard.timeout", "can't take the time limit away", 2},
		"a taken name":    {"connections:\n  mine: {region: us-east-1}\n", "connections.mine", `the connection "mine" too`, 2},
		"a taken agent":   {"agents:\n  own: {}\n", "agents.own", `the agent "own" too`, 2},
		"another default": {"default_connection: mine\n", "default_connection", "there is no connection", 1},
		"a bad region":    {"connections:\n  a: {region: us-east1}\n", "connections.a.region", "us-east1", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			own := f.user(t, ownText)
			f.trusted(t, tt.text)
			_, err := Load("", f.getenv)
			e := fault.From(err)
			if e == nil || e.Kind != fault.Invalid || e.File != "hawser.yaml" || e.Line != tt.line || e.Field != tt.field || e.Fix == "" {
				t.Fatalf("got %+v", e)
			}
			if !strings.Contains(e.Message, tt.says) {
				t.Errorf("%q does not say %q", e.Message, tt.says)
			}
			if strings.Contains(name, "taken") && !strings.Contains(e.Message, own) {
				t.Errorf("%q does not name %s", e.Message, own)
			}
		})
	}
}

// TestAProjectsAgentMayNarrow holds that all other settings of a profile are
// taken.
func TestAProjectsAgentMayNarrow(t *testing.T) {
	f := newFolder(t)
	f.trusted(t, `
agents:
  a:
    tools: ["s3.*"]
    deny: [s3.delete]
    read_only: true
    connections: ["*"]
    accounts: ["111122223333"]
    confirm: [write]
    name_style: underscored
    max_output: 4096
    on_behalf_of: ada
    source_identity: ada
    session_policy: {Version: "2012-10-17"}
    role: viewer
`)
	if _, err := f.load(t).Profile("a"); err != nil {
		t.Error(err)
	}
}

func TestDefaultConnectionBesideAProject(t *testing.T) {
	const one, two = "connections: {a: {}}\n", "connections: {a: {}, b: {}}\n"
	for name, tt := range map[string][3]string{
		"the user's only one":      {ownText, one, "mine"},
		"the one that it names":    {ownText, two + "default_connection: b\n", "b"},
		"the project's only one":   {"", one, "a"},
		"none of several":          {"", two, "default"},
		"the user's choice":        {"connections: {x: {}, y: {}}\ndefault_connection: y\n", one, "y"},
		"the machine's, as before": {"", "guard: {read_only: true}\n", "default"},
	} {
		f := newFolder(t)
		f.user(t, tt[0])
		f.trusted(t, tt[1])
		if got := f.load(t).Default(); got != tt[2] {
			t.Errorf("%s: %s, want %s", name, got, tt[2])
		}
	}
}

// TestAFileThatIsNoTextBlocksNothing: a FIFO in the place of a trusted file must
// not be waited for.
func TestALinkInThePlaceOfATrustedFile(t *testing.T) {
	f := newFolder(t)
	path := f.trusted(t, "guard: {read_only: true}\n")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("hawser.yaml", path); err != nil { // a link to itself
		t.Fatal(err)
	}
	if c := f.load(t); c.project != nil || c.untrusted == "" {
		t.Errorf("got %q", c.untrusted)
	}
	if _, err := ReadProject(f.home); !errors.Is(err, fault.Invalid) {
		t.Errorf("a directory is read: %v", err)
	}
	large := write(t, filepath.Join(f.home, "large"), strings.Repeat("#", maxConfig+1))
	if _, err := ReadProject(large); !errors.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
