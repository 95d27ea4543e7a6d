package conformance

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
)

// testProbe runs one list of operations against the simulator and the servers
// of moto and versitygw. Differences are to be those of differences.yaml, and
// all of those.
func (c *harness) testProbe(t *testing.T) {
	t.Log("NOT COMPARED: the RDS Data API and Identity Center's portal, for want of a server that has them")
	t.Run("moto", func(t *testing.T) {
		c.call(t, "boto3", "moto")
		c.compare(t, "moto", c.moto(t).env, "s3", "ec2", "rest", "org", "iam")
	})
	t.Run("versitygw", func(t *testing.T) {
		c.call(t, "boto3", "versitygw")
		c.compare(t, "versitygw", c.gatewayServer(t).env, "s3")
	})
}

// compare probes a simulator and a judge, each with the parts named.
func (c *harness) compare(t *testing.T, name string, env []string, parts ...string) {
	ours, theirs := c.probe(t, simulate(t, 1000).env, parts), c.probe(t, env, parts)
	c.count(name, len(theirs))
	explained, found := explanations(t, name), differences(ours, theirs)
	t.Logf("%d operations, %d differences, %d explanations", len(theirs), len(found), len(explained))
	used := make([][]bool, len(explained))
	for i, e := range explained {
		used[i] = make([]bool, len(e.At))
	}
	for _, d := range found {
		if !explain(d, explained, used) {
			t.Errorf("unexplained: %v", d)
		}
	}
	for i, e := range explained {
		for j, at := range e.At {
			if !used[i][j] {
				t.Errorf("differences.yaml explains what %s no longer answers differently: %s %q at %s", name, e.Operation, e.Step, at)
			}
		}
	}
}

// probe calls the operations of the parts at the server that env points at.
func (c *harness) probe(t *testing.T, env, parts []string) []step {
	t.Helper()
	cmd := command(c.venv("python"), append([]string{"probe.py"}, parts...)...)
	cmd.Dir, cmd.Env = filepath.Join("testdata", "probe"), slices.Concat(cmd.Env, env)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.Bytes())
	}
	var steps []step
	for line := range bytes.Lines(out) {
		var s step
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		steps = append(steps, s)
	}
	return steps
}
