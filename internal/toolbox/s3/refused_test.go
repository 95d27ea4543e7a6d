package s3_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// ARNs for which there is no address are named before anybody is asked. The
// simulator is addressed by path.
func TestARNsWithoutAnAddress(t *testing.T) {
	const point = "arn:aws:s3:us-east-1:111122223333:accesspoint/ap"
	s, _ := simStore(t)
	for _, tt := range []struct {
		tool  string
		in    m
		field string
		fix   string
	}{
		{"s3.get", m{"bucket": "arn:aws:s3:::acme-web", "key": "k"}, "bucket", "acme-web"},
		{"s3.get", m{"bucket": point, "key": "k"}, "bucket", "path_style"},
		{"s3.list", m{"bucket": point}, "bucket", "path_style"},
		{"s3.put", m{"bucket": point, "key": "k", "body": "x"}, "bucket", "path_style"},
		{"s3.delete", m{"bucket": point, "key": "k"}, "bucket", "path_style"},
		{"s3.cp", m{"from": "s3://" + point + "/x", "to": "here"}, "from", "path_style"},
		{"s3.cp", m{"from": s.url(""), "to": "s3://" + point + "/x"}, "to", "path_style"},
	} {
		p := new(toolboxtest.Yes)
		_, err := toolboxtest.Guarded(t, s.Rig, p, tt.tool, tt.in)
		f := fault.From(err)
		if f == nil || f.Kind != fault.Invalid || f.Field != tt.field || !strings.Contains(f.Fix, tt.fix) || len(p.Asked) > 0 {
			t.Errorf("%s %v: %+v, asked %v", tt.tool, tt.in, f, p.Asked)
		}
	}
}

// Other services' endpoint rules refuse settings that can't be used together.
func TestSettingsWithoutAnAddress(t *testing.T) {
	settings := toolboxtest.SimSettings(simtest.Start(t))
	settings.FIPS = true
	if _, err := toolboxtest.New(t, settings).Try(t.Context(), "lambda.list", m{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("FIPS at an endpoint of one's own: %v", err)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", s.in(m{"key": "k", "body": "x"}))
		s.Write(t, "taken", []byte("mine"))
		outside := t.TempDir()
		if err := os.Symlink(outside, filepath.Join(s.Dir, "link")); err != nil {
			t.Fatal(err)
		}
		tests := map[string]struct {
			tool  string
			in    m
			want  fault.Kind
			field string
		}{
			"capitals in a bucket":     {"s3.list", m{"bucket": "Harbour"}, fault.Invalid, "bucket"},
			"bucket too short":         {"s3.get", m{"bucket": "ab", "key": "k"}, fault.Invalid, "bucket"},
			"bucket is an address":     {"s3.get", m{"bucket": "10.0.0.1", "key": "k"}, fault.Invalid, "bucket"},
			"bucket with a slash":      {"s3.delete", m{"bucket": "a/b", "key": "k"}, fault.Invalid, "bucket"},
			"bucket is a bad ARN":      {"s3.get", m{"bucket": "arn:aws:s3", "key": "k"}, fault.Invalid, "bucket"},
			"no such bucket":           {"s3.list", m{"bucket": "nowhere"}, fault.NotFound, ""},
			"no such key":              {"s3.get", m{"key": "none"}, fault.NotFound, ""},
			"no such key, to a file":   {"s3.get", m{"key": "none", "to_file": "new"}, fault.NotFound, ""},
			"a name no header has":     {"s3.put", m{"key": "k", "body": "b", "metadata": m{"ÿ\u009f": "v"}}, fault.Invalid, ""},
			"a value of two lines":     {"s3.put", m{"key": "k", "body": "b", "metadata": m{"a": "b\nc"}}, fault.Invalid, ""},
			"a type of two lines":      {"s3.put", m{"key": "k", "body": "b", "content_type": "a\nb"}, fault.Invalid, ""},
			"empty key":                {"s3.get", m{"key": ""}, fault.Invalid, "key"},
			"key too long":             {"s3.get", m{"key": strings.Repeat("k", 1025)}, fault.Invalid, "key"},
			"range backwards":          {"s3.get", m{"key": "k", "range": "9-2"}, fault.Invalid, "range"},
			"range past the end":       {"s3.get", m{"key": "k", "range": "5-9"}, fault.Invalid, ""},
			"range to file past it":    {"s3.get", m{"key": "k", "range": "5-9", "to_file": "new"}, fault.Invalid, "range"},
			"file exists":              {"s3.get", m{"key": "k", "to_file": "taken"}, fault.Conflict, ""},
			"file above":               {"s3.get", m{"key": "k", "to_file": "../new"}, fault.Refused, ""},
			"file through a link":      {"s3.get", m{"key": "k", "to_file": "link/new"}, fault.Refused, ""},
			"file absolute outside":    {"s3.get", m{"key": "k", "to_file": filepath.Join(outside, "new")}, fault.Refused, ""},
			"source above":             {"s3.put", m{"key": "n", "from_file": "../../etc/passwd"}, fault.Refused, ""},
			"source is not there":      {"s3.put", m{"key": "n", "from_file": "none"}, fault.NotFound, ""},
			"source is a directory":    {"s3.put", m{"key": "n", "from_file": "."}, fault.Invalid, ""},
			"body and file":            {"s3.put", m{"key": "n", "body": "x", "from_file": "taken"}, fault.Invalid, "body"},
			"neither body nor file":    {"s3.put", m{"key": "n"}, fault.Invalid, "body"},
			"unknown encryption":       {"s3.put", m{"key": "n", "body": "x", "sse": "rot13"}, fault.Invalid, "sse"},
			"key for the wrong method": {"s3.put", m{"key": "n", "body": "x", "sse": "AES256", "kms_key": "k"}, fault.Invalid, "kms_key"},
			"metadata of one name":     {"s3.put", m{"key": "n", "body": "x", "metadata": m{"Owner": "a", "owner": "b"}}, fault.Invalid, "metadata"},
			"delimiter on buckets":     {"s3.list", m{"bucket": nil, "delimiter": "/"}, fault.Invalid, "delimiter"},
			"unknown field":            {"s3.get", m{"key": "k", "to-file": "x"}, fault.Invalid, "to-file"},
			"wrong type":               {"s3.list", m{"limit": "ten"}, fault.Invalid, "limit"},
			"strange cursor":           {"s3.list", m{"cursor": "xyz"}, fault.Invalid, "cursor"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				_, err := s.Try(t.Context(), tt.tool, s.in(tt.in))
				f := fault.From(err)
				if f == nil || f.Kind != tt.want || (tt.field != "" && f.Field != tt.field) {
					t.Errorf("got %v (field %q), want %s about %q", err, f.Field, tt.want, tt.field)
				}
			})
		}
		if diff := cmp.Diff([]string{"link", "taken"}, s.Names(t)); diff != "" {
			t.Errorf("left behind: %s", diff)
		}
		if got := string(s.Read(t, "taken")); got != "mine" {
			t.Errorf("the file that existed holds %q", got)
		}
	})
}
