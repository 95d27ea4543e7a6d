package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// judge is a program that no one here wrote, or a set of them.
type judge struct {
	name     string
	version  string // empty where the machine has it not
	lacking  string // what is not on the machine
	without  string // what goes untested then
	optional bool   // its absence is not a failure even where judges are required
	cases    int
}

// harness knows the judges and what they were asked.
type harness struct {
	root   string // the module's
	strict bool
	build  func() (bin string, err error) // makes the program, as its users have it, once

	mu     sync.Mutex
	judges []*judge
}

// assemble looks for the judges.
func assemble(t *testing.T) *harness {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	c := &harness{root: root, strict: os.Getenv("CI") == "true" || os.Getenv("HAWSER_JUDGES") == "require"}
	c.build = sync.OnceValues(func() (string, error) { return build(c.root, t.TempDir()) })
	c.judges = []*judge{
		c.python("aws CLI", "awscli", "the aws CLI as a client of the simulator"),
		c.python("boto3", "boto3", "boto3 as a client of the simulator, and the probe"),
		c.terraform(),
		c.python("moto", "moto", "the tools against moto's server, and the probe"),
		c.versitygw(),
		c.npm(),
		c.python("OpenAPI", "schemathesis", "the HTTP API by a validator and a fuzzer of OpenAPI documents"),
		c.python("protobuf", "protobuf", "exported .c1z files before Python's protobuf, sqlite3 and zstandard"),
		c.python("pyarrow", "pyarrow", "exported tables before Apache Arrow and Python's csv, json and sqlite3"),
		c.python("parliament", "parliament", "the policies of setup.policy before a linter"),
		c.python("MCP's Python SDK", "mcp", "MCP's Python SDK as a client of hawser mcp"),
	}
	return c
}

// python is a judge from the virtual environment.
func (c *harness) python(name, distribution, without string) *judge {
	j := &judge{name: name, without: without}
	out, err := exec.Command(c.venv("python"), "-c", "import importlib.metadata as m; print(m.version('"+distribution+"'))").Output()
	if err != nil {
		j.lacking = distribution + " in .judges/venv (make judges)"
		return j
	}
	j.version = strings.TrimSpace(string(out))
	return j
}

func (c *harness) versitygw() *judge {
	j := &judge{name: "versitygw", without: "the S3 tools against versitygw"}
	if _, err := os.Stat(c.gateway()); err != nil {
		j.lacking = "versitygw in .judges/bin (make judges)"
		return j
	}
	text, err := os.ReadFile(filepath.Join(c.root, ".judges", "bin", "versitygw.version"))
	j.version = strings.TrimSpace(string(text))
	if err != nil || j.version == "" {
		j.version = "of unknown version"
	}
	return j
}

// npm is MCP's judges that come from there.
func (c *harness) npm() *judge {
	j := &judge{name: "MCP", without: "MCP's conformance suite, inspector and TypeScript SDK"}
	out, err := exec.Command(c.nodePath(), "--version").Output()
	if err != nil {
		j.lacking = "the packages of conformance/npm in .judges/npm (make judges)"
		return j
	}
	j.version = "suite, inspector, SDKs on Node.js " + strings.TrimSpace(string(out))
	return j
}

// terraform wants the program and a mirror with the provider: neither is to
// be had from a package registry.
func (c *harness) terraform() *judge {
	j := &judge{name: "Terraform", without: "Terraform as a client of the simulator", optional: true}
	program, err := exec.LookPath("terraform")
	if err != nil {
		j.lacking = "terraform on PATH"
		return j
	}
	if mirror() == "" {
		j.lacking = "a mirror of provider hashicorp/aws " + providerVersion + " (HAWSER_TF_MIRROR names its root)"
		return j
	}
	out, err := command(program, "version").Output()
	if err != nil {
		j.lacking = "a terraform that runs: " + err.Error()
		return j
	}
	line, _, _ := strings.Cut(string(out), "\n")
	j.version = strings.TrimPrefix(line, "Terraform v") + ", provider aws " + providerVersion
	return j
}

// venv is a program of the virtual environment.
func (c *harness) venv(program string) string {
	return filepath.Join(c.root, ".judges", "venv", "bin", program)
}

func (c *harness) gateway() string { return filepath.Join(c.root, ".judges", "bin", "versitygw") }

// call summons judges to a test: it is skipped where one is not there, or
// fails where judges are required.
func (c *harness) call(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		j := c.judge(name)
		if j.version != "" {
			continue
		}
		if c.strict && !j.optional {
			t.Fatalf("%s is required and not here: it wants %s", name, j.lacking)
		}
		t.Skipf("%s is not here: it wants %s", name, j.lacking)
	}
}

func (c *harness) judge(name string) *judge {
	i := slices.IndexFunc(c.judges, func(j *judge) bool { return j.name == name })
	return c.judges[i]
}

// count notes that a judge was asked n things more.
func (c *harness) count(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.judge(name).cases += n
}

// cases tells how much a judge was asked.
func (c *harness) cases(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.judge(name).cases
}

// publish writes the sum where make shows it, since go test is silent about
// what passes.
func (c *harness) publish(t *testing.T) {
	t.Helper()
	var text bytes.Buffer
	c.sum(&text)
	t.Log(text.String())
	dir := filepath.Join(c.root, ".judges")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "summary"), text.Bytes(), 0o644)); err != nil {
		t.Error(err)
	}
}

// sum tells what was judged, and what was not for want of a judge.
func (c *harness) sum(w io.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(w, "\n== judges (%s/%s)\n", runtime.GOOS, runtime.GOARCH)
	for _, j := range c.judges {
		if j.version != "" {
			fmt.Fprintf(w, "  %-16s %3d cases  %s\n", j.name, j.cases, j.version)
		}
	}
	for _, j := range c.judges {
		if j.version == "" {
			fmt.Fprintf(w, "  NOT TESTED: %s, for want of %s\n", j.without, j.lacking)
		}
	}
	fmt.Fprintln(w)
}
