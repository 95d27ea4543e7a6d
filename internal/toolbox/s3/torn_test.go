package s3_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A file that is written while its parts are sent becomes no object, and no part is
// left behind.
func TestFilesThatAreWrittenWhileTheyAreSent(t *testing.T) {
	for _, tool := range []string{"s3.put", "s3.cp"} {
		t.Run(tool, func(t *testing.T) {
			var once sync.Once
			var written string
			r, _ := toolboxtest.OnHookedSim(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("partNumber") != "" {
					once.Do(func() {
						file, err := os.OpenFile(written, os.O_WRONLY, 0)
						if err == nil {
							_, err = file.WriteAt([]byte("B"), 0)
							err = errors.Join(err, file.Close())
						}
						if err != nil {
							t.Error(err)
						}
					})
				}
				return false
			})
			s := storeOf(t, r)
			written = r.Write(t, "image", []byte("A"))
			if !filepath.IsAbs(written) {
				written = filepath.Join(r.Dir, written)
			}
			if err := os.Truncate(written, 160<<20); err != nil { // more parts than are read ahead
				t.Fatal(err)
			}
			input := m{"bucket": s.bucket, "key": "image", "from_file": "image"}
			if tool == "s3.cp" {
				input = m{"from": "image", "to": s.url("image")}
			}
			_, err := r.Try(t.Context(), tool, input)
			if f := fault.From(err); !errors.Is(err, fault.Conflict) || !strings.Contains(f.Message, "image") {
				t.Errorf("the call: %v", err)
			}
			if _, err := r.Try(t.Context(), "s3.get", m{"bucket": s.bucket, "key": "image", "range": "0-0"}); !errors.Is(err, fault.NotFound) {
				t.Errorf("the object: %v", err)
			}
		})
	}
}
