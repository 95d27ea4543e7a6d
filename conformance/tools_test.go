package conformance

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// testTools runs the command line's scripts against servers that no one here
// wrote: testdata/moto and testdata/versitygw, each script with a server of
// its own. The aws CLI makes there what Hawser has no tool to make.
func (c *harness) testTools(t *testing.T) {
	bin := filepath.Dir(c.program(t))
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

func (c *harness) server(t testing.TB, name string) *server {
	if name == "moto" {
		return c.moto(t)
	}
	return c.gatewayServer(t)
}

// program is Hawser's.
func (c *harness) program(t *testing.T) string {
	t.Helper()
	bin, err := c.build()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func build(root, dir string) (bin string, err error) {
	bin = filepath.Join(dir, "hawser")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/hawser")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
}
