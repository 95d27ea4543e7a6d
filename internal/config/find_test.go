package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// folder is a home and a working directory, with what the environment says.
type folder struct {
	home, work string
	env        map[string]string
}

func newFolder(t *testing.T) folder {
	t.Helper()
	f := folder{home: t.TempDir(), work: t.TempDir()}
	t.Chdir(f.work)
	t.Setenv("XDG_STATE_HOME", filepath.Join(f.home, "state"))
	f.env = map[string]string{"XDG_CONFIG_HOME": f.home, "HOME": f.home}
	return f
}

func (f folder) getenv(name string) string { return f.env[name] }

// write makes a file with its directories and gives its path.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// user writes the user's own configuration, project that of the working
// directory.
func (f folder) user(t *testing.T, text string) string {
	t.Helper()
	return write(t, filepath.Join(f.home, "hawser", "hawser.yaml"), text)
}

func (f folder) project(t *testing.T, text string) string {
	t.Helper()
	return write(t, filepath.Join(f.work, "hawser.yaml"), text)
}

// trusted writes a project's file and trusts it.
func (f folder) trusted(t *testing.T, text string) string {
	t.Helper()
	path := f.project(t, text)
	known, err := TrustedPath(path)
	if err != nil {
		t.Fatal(err)
	}
	record, err := OpenTrust()
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Add(known, []byte(text), time0); err != nil {
		t.Fatal(err)
	}
	return path
}

// load reads the configuration as a command without --config does.
func (f folder) load(t *testing.T) *Config {
	t.Helper()
	c, err := Load("", f.getenv)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfigIsSearchedInOrder(t *testing.T) {
	f := newFolder(t)
	if c := f.load(t); c.path != "" || c.untrusted != "" {
		t.Errorf("read %s where there is none", c.path)
	}
	want := write(t, filepath.Join(f.home, "hawser", "hawser.json"), "{}")
	if got := f.load(t).path; got != want {
		t.Errorf("%s in the place of the user's", got)
	}
	f.env["HAWSER_CONFIG"] = write(t, filepath.Join(f.work, "named.yaml"), "{}")
	if f.load(t).path != f.env["HAWSER_CONFIG"] {
		t.Error("HAWSER_CONFIG comes before the directories")
	}
	flag := write(t, filepath.Join(f.work, "flag.yaml"), "{}")
	if c, err := Load(flag, f.getenv); err != nil || c.path != flag {
		t.Errorf("--config comes first: %v", err)
	}
	if _, err := Load("absent.yaml", f.getenv); !errors.Is(err, fault.NotFound) {
		t.Errorf("a named file must exist: %v", err)
	}
}

// Which of two configurations counts would be a guess, and a hawser.yaml that says
// nothing would hide the limits of the other.
func TestTwoConfigurationsAreRefused(t *testing.T) {
	f := newFolder(t)
	path := f.user(t, "# nothing\n")
	other := filepath.Join(f.home, "hawser", "hawser.yml")
	if err := os.Symlink(path, other); err != nil {
		t.Fatal(err)
	}
	if f.load(t).path != path {
		t.Error("a link to the same file is another one")
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	write(t, other, "guard: {read_only: true}\n")
	if _, err := Load("", f.getenv); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), other) {
		t.Errorf("the user's: %v", err)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	f.trusted(t, "connections: {a: {region: us-east-1}}\n")
	write(t, filepath.Join(f.work, "hawser.json"), "{}")
	if c := f.load(t); c.project != nil || !strings.Contains(c.untrusted, "hawser.json; neither is used") {
		t.Errorf("a project's: %q", c.untrusted)
	}
	if _, err := ProjectFile(f.work); !errors.Is(err, fault.Invalid) {
		t.Errorf("a project's to trust: %v", err)
	}
}

// TestANamedConfigIsUsedAlone holds that a project's file adds nothing to one
// that was named, and is not spoken of.
func TestANamedConfigIsUsedAlone(t *testing.T) {
	f := newFolder(t)
	f.user(t, "connections: {mine: {region: us-east-1}}\n")
	f.trusted(t, "connections: {theirs: {region: us-east-1}}\n")
	f.env["HAWSER_CONFIG"] = write(t, filepath.Join(f.work, "named.yaml"), "connections: {named: {region: us-east-1}}\n")
	c := f.load(t)
	if _, ok := c.Connections["named"]; !ok || len(c.Connections) != 1 || c.project != nil || c.untrusted != "" {
		t.Errorf("got %v, untrusted %q", c.Names(), c.untrusted)
	}
}

// TestARelativeConfigHomeIsIgnored: it would name a directory of whoever made
// the working directory.
func TestARelativeConfigHomeIsIgnored(t *testing.T) {
	f := newFolder(t)
	t.Setenv("HOME", f.home)
	t.Setenv("XDG_CONFIG_HOME", "here")
	f.env["XDG_CONFIG_HOME"] = "here"
	write(t, filepath.Join(f.work, "here", "hawser", "hawser.yaml"), "guard: {confirm: []}\n")
	if c := f.load(t); c.path != "" {
		t.Errorf("read %s", c.path)
	}
	if runtime.GOOS == "linux" { // the usual directory counts in its place
		write(t, filepath.Join(f.home, ".config", "hawser", "hawser.yaml"), "guard: {read_only: true}\n")
		if c := f.load(t); !c.Guard.ReadOnly {
			t.Error("the user's own guard is lost")
		}
	}
	t.Setenv("XDG_STATE_HOME", "here")
	if dir, err := StateDir(); err != nil || !filepath.IsAbs(dir) {
		t.Errorf("the state is kept in %s, %v", dir, err)
	}
}

// TestAConfigThatCannotBeLookedAtIsTold: the user's own guard must not be lost
// because a directory can't be read.
func TestAConfigThatCannotBeLookedAtIsTold(t *testing.T) {
	f := newFolder(t)
	dir := filepath.Join(f.home, "hawser")
	if err := os.Symlink("hawser", dir); err != nil { // a link to itself
		t.Fatal(err)
	}
	if _, err := Load("", f.getenv); !errors.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

// The working directory decides neither what runs nor where Hawser keeps its
// files: relative paths begin in the configuration's own directory.
func TestRelativePathsBeginInTheConfigurationsDirectory(t *testing.T) {
	dir, stranger := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "hawser.yaml")
	text := `
connections:
  a: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: "exec:./key", region: us-east-1, ca_bundle: ca.pem}
audit: {file: log/audit.jsonl, witness: [{path: head}]}
store: snapshot.db
files: {root: exchange}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(stranger)
	config, err := Load(path, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"log/audit.jsonl": config.Audit.File, "head": config.Audit.Witness[0].Path, "snapshot.db": config.Store,
		"exchange": config.Files.Root, "ca.pem": config.Connections["a"].CABundle,
	} {
		if want := filepath.Join(dir, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
