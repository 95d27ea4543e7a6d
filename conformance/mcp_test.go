package conformance

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/awssim/roster"
)

// protocols are the versions of MCP that are judged.
var protocols = []string{"2025-06-18", "2025-11-25", "2026-07-28"}

// testMCP puts `hawser mcp` before MCP's own suite, its inspector, and its
// Python and TypeScript SDKs, each on a simulated company.
func (c *harness) testMCP(t *testing.T) {
	bin := c.program(t)
	t.Run("suite", func(t *testing.T) { c.testSuite(t, bin) })
	t.Run("inspector", func(t *testing.T) { c.testInspector(t, bin) })
	t.Run("sdks", func(t *testing.T) { c.testSDKs(t, bin) })
}

const agentProfile = `connections:
  default:
    accounts: ["111122223333", "444455556666"]
guard:
  timeout: 30s
files:
  root: work
agents:
  judge:
    deny: [ec2.start]
    files: true
`

// agentHome is an empty folder in a home with a profile, and the environment that
// points Hawser at a simulated company.
func agentHome(t *testing.T) (dir string, env []string) {
	t.Helper()
	w, err := roster.New(awssim.Options{Scale: 50})
	if err != nil {
		t.Fatal(err)
	}
	key, err := demo.Accounts(w)
	if err != nil {
		t.Fatal(err)
	}
	server, err := w.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if _, err := demo.Fill(context.Background(), w, server.URL, key); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	dir = filepath.Join(home, "work")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "hawser.yaml")
	if err := os.WriteFile(config, []byte(agentProfile), 0o600); err != nil {
		t.Fatal(err)
	}
	env = slices.Concat(cleanEnv(), keyEnv(server.URL, key.AccessKeyID, key.SecretAccessKey),
		[]string{"XDG_STATE_HOME=" + filepath.Join(home, "state"), "HOME=" + home, "HAWSER_CONFIG=" + config})
	return dir, env
}

// servedAt is how Hawser's servers say where they are.
var servedAt = regexp.MustCompile(` is served at (\S+?)(/api/v1)?;`)

// start starts a server of Hawser's in an agentHome and gives its URL.
func start(t *testing.T, bin, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir, cmd.Env = dir, env
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewReader(said)
	line, err := lines.ReadString('\n')
	found := servedAt.FindStringSubmatch(line)
	if err != nil || found == nil {
		t.Fatalf("%q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // an access log
	return found[1]
}

// serveAgent starts `hawser mcp` over HTTP.
func serveAgent(t *testing.T, bin, dir string, env []string) string {
	t.Helper()
	return start(t, bin, dir, env, "mcp", "--agent", "judge", "--http", "127.0.0.1:0")
}

// testSuite runs MCP's conformance suite for each version: on `hawser mcp` over
// HTTP and on standard input and output, and on a server with the tools that the
// suite calls by name. What can't pass is in testdata/mcp/expected with its
// reason; the suite itself fails where one of those passes.
func (c *harness) testSuite(t *testing.T, bin string) {
	c.call(t, "MCP")
	dir, env := agentHome(t)
	stdio := func() *exec.Cmd {
		cmd := exec.Command(bin, "mcp", "--agent", "judge")
		cmd.Dir, cmd.Env = dir, env
		return cmd
	}
	for way, url := range map[string]string{
		"http": serveAgent(t, bin, dir, env), "stdio": serveBridge(t, stdio), "tools": serveFixture(t),
	} {
		for _, version := range protocols {
			t.Run(way+" "+version, func(t *testing.T) { c.runSuite(t, way, version, url) })
		}
	}
}

func (c *harness) runSuite(t *testing.T, way, version, url string) {
	expected := filepath.Join(c.root, "conformance", "testdata", "mcp", "expected", way+"-"+version+".yaml")
	cmd := c.node("@modelcontextprotocol/conformance/dist/index.js", "server", "--url", url, "--suite", "all",
		"--spec-version", version, "--expected-failures", expected)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, tail(out))
	}
	c.count("MCP", bytes.Count(out, []byte("=== Running scenario")))
}

// testInspector drives every method by the inspector's command line.
func (c *harness) testInspector(t *testing.T, bin string) {
	c.call(t, "MCP")
	dir, env := agentHome(t)
	tests := []struct {
		name, want string
		args       []string
	}{
		{"tools", `"name": "s3.list"`, []string{"--method", "tools/list", "--strict"}},
		{"call", `"acme-web"`, []string{"--method", "tools/call", "--tool-name", "s3.list"}},
		{"arguments", `index.html`, []string{"--method", "tools/call", "--tool-name", "s3.list", "--tool-arg", "bucket=acme-web"}},
		{"resources", `hawser://identity`, []string{"--method", "resources/list"}},
		{"resource", `111122223333`, []string{"--method", "resources/read", "--uri", "hawser://identity"}},
		{"prompts", `explain-denied`, []string{"--method", "prompts/list"}},
		{"prompt", `checkout`, []string{"--method", "prompts/get", "--prompt-name", "function-failing", "--prompt-args", "function_name=checkout"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"--cli"}
			for _, v := range env { // it hands on no other, and takes none that is empty
				if !strings.HasSuffix(v, "=") {
					args = append(args, "-e", v)
				}
			}
			args = slices.Concat(args, []string{bin, "mcp", "--agent", "judge"}, tt.args)
			cmd := c.node("@modelcontextprotocol/inspector/clients/launcher/build/index.js", args...)
			cmd.Dir, cmd.Env = dir, append(slices.Clone(env), "PATH="+filepath.Dir(c.nodePath())+string(os.PathListSeparator)+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), tt.want) {
				t.Errorf("%v, want %s\n%s", err, tt.want, tail(out))
			}
			c.count("MCP", 1)
		})
	}
}

// testSDKs runs the same conversation by both SDKs, over standard input and
// output and over HTTP.
func (c *harness) testSDKs(t *testing.T, bin string) {
	files, err := filepath.Abs(filepath.Join("testdata", "mcp"))
	if err != nil {
		t.Fatal(err)
	}
	python := func(mode string) func(...string) *exec.Cmd {
		return func(at ...string) *exec.Cmd {
			return exec.Command(c.venv("python"), slices.Concat([]string{filepath.Join(files, "client.py"), mode}, at)...)
		}
	}
	typescript := func(at ...string) *exec.Cmd {
		packages := filepath.Join(c.root, ".judges", "npm", "node_modules")
		return exec.Command(c.nodePath(), slices.Concat([]string{filepath.Join(files, "client.mjs"), packages}, at)...)
	}
	for name, client := range map[string]func(...string) *exec.Cmd{
		"python": python("auto"), "python by the older handshake": python("legacy"), "typescript": typescript,
	} {
		t.Run(name, func(t *testing.T) {
			c.call(t, "MCP", "MCP's Python SDK")
			for _, way := range []string{"stdio", "http"} {
				dir, env := agentHome(t)
				at := []string{bin, "mcp", "--agent", "judge"}
				if way == "http" {
					at = []string{serveAgent(t, bin, dir, env)}
				}
				cmd := client(at...)
				cmd.Dir, cmd.Env = dir, env
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", way, err, tail(out))
				}
				if strings.HasPrefix(name, "python") {
					c.count("MCP's Python SDK", 1)
				} else {
					c.count("MCP", 1)
				}
			}
		})
	}
}

func (c *harness) nodePath() string {
	return filepath.Join(c.root, ".judges", "npm", "node_modules", "node", "bin", "node")
}

// node is a command of a package from npm.
func (c *harness) node(script string, args ...string) *exec.Cmd {
	return command(c.nodePath(), append([]string{filepath.Join(c.root, ".judges", "npm", "node_modules", script)}, args...)...)
}
