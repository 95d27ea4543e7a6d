package s3_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// layers writes the versions of a key in a bucket whose versioning ends suspended, from
// the oldest to the newest: null, an id, or a delete marker.
func layers(t *testing.T, s *bucketStore, key string, versions ...string) {
	t.Helper()
	for _, version := range versions {
		setVersioning(t, s, types.BucketVersioningStatusEnabled)
		if strings.HasPrefix(version, "null") {
			setVersioning(t, s, types.BucketVersioningStatusSuspended)
		}
		if strings.HasSuffix(version, "marker") {
			if _, err := s.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
				t.Fatal(err)
			}
		} else {
			s.put(t, key, version+"!")
		}
	}
	setVersioning(t, s, types.BucketVersioningStatusSuspended)
}

// lostNull reports whether the version null that layers wrote is gone.
func lostNull(t *testing.T, s *bucketStore, key string) bool {
	t.Helper()
	out, err := s.client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &s.bucket, Prefix: &key})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.Versions {
		if aws.ToString(v.Key) == key && aws.ToString(v.VersionId) == "null" && aws.ToInt64(v.Size) == 5 {
			return false
		}
	}
	return true
}

// What a bucket with suspended versioning holds under a key, and what each call then
// says; "" means that nobody is asked.
func TestSuspendedVersioning(t *testing.T) {
	for name, tt := range map[string]struct {
		versions          []string
		put, ifNew, del   string
		copied            string
		nullWasThereFirst bool
	}{
		"nothing": {del: "Delete NAME, which is not there in"},
		"null": {
			versions: []string{"null"}, nullWasThereFirst: true,
			put: "Overwrite NAME (5 B, modified TIME, and no versions are kept) with a text of 3 B in",
			del: "Delete NAME for good (5 B, modified TIME) in", copied: "Overwrite 1 object for good (NAME) by",
			ifNew: "FAILS",
		},
		"null below a version": {
			versions: []string{"null", "id"}, nullWasThereFirst: true,
			put: "Write NAME with a text of 3 B, and so overwrite its version null (5 B, modified TIME), which is not the current version, for good in",
			del: "Delete NAME (3 B, modified TIME, version ID, which is kept), and with it its version null (5 B, modified TIME) for good in", copied: "Overwrite 1 object for good (NAME) by",
			ifNew: "FAILS",
		},
		"null below a delete marker": {
			versions: []string{"null", "marker"}, nullWasThereFirst: true,
			put:   "Write NAME with a text of 3 B, and so overwrite its version null (5 B, modified TIME), which is not the current version, for good in",
			ifNew: "Write NAME with a text of 3 B, and so overwrite its version null (5 B, modified TIME), which is not the current version, for good in",
			del:   "Delete NAME, which is not there in", copied: "Overwrite 1 object for good (NAME) by",
		},
		"null below both": {
			versions: []string{"id", "null", "id", "marker"}, nullWasThereFirst: true,
			put:   "Write NAME with a text of 3 B, and so overwrite its version null (5 B, modified TIME), which is not the current version, for good in",
			ifNew: "Write NAME with a text of 3 B, and so overwrite its version null (5 B, modified TIME), which is not the current version, for good in",
			del:   "Delete NAME, which is not there in", copied: "Overwrite 1 object for good (NAME) by",
		},
		"no null": {
			versions: []string{"id", "id"},
			del:      "Delete NAME (3 B, modified TIME, version ID, and its versions are kept) in", ifNew: "FAILS",
		},
		"a delete marker called null": {versions: []string{"id", "null marker"}, del: "Delete NAME, which is not there in"},
		"a delete marker called null, below a version": {
			versions: []string{"id", "null marker", "id"},
			del:      "Delete NAME (3 B, modified TIME, version ID, and its versions are kept) in", ifNew: "FAILS",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for call, want := range map[string]string{"put": tt.put, "put if new": tt.ifNew, "delete": tt.del, "copy": tt.copied} {
				t.Run(call, func(t *testing.T) {
					s, _ := simStore(t)
					s.put(t, "site/ab", "a key that begins with the same letters")
					layers(t, s, "site/a", tt.versions...)
					if lostNull(t, s, "site/a") == tt.nullWasThereFirst {
						t.Fatal("the version null is not as the test wants it")
					}
					got := callOn(t, s, call, want == "FAILS")
					want = strings.ReplaceAll(want, "NAME", s.url("site/a"))
					if want == "FAILS" {
						want = ""
					}
					if !strings.HasPrefix(got, want) || want == "" && got != "" {
						t.Errorf("asked %q\nwant  %q", got, want)
					}
					silent := got == "" || strings.Contains(got, "which is not there")
					if tt.nullWasThereFirst && silent && lostNull(t, s, "site/a") {
						t.Error("the version null was lost without a word")
					}
				})
			}
		})
	}
}

// callOn makes a call about the key site/a and returns what a person was asked.
func callOn(t *testing.T, s *bucketStore, call string, fails bool) string {
	t.Helper()
	in := m{"bucket": s.bucket, "key": "site/a"}
	tool := "s3.put"
	switch call {
	case "put":
		in["body"] = "new"
	case "put if new":
		in["body"], in["if_none_match"] = "new", "*"
	case "delete":
		tool = "s3.delete"
	case "copy":
		s.Write(t, "site/a", []byte("new"))
		tool, in = "s3.cp", m{"from": "site", "to": s.url("site/")}
	}
	asked := new(toolboxtest.Yes)
	if _, err := toolboxtest.Guarded(t, s.Rig, asked, tool, in); (err != nil) != (fails && call == "put if new") {
		t.Errorf("err = %v", err)
	}
	if len(asked.Asked) == 0 {
		return ""
	}
	return versionID.ReplaceAllString(moment.ReplaceAllString(asked.Asked[0].Text, "TIME"), "version ID")
}

var (
	versionID = regexp.MustCompile(`version [\w-]{20,}`)
	moment    = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`)
)

// What can't be looked at counts as overwriting, but for if_none_match, if versioning
// itself can't be read.
func TestSuspendedVersioningThatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct {
		denied   []awssim.Fault
		versions []string
		call     string
		want     string
	}{
		"put, the version null unread":             {[]awssim.Fault{unread("HeadObject", 2)}, []string{"null", "marker"}, "put", "over a version null that may be there (what is there could not be read: "},
		"put if new, the version null unread":      {[]awssim.Fault{unread("HeadObject", 1)}, []string{"null", "marker"}, "put if new", "over a version null that may be there (what is there could not be read: "},
		"delete, the version null unread":          {[]awssim.Fault{unread("HeadObject", 2)}, []string{"null", "id"}, "delete", "and with it a version null that may be there (what is there could not be read: "},
		"put, versioning unread":                   {[]awssim.Fault{unread("GetBucketVersioning", 1)}, []string{"null", "marker"}, "put", "for good as far as is known (what is there could not be read: "},
		"put, versioning unread, nothing below":    {[]awssim.Fault{unread("GetBucketVersioning", 1)}, []string{"id"}, "put", ""},
		"put if new, versioning unread":            {[]awssim.Fault{unread("GetBucketVersioning", 1)}, []string{"null", "marker"}, "put if new", "for good as far as is known (what is there could not be read: "},
		"put if new, nothing can be read":          {[]awssim.Fault{unread("GetBucketVersioning", 1), unread("HeadObject", 1)}, nil, "put if new", ""},
		"put of a new object, nothing can be read": {[]awssim.Fault{unread("GetBucketVersioning", 1), unread("HeadObject", 2)}, nil, "put", "over a version null that may be there (what is there could not be read: "},
		"copy, versions unread":                    {[]awssim.Fault{unread("ListObjectVersions", 1)}, []string{"null", "marker"}, "copy", "as far as is known (what is there could not be read: "},
		"copy, versioning unread":                  {[]awssim.Fault{unread("GetBucketVersioning", 1)}, []string{"null", "marker"}, "copy", "Overwrite 1 object for good ("},
		"copy, versioning unread, nothing below":   {[]awssim.Fault{unread("GetBucketVersioning", 1)}, []string{"id"}, "copy", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, sim := simStore(t)
			layers(t, s, "site/a", tt.versions...)
			for _, fault := range tt.denied {
				toolboxtest.InstallFault(t, sim, fault)
			}
			if got := callOn(t, s, tt.call, false); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("asked %q, want %q in it", got, tt.want)
			}
		})
	}
}

// unread denies one call of an operation of S3.
func unread(action string, nth int) awssim.Fault {
	return awssim.Fault{Service: "s3", Action: action, Nth: nth, Times: 1, Effect: awssim.DenyAccess}
}
