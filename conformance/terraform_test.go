package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const providerVersion = "5.100.0"

// mirror finds the root of a file system mirror with the provider: the one
// that HAWSER_TF_MIRROR names, Terraform's own places, or one that stands at
// most two folders deep. It is empty where there is none.
func mirror() string {
	home, _ := os.UserHomeDir()
	roots := []string{
		os.Getenv("HAWSER_TF_MIRROR"), filepath.Join(home, ".terraform.d", "plugins"),
		"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/*", "/*/*",
	}
	for _, root := range roots {
		if root == "" {
			continue
		}
		at := filepath.Join("registry.terraform.io", "hashicorp", "aws")
		// Unpacked, or as the archive that Terraform downloads.
		for _, form := range []string{filepath.Join(at, providerVersion), filepath.Join(at, "*_"+providerVersion+"_*.zip")} {
			if found, err := filepath.Glob(filepath.Join(root, form)); err == nil && len(found) > 0 {
				return filepath.Clean(found[0][:len(found[0])-len(filepath.Join(at, filepath.Base(found[0])))])
			}
		}
	}
	return ""
}

// companySize is the least number of resources in testdata/terraform/company.
const companySize = 60

// testTerraform takes each configuration of testdata/terraform, a directory,
// through its life: created, planned again without a change, changed by its
// variable, planned again, destroyed.
func (c *harness) testTerraform(t *testing.T, driven *operations) {
	c.call(t, "Terraform")
	for _, name := range []string{"company", "organization"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulate(t, scaleOf(name))
			tf := newTerraform(t, filepath.Join("testdata", "terraform", name), sim.env)
			tf.run("init", "-input=false")
			tf.run("apply", "-auto-approve", "-input=false", "-var", "step=1")
			tf.unchanged("step=1")
			resources := tf.resources()
			if name == "company" && resources < companySize {
				t.Errorf("the company has %d resources, want at least %d", resources, companySize)
			}
			changed := tf.run("apply", "-auto-approve", "-input=false", "-var", "step=2")
			if !strings.Contains(changed, " changed, 0 destroyed") || strings.Contains(changed, " 0 changed") {
				t.Errorf("the second step should change in place:\n%s", tail([]byte(changed)))
			}
			tf.unchanged("step=2")
			tf.run("destroy", "-auto-approve", "-input=false", "-var", "step=2")
			c.count("Terraform", resources)
			driven.add(sim.World)
		})
	}
}

// terraform runs it in a folder of its own.
type terraform struct {
	t   *testing.T
	dir string
	env []string
}

func newTerraform(t *testing.T, configuration string, env []string) *terraform {
	tf := &terraform{t: t, dir: t.TempDir(), env: env}
	if err := os.CopyFS(tf.dir, os.DirFS(configuration)); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror())
	for name, text := range map[string]string{"provider.tf": provider, "cli.tfrc": config} {
		if err := os.WriteFile(filepath.Join(tf.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tf
}

const provider = `
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "` + providerVersion + `"
    }
  }
}
provider "aws" {
  s3_use_path_style = true
}
variable "step" { type = number }
variable "role" { type = string }
`

func (tf *terraform) command(args ...string) *exec.Cmd {
	cmd := command("terraform", args...)
	cmd.Dir = tf.dir
	cmd.Env = slices.Concat(cmd.Env, tf.env, []string{"TF_CLI_CONFIG_FILE=" + filepath.Join(tf.dir, "cli.tfrc"), "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color"})
	for _, v := range tf.env {
		if role, ok := strings.CutPrefix(v, "ROLE="); ok {
			cmd.Env = append(cmd.Env, "TF_VAR_role="+role)
		}
	}
	return cmd
}

// run ends the test where Terraform fails.
func (tf *terraform) run(args ...string) string {
	tf.t.Helper()
	out, err := tf.command(args...).CombinedOutput()
	if err != nil {
		tf.t.Fatalf("terraform %s: %v\n%s", args[0], err, tail(out))
	}
	return string(out)
}

// resources counts the managed resources of the state.
func (tf *terraform) resources() int {
	count := 0
	for address := range strings.Lines(tf.run("state", "list")) {
		if !strings.HasPrefix(address, "data.") {
			count++
		}
	}
	return count
}

// unchanged wants a plan without a change: exit code 2 is one with changes.
func (tf *terraform) unchanged(step string) {
	tf.t.Helper()
	out, err := tf.command("plan", "-detailed-exitcode", "-input=false", "-var", step).CombinedOutput()
	if err != nil {
		tf.t.Fatalf("the plan after apply is not empty: %v\n%s", err, tail(out))
	}
}

// tail is the end of what a program wrote, which tells why it failed.
func tail(out []byte) []byte { return out[max(0, len(out)-6000):] }
