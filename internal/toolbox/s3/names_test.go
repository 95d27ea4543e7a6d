package s3_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestNamesThatAreNotUTF8 sends a tree with such a file and such a directory.
func TestNamesThatAreNotUTF8(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "tree/a", []byte("a"))
	s.Write(t, "tree/z/z", []byte("z"))
	if err := os.WriteFile(filepath.Join(s.Dir, "tree", "gr\xfc\xdfe"), []byte("x"), 0o600); err != nil {
		t.Skip("the file system holds no such names")
	}
	s.Write(t, "tree/m\xff/in", []byte("x"))
	for _, dry := range []bool{true, false} {
		result, err := s.Try(t.Context(), "s3.cp", m{"from": "tree", "to": s.url("up/"), "dry_run": dry})
		if !errors.Is(err, fault.Partial) {
			t.Fatalf("dry run %v: %v", dry, err)
		}
		answer := toolboxtest.AnswerOf(t, result)
		var failed []string
		for _, one := range answer["items"].([]any) {
			if one := one.(map[string]any); one["outcome"] == "failed" {
				failed = append(failed, fmt.Sprint(one["from"], " ", one["why"]))
			}
		}
		said := strings.Join(failed, "; ")
		if len(failed) != 2 || !strings.Contains(said, `gr\xfc\xdfe`) || !strings.Contains(said, `m\xff`) || !strings.Contains(said, "not UTF-8") {
			t.Errorf("dry run %v: failed %s", dry, said)
		}
		if copied := answer["copied"].(map[string]any)["objects"]; copied != 2.0 {
			t.Errorf("dry run %v: %v copied", dry, copied)
		}
	}
}
