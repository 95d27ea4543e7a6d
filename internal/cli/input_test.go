package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Reading what never comes ends when the program is interrupted.
func TestReadingEndsWithItsContext(t *testing.T) {
	nothing, writer := io.Pipe()
	defer writer.Close()
	p := New(Streams{In: nothing, Err: io.Discard}, nil, "")
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.ReadInput(interrupted, "-"); !errors.Is(err, fault.Canceled) {
		t.Errorf("standard input: %v", err)
	}
	if _, err := (prompt{p.Streams}).Confirm(interrupted, tool.Question{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a question: %v", err)
	}
	p.ctx = interrupted
	if _, err := p.askMFA(); !errors.Is(err, fault.Canceled) {
		t.Errorf("an MFA code: %v", err)
	}
}

func TestReadInput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.json")
	if err := os.WriteFile(path, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := New(Streams{In: strings.NewReader("from a pipe"), Err: io.Discard}, nil, "")
	for name, want := range map[string]string{path: "from a file", "-": "from a pipe"} {
		if got, err := p.ReadInput(t.Context(), name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := p.ReadInput(t.Context(), path+"x"); !errors.Is(err, fault.Invalid) {
		t.Errorf("a file that is not there: %v", err)
	}
	p.Streams.In = endless{}
	if _, err := p.ReadInput(t.Context(), "-"); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "more than") {
		t.Errorf("too much: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
