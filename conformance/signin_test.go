package conformance

import (
	"path/filepath"
	"testing"
)

// testSignIn lets the aws CLI and boto3 use and renew what hawser login has cached.
func (c *harness) testSignIn(t *testing.T) {
	c.call(t, "aws CLI", "boto3")
	c.scripts(t, "login", filepath.Dir(c.program(t)), func(t testing.TB) []string {
		c.count("aws CLI", 1)
		return simulate(t, 1).env
	})
}
