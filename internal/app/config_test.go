package app

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestAPatternThatFitsNoToolIsNamedWithItsLine(t *testing.T) {
	for name, tt := range map[string]struct {
		text, field, fix string
		line             int
	}{
		"deny":    {"guard:\n  deny:\n    - S3.Delete\n", "guard.deny", `did you mean "s3.delete"?`, 2},
		"allow":   {"guard:\n  read_only: true\n  allow: [s3]\n", "guard.allow", `did you mean "s3.*"?`, 3},
		"agent":   {"agents:\n  a:\n    tools: [s3.delet]\n", "agents.a.tools", `did you mean "s3.delete"?`, 3},
		"denied":  {"agents:\n  a:\n    deny: ['s3.put ']\n", "agents.a.deny", `did you mean "s3.put"?`, 3},
		"approve": {"agents:\n  a:\n    role: viewer\n    approve: [lambda_invok]\n", "agents.a.approve", `did you mean "lambda.invoke"?`, 4},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hawser.yaml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			a := New(Options{Flags: &Flags{Config: path}, Getenv: getenvOf(nil), Stderr: io.Discard})
			_, err := a.Config()
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid || f.File != path || f.Line != tt.line || f.Field != tt.field || f.Fix != tt.fix {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestPatternsWithoutDotsAreTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.yaml")
	text := "guard:\n  deny: [s3_delete, 'ec2_*']\nagents:\n  a:\n    tools: [lambda_get_logs]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := New(Options{Flags: &Flags{Config: path}, Getenv: getenvOf(nil), Stderr: io.Discard})
	if _, err := a.Config(); err != nil {
		t.Error(err)
	}
}
