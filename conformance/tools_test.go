package conformance

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// testTools runs the command line's scripts against servers that no one here
// wrote: testdata/moto and testdata/versitygw, each script with a server of
// its own. The aws CLI makes there what Hawser has no tool to make.
func (c *court) testTools(t *testing.T) {
	bin := c.build(t)
	for _, name := range []string{"moto", "versitygw"} {
		t.Run(name, func(t *testing.T) {
			c.call(t, "aws CLI", name)
			c.scripts(t, name, bin, func(t testing.TB) []string {
				c.count(name, 1)
				return c.server(t, name).env
			})
		})
	}
}

func (c *court) server(t testing.TB, name string) *server {
	if name == "moto" {
		return c.moto(t)
	}
	return c.gatewayServer(t)
}

// build makes the program, as its users have it, and gives its folder.
func (c *court) build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "hawser"), "./cmd/hawser")
	cmd.Dir = c.root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}
