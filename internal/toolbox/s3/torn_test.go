package s3_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
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

// An answer that is shorter than its Content-Length is not taken for a complete one, even
// if the document or the object in it is.
func TestAnswersThatAreShorterThanTheySay(t *testing.T) {
	c := newChanging(t)
	c.put(t, "a", []byte("content"))
	longer := func(r *http.Response) {
		if r.Request.Method == http.MethodHead || r.StatusCode >= http.StatusMultipleChoices {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body)+100)
		r.Header.Set("Content-Length", strconv.Itoa(len(body)+100))
	}
	c.change.Store(&longer)
	c.Write(t, "file", []byte("content"))
	for name, call := range map[string]struct {
		tool string
		in   m
	}{
		"buckets": {"s3.list", m{}}, "objects": {"s3.list", c.in(m{})}, "object": {"s3.get", c.in(m{"key": "a"})},
		"file": {"s3.get", c.in(m{"key": "a", "to_file": "got"})}, "copy": {"s3.cp", m{"from": c.url(""), "to": "down"}},
		"write": {"s3.put", c.in(m{"key": "b", "body": "x"})},
	} {
		_, err := c.r.Try(t.Context(), call.tool, call.in)
		if f := fault.From(err); f == nil || f.Kind != fault.Network && f.Kind != fault.Partial && f.Kind != fault.Endpoint || name == "write" && !f.OutcomeUnknown {
			t.Errorf("%s: %#v", name, f)
		}
	}
}
