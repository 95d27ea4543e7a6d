package s3_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestMetadataOfAnyCharacters holds that headers are ASCII on the way, and that
// what was given comes back.
func TestMetadataOfAnyCharacters(t *testing.T) {
	var mu sync.Mutex
	r, _ := toolboxtest.OnHookedSim(t, func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		for name, values := range r.Header {
			for _, c := range strings.Join(values, "") {
				if c > '~' {
					t.Errorf("the header %s holds %q", name, values)
				}
			}
		}
		return false
	})
	s := storeOf(t, r)
	want := m{"title": "Größe ✓", "plain": "a b", "long": strings.Repeat("ä日本", 50)}
	s.Call(t, "s3.put", m{"bucket": s.bucket, "key": "k", "body": "x", "metadata": want, "tags": m{"größe": "schön"}})
	for name, in := range map[string]m{"in the answer": {"bucket": s.bucket, "key": "k"}, "to a file": {"bucket": s.bucket, "key": "k", "to_file": "back"}} {
		got := s.Call(t, "s3.get", in)["metadata"]
		if diff := cmp.Diff(map[string]any(want), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestHeadersThatCannotBeSentAreRefused(t *testing.T) {
	r, _ := toolboxtest.OnHookedSim(t, func(http.ResponseWriter, *http.Request) bool { t.Error("a request was sent"); return false })
	for field, in := range map[string]m{
		"metadata":     {"metadata": m{"Größe": "x"}},
		"content_type": {"content_type": "text/größe"},
		"kms_key":      {"kms_key": "schlüssel"},
	} {
		in["bucket"], in["key"], in["body"] = "harbour", "k", "x"
		_, err := r.Try(t.Context(), "s3.put", in)
		if f := fault.From(err); !errors.Is(err, fault.Invalid) || f.Field != field || f.Fix == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, value := range []string{"x\r\nx-amz-acl: public-read", "=?UTF-8?Q?x?=", "x=?utf-8?q?=41?=y", " lead", "trail "} {
		in := m{"bucket": "harbour", "key": "k", "body": "x", "metadata": m{"a": value}}
		if _, err := r.Try(t.Context(), "s3.put", in); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// TestRequesterPays holds that every request of a call says who pays, where the
// caller agreed, and none where not.
func TestRequesterPays(t *testing.T) {
	var (
		mu     sync.Mutex
		agreed bool
		seen   int
	)
	r, _ := toolboxtest.OnHookedSim(t, func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPut && strings.Count(r.URL.Path, "/") == 1 {
			return false // the bucket is made
		}
		seen++
		if got := r.Header.Get("X-Amz-Request-Payer") == "requester"; got != agreed {
			t.Errorf("%s %s: payer %v, want %v", r.Method, r.URL, got, agreed)
		}
		return false
	})
	s := storeOf(t, r)
	s.Write(t, "big", make([]byte, 9<<20))
	for _, call := range []struct {
		tool string
		in   m
	}{
		{"s3.put", m{"bucket": s.bucket, "key": "a", "body": "a"}},
		{"s3.put", m{"bucket": s.bucket, "key": "big", "from_file": "big"}},
		{"s3.list", m{"bucket": s.bucket}},
		{"s3.get", m{"bucket": s.bucket, "key": "a"}},
		{"s3.get", m{"bucket": s.bucket, "key": "big", "range": "0-9"}},
		{"s3.cp", m{"from": s.url(""), "to": s.url("copy/")}},
		{"s3.cp", m{"from": s.url("copy/"), "to": "down/"}},
		{"s3.cp", m{"from": "down/", "to": s.url("up/")}},
		{"s3.delete", m{"bucket": s.bucket, "key": "a"}},
	} {
		for _, agree := range []bool{true, false} {
			mu.Lock()
			agreed = agree
			mu.Unlock()
			in := m{}
			for name, value := range call.in {
				in[name] = value
			}
			if agree {
				in["request_payer"] = "requester"
			}
			s.Call(t, call.tool, in)
		}
	}
	if seen < 20 {
		t.Errorf("%d requests", seen)
	}
}
