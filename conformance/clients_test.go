package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// testBoto3 runs each file of testdata/boto3 against a simulator of its own.
// It gives the operations that they called.
func (c *harness) testBoto3(t *testing.T, driven *operations) {
	c.call(t, "boto3")
	files, err := filepath.Glob(filepath.Join("testdata", "boto3", "test_*.py"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			sim := simulate(t, scaleOf(file))
			cmd := command(c.venv("python"), "-m", "unittest", "-q", filepath.Base(file))
			cmd.Dir = filepath.Dir(file)
			cmd.Env = slices.Concat(cmd.Env, sim.env)
			c.count("boto3", unittests(t, cmd))
			driven.add(sim.World)
		})
	}
}

// scaleOf makes databases, which take longest, come up in less than a second.
func scaleOf(file string) float64 {
	if strings.Contains(file, "rds") {
		return 400
	}
	return 50
}

// testCLI runs each script of testdata/aws with the aws CLI against a
// simulator of its own.
func (c *harness) testCLI(t *testing.T, driven *operations) {
	c.call(t, "aws CLI")
	c.scripts(t, "aws", "", func(t testing.TB) []string {
		c.count("aws CLI", 1)
		sim := simulate(t, 50)
		t.Cleanup(func() { driven.add(sim.World) })
		return sim.env
	})
}

// scripts runs the scripts of a folder of testdata, with the programs of bin
// beside the aws CLI; setup gives each the environment that points it at its
// server.
func (c *harness) scripts(t *testing.T, folder, bin string, setup func(testing.TB) []string) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", folder),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, ".home")
			e.Vars = append(e.Vars, slices.Concat(cleanEnv(), setup(e.T().(testing.TB)))...)
			e.Vars = append(e.Vars, "ACCOUNT="+account, "HOME="+home, "XDG_STATE_HOME="+home,
				"PATH="+strings.Join([]string{bin, filepath.Dir(c.venv("aws")), os.Getenv("PATH")}, string(os.PathListSeparator)))
			return os.MkdirAll(home, 0o700)
		},
	})
}

var ranTests = regexp.MustCompile(`(?m)^Ran (\d+) tests?`)

// unittests runs Python's unittest and tells how many cases there were.
func unittests(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	out, err := cmd.CombinedOutput()
	ran := ranTests.FindSubmatch(out)
	if err != nil || ran == nil {
		t.Errorf("%v\n%s", err, out)
		return 0
	}
	n, _ := strconv.Atoi(string(ran[1]))
	return n
}
