package conformance

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// testAPI puts `hawser serve` before a validator of OpenAPI documents, a
// generator of typed clients, and a fuzzer that works from the document.
func (c *harness) testAPI(t *testing.T) {
	bin := c.program(t)
	dir, env := agentHome(t)
	token := c.apiToken(t, bin, dir, env)
	url := start(t, bin, dir, env, "serve", "--listen", "127.0.0.1:0")
	file := filepath.Join(dir, "openapi.json")
	fetch(t, url+"/api/v1/openapi.json", token, file)
	t.Run("valid", func(t *testing.T) {
		c.call(t, "OpenAPI")
		out, err := exec.Command(c.venv("openapi-spec-validator"), file).CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, tail(out))
		}
		c.count("OpenAPI", 1)
	})
	t.Run("client", func(t *testing.T) {
		c.call(t, "MCP")
		c.testTypedClient(t, dir, url, token)
	})
	t.Run("fuzz", func(t *testing.T) {
		c.call(t, "OpenAPI")
		c.testSchemathesis(t, file, url, token)
	})
}

func (c *harness) apiToken(t *testing.T, bin, dir string, env []string) string {
	t.Helper()
	cmd := exec.Command(bin, "token", "create", "judge", "--expires", "1h")
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func fetch(t *testing.T, url, token, file string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// testTypedClient makes types of the document, compiles a program against them
// in TypeScript's strict mode, and runs it.
func (c *harness) testTypedClient(t *testing.T, dir, url, token string) {
	packages := filepath.Join(c.root, ".judges", "npm", "node_modules")
	program, err := os.ReadFile(filepath.Join("testdata", "api", "client.ts"))
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	for name, text := range map[string]string{
		"client.ts": string(program), "package.json": `{"type": "module"}`,
		"tsconfig.json": `{"compilerOptions": {"strict": true, "module": "nodenext", "target": "es2022", "types": [], "lib": ["es2022", "dom"], "skipLibCheck": true, "moduleResolution": "nodenext"}, "include": ["*.ts"]}`,
		"env.d.ts":      "declare const process: { env: Record<string, string | undefined> };\n",
	} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(strings.ReplaceAll(text, `"./schema"`, `"./schema.js"`)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(packages, filepath.Join(work, "node_modules")); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{
		c.node("openapi-typescript/bin/cli.js", filepath.Join(dir, "openapi.json"), "-o", filepath.Join(work, "schema.d.ts")),
		c.node("typescript/bin/tsc", "-p", work),
		exec.Command(c.nodePath(), filepath.Join(work, "client.js")),
	} {
		cmd.Dir = work
		cmd.Env = append(cleanEnv(), "URL="+url, "TOKEN="+token)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd.Args[1], err, tail(out))
		}
	}
	c.count("MCP", 1)
}

var generated = regexp.MustCompile(`(\d+) generated`)

// testSchemathesis wants no 5xx, no hang, and no answer that is not as the
// document says. That a call which the schemas let through is refused is no
// fault: names of buckets and ARNs have rules beyond a schema.
func (c *harness) testSchemathesis(t *testing.T, file, url, token string) {
	args := []string{
		"run", file, "--url", url, "-H", "Authorization: Bearer " + token, "--phases", "examples,coverage,fuzzing", "--request-timeout", "20",
		"--exclude-checks", "positive_data_acceptance", "--no-color",
	}
	if examples := os.Getenv("HAWSER_FUZZ_EXAMPLES"); examples != "" {
		args = append(args, "--max-examples", examples)
	} else { // the same examples each time
		args = append(args, "--max-examples", "10", "--generation-deterministic")
	}
	cmd := exec.Command(c.venv("schemathesis"), args...)
	cmd.Dir, cmd.Env = t.TempDir(), slices.Concat(cleanEnv(), []string{"COLUMNS=120"})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, tail(out))
	}
	if found := generated.FindSubmatch(out); found != nil {
		n, _ := strconv.Atoi(string(found[1]))
		c.count("OpenAPI", n)
	}
}
