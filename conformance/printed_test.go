package conformance

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"
)

// testPrinted starts clients with what hawser sim prints, and with nothing else that
// tells them of AWS: the aws CLI 1 and boto3 look for their region elsewhere than the
// newer ones.
func (c *harness) testPrinted(t *testing.T) {
	c.call(t, "aws CLI", "boto3")
	env := append(printed(t, c.program(t)), "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1")
	for name, args := range map[string][]string{
		"aws CLI": {c.venv("aws"), "rds-data", "execute-statement", "--resource-arn", value(env, "DEMO_CLUSTER"), "--secret-arn", value(env, "DEMO_SECRET"), "--database", "shop", "--sql", "SELECT 'shop-database'"},
		"boto3":   {c.venv("python"), "-c", "import boto3; print([s['Name'] for s in boto3.client('secretsmanager').list_secrets()['SecretList']], boto3.client('s3').list_buckets()['Buckets'])"},
	} {
		cmd := command(args[0], args[1:]...)
		cmd.Env = env
		c.count(name, 1)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "shop-database") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// printed starts hawser sim, which ends with the test, and returns the variables that
// it exports.
func printed(t *testing.T, program string) (env []string) {
	t.Helper()
	cmd := command(program, "sim", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("hawser sim: %v", err)
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			env = append(env, v)
		}
		if value(env, "DEMO_SECRET") != "" {
			break
		}
	}
	return env
}

// value returns the value of a variable.
func value(env []string, name string) string {
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}
