package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
)

// testModels drives every operation of the simulator from botocore's models, with
// input that they allow and input that they do not, down to every member.
func (c *harness) testModels(t *testing.T) {
	c.call(t, "boto3")
	sim := simulate(t, 1000)
	cmd := command(c.venv("python"), "drive.py")
	cmd.Dir, cmd.Env = filepath.Join("testdata", "models"), slices.Concat(cmd.Env, sim.env)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.Bytes())
	}
	var sum struct{ Operations, Sent, Unsent int }
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		var found struct{ Operation, Case, Params, Why string }
		if err := json.Unmarshal(lines.Bytes(), &found); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		if found.Operation == "" {
			if err := json.Unmarshal(lines.Bytes(), &sum); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s, %s: %s (%s)", found.Operation, found.Case, found.Why, found.Params)
	}
	if want := len(sim.Operations()); sum.Operations != want {
		t.Errorf("%d operations were driven, want %d", sum.Operations, want)
	}
	t.Logf("%d operations, %d calls; botocore could not send %d more", sum.Operations, sum.Sent, sum.Unsent)
	c.count("boto3", sum.Sent)
}
