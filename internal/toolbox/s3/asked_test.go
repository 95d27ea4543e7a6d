package s3_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// changing is a bucket, whose answers something on the way changes.
type changing struct {
	*bucketStore
	r      *toolboxtest.Rig // calls through what changes the answers
	change atomic.Pointer[func(*http.Response)]
}

func newChanging(t *testing.T) *changing {
	t.Helper()
	sim := simtest.Start(t)
	c := &changing{bucketStore: newStore(t, "direct", toolboxtest.SimSettings(sim))}
	at, err := url.Parse(sim.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(at)
	proxy.ModifyResponse = func(r *http.Response) error {
		if change := c.change.Load(); change != nil {
			(*change)(r)
		}
		return nil
	}
	c.r = toolboxtest.New(t, toolboxtest.HookedSettings(t, sim, func(w http.ResponseWriter, r *http.Request) bool {
		proxy.ServeHTTP(w, r)
		return true
	}))
	return c
}

// put writes an object, in parts where it is large.
func (c *changing) put(t *testing.T, key string, body []byte) {
	t.Helper()
	c.Write(t, "body", body)
	c.Call(t, "s3.put", c.in(m{"key": key, "from_file": "body"}))
}

// get makes a function of answers one of the answers to a GetObject of a part or range,
// or of the whole for "".
func get(part string, change func(*http.Response)) func(*http.Response) {
	return func(r *http.Response) {
		asked := r.Request.URL.Query().Get("partNumber") + strings.TrimPrefix(r.Request.Header.Get("Range"), "bytes=")
		if r.Request.Method == http.MethodGet && !r.Request.URL.Query().Has("list-type") && !r.Request.URL.Query().Has("location") && asked == part {
			change(r)
		}
	}
}

// answer changes the range and the body of an answer. No range makes it a 200.
func answer(span string, length int) func(*http.Response) {
	return func(r *http.Response) {
		_ = r.Body.Close()
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(make([]byte, length))), int64(length)
		r.Header.Set("Content-Length", strconv.Itoa(length))
		for _, sum := range []string{"Crc32", "Crc32c", "Crc64nvme", "Sha1", "Sha256", "Type"} {
			r.Header.Del("X-Amz-Checksum-" + sum)
		}
		r.StatusCode = http.StatusPartialContent
		r.Header.Set("Content-Range", "bytes "+span)
		if span == "" {
			r.StatusCode = http.StatusOK
			r.Header.Del("Content-Range")
		}
	}
}

func header(name, value string) func(*http.Response) {
	return func(r *http.Response) {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
}

// A download of parts fails if an answer is not what was asked for, and leaves no file.
func TestDownloadsAreWhatWasAskedFor(t *testing.T) {
	c := newChanging(t)
	big := make([]byte, 20_000_000)
	fillRandom(big)
	c.put(t, "big", big)
	c.put(t, "small", []byte("0123456789"))
	first := func(change func(*http.Response)) func(*http.Response) {
		return func(r *http.Response) {
			change(r)
			r.Header.Del("X-Amz-Mp-Parts-Count")
		}
	}
	tests := map[string]struct {
		key    string
		change func(*http.Response)
		want   fault.Kind
	}{
		"a part with a short range":   {"big", get("2", answer("8388608-8388609/20000000", 2)), fault.Endpoint},
		"a part that is cut":          {"big", get("2", answer("8388608-16777215/20000000", 2)), fault.Endpoint},
		"a part that is empty":        {"big", get("2", answer("8388608-16777215/20000000", 0)), fault.Endpoint},
		"a part of the beginning":     {"big", get("2", answer("0-1/20000000", 2)), fault.Endpoint},
		"a part without a range":      {"big", get("2", answer("", 8388608)), fault.Endpoint},
		"a part past its end":         {"big", get("2", answer("8388608-16777216/20000000", 8388609)), fault.Endpoint},
		"the last part cut":           {"big", get("3", answer("16777216-16777217/20000000", 2)), fault.Endpoint},
		"a part of another size":      {"big", get("2", answer("8388608-16777215/20000001", 8388608)), fault.Endpoint},
		"a part of another object":    {"big", get("2", header("ETag", `"0123"`)), fault.Conflict},
		"the first part cut":          {"big", get("1", first(answer("0-1/20000000", 2))), fault.Endpoint},
		"the first part alone":        {"big", get("1", header("X-Amz-Mp-Parts-Count", "")), fault.Endpoint},
		"fewer parts":                 {"big", get("1", header("X-Amz-Mp-Parts-Count", "2")), fault.Endpoint},
		"too many parts":              {"big", get("1", header("X-Amz-Mp-Parts-Count", "2000000000")), fault.Endpoint},
		"a small object cut":          {"small", get("1", answer("0-1/10", 2)), fault.Endpoint},
		"a small object without size": {"small", get("1", answer("*/*", 2)), fault.Endpoint},
		"an answer of no length": {"small", get("1", func(r *http.Response) {
			r.ContentLength = -1
			r.Header.Del("Content-Length")
		}), fault.Endpoint},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.change.Store(&tt.change)
			defer c.change.Store(nil)
			for tool, in := range map[string]m{
				"s3.cp":  {"from": c.url(tt.key), "to": "back"},
				"s3.get": {"bucket": c.bucket, "key": tt.key, "to_file": "back"},
			} {
				_, err := c.r.Try(t.Context(), tool, in)
				if f := fault.From(err); f == nil || f.Kind != tt.want {
					t.Errorf("%s: %+v", tool, f)
				}
			}
			if diff := cmp.Diff([]string{}, c.r.Names(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A copy fails if the object is not the one that was listed.
func TestCopiesAreOfWhatWasListed(t *testing.T) {
	c := newChanging(t)
	c.put(t, "small", []byte("0123456789"))
	for name, change := range map[string]func(*http.Response){
		"another size": get("1", answer("", 2)),
		"another tag":  get("1", header("ETag", `"0123"`)),
	} {
		c.change.Store(&change)
		if _, err := c.r.Try(t.Context(), "s3.cp", m{"from": c.url("small"), "to": "back"}); err == nil {
			t.Errorf("%s is copied", name)
		}
	}
	for name, meddle := range map[string]func(*bucketStore, *toolboxtest.Rig){
		"written": func(s *bucketStore, _ *toolboxtest.Rig) { s.put(t, "k", "new") },
		"deleted": func(s *bucketStore, _ *toolboxtest.Rig) { s.Call(t, "s3.delete", s.in(m{"key": "k"})) },
	} {
		s, r := meddled(t, func(r *http.Request) bool { return r.URL.Query().Has("partNumber") }, meddle)
		s.put(t, "k", "old")
		if _, err := r.Try(t.Context(), "s3.cp", m{"from": s.url("k"), "to": "back"}); !errors.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]string{}, r.Names(t)); diff != "" {
			t.Error(diff)
		}
	}
}

// An answer to s3.get is what was asked for.
func TestAnswersOfGetAreWhatWasAskedFor(t *testing.T) {
	c := newChanging(t)
	c.put(t, "small", []byte(strings.Repeat("0123456789", 30)))
	for name, tt := range map[string]struct {
		span   string
		change func(*http.Response)
	}{
		"the whole cut":         {"", get("", answer("0-1/300", 2))},
		"another range":         {"100-200", get("100-200", answer("0-1/300", 2))},
		"a range cut":           {"100-200", get("100-200", answer("100-101/300", 2))},
		"a range of less":       {"100-200", get("100-200", answer("100-200/300", 2))},
		"the whole for a range": {"100-200", get("100-200", answer("", 300))},
		"the wrong end":         {"-100", get("-100", answer("100-199/300", 100))},
		"a part without range":  {"100-200", get("100-200", header("Content-Range", ""))},
	} {
		c.change.Store(&tt.change)
		_, err := c.r.Try(t.Context(), "s3.get", c.in(ranged(tt.span)))
		if !errors.Is(err, fault.Endpoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tt := range map[string]struct {
		span   string
		change func(*http.Response)
		size   float64
	}{
		"all for a range of all": {"0-500", get("0-500", answer("", 300)), 300},
		"a range of all":         {"", get("", answer("0-299/300", 300)), 300},
		"nothing of nothing":     {"", get("", answer("", 0)), 0},
	} {
		c.change.Store(&tt.change)
		got, err := c.r.Try(t.Context(), "s3.get", c.in(ranged(tt.span)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if size := toolboxtest.AnswerOf(t, got)["size"]; size != tt.size {
			t.Errorf("%s: %v bytes", name, size)
		}
	}
}

func ranged(span string) m {
	in := m{"key": "small"}
	if span != "" {
		in["range"] = span
	}
	return in
}

// A version is the one that was asked for.
func TestVersionsAreThoseThatWereAskedFor(t *testing.T) {
	c := newChanging(t)
	c.versioned(t)
	c.put(t, "k", []byte("one"))
	head, err := c.client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &c.bucket, Key: ptr("k")})
	if err != nil {
		t.Fatal(err)
	}
	change := get("", header("X-Amz-Version-Id", "another"))
	c.change.Store(&change)
	_, err = c.r.Try(t.Context(), "s3.get", c.in(m{"key": "k", "version_id": *head.VersionId}))
	if !errors.Is(err, fault.Endpoint) {
		t.Errorf("err = %v", err)
	}
}

// What S3 says that it wrote is what was sent.
func TestWritesAreWhatWasSent(t *testing.T) {
	c := newChanging(t)
	for _, size := range []int{10, 9 << 20} {
		c.r.Write(t, "up", make([]byte, size))
		change := func(r *http.Response) {
			if r.Request.Method == http.MethodPut {
				r.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA==")
			}
		}
		c.change.Store(&change)
		for tool, in := range map[string]m{"s3.put": c.in(m{"key": "k", "from_file": "up"}), "s3.cp": {"from": "up", "to": c.url("other")}} {
			_, err := c.r.Try(t.Context(), tool, in)
			if f := fault.From(err); f == nil || f.Kind != fault.Endpoint || !f.OutcomeUnknown {
				t.Errorf("%s of %d bytes: %+v", tool, size, f)
			}
		}
		c.change.Store(nil)
	}
	for name, change := range map[string][2]string{
		"the number of parts": {"-2&#34;</ETag>", "-3&#34;</ETag>"},
		"the checksum":        {"<ChecksumCRC32>", "<ChecksumCRC32>AA"},
	} {
		changed := false
		replace := func(r *http.Response) {
			if r.Request.Method != http.MethodPost || !r.Request.URL.Query().Has("uploadId") {
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			altered := strings.Replace(string(body), change[0], change[1], 1)
			changed = altered != string(body)
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(altered)), int64(len(altered))
			r.Header.Set("Content-Length", strconv.Itoa(len(altered)))
		}
		c.change.Store(&replace)
		_, err := c.r.Try(t.Context(), "s3.put", c.in(m{"key": "k", "from_file": "up"}))
		if f := fault.From(err); !changed || f == nil || f.Kind != fault.Endpoint || !f.OutcomeUnknown {
			t.Errorf("%s: changed %v, %+v", name, changed, f)
		}
	}
}
