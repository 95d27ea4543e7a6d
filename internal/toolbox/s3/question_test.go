package s3_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func setVersioning(t *testing.T, s *bucketStore, status types.BucketVersioningStatus) {
	t.Helper()
	if _, err := s.client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &s.bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	}); err != nil {
		t.Fatal(err)
	}
}

func TestOverwritingAnObjectIsAskedAbout(t *testing.T) {
	s, _ := simStore(t)
	in := m{"bucket": s.bucket, "key": "a", "body": "12345"}
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", in); got != "" {
		t.Errorf("a new object: asked %q", got)
	}
	want := "Overwrite s3://" + s.bucket + "/a (5 B, modified TIME UTC, and no versions are kept) with a text of 5 B in 111122223333, us-east-1?"
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", in); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	in["if_none_match"] = "*"
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", m{"bucket": s.bucket, "key": "b", "body": "1", "if_none_match": "*"}); got != "" {
		t.Errorf("with if_none_match: asked %q", got)
	}
	delete(in, "if_none_match")
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", in); got != "" {
		t.Errorf("in a bucket that keeps versions: asked %q", got)
	}
	setVersioning(t, s, types.BucketVersioningStatusSuspended)
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", in); !strings.Contains(got, "and so overwrite its version null (5 B, ") {
		t.Errorf("with versioning suspended: asked %q", got)
	}
}

func TestWhatCannotBeReadCountsAsOverwriting(t *testing.T) {
	for action, want := range map[string]string{
		"HeadObject":          "over an object that may be there (what is there could not be read: ",
		"GetBucketVersioning": "for good as far as is known (what is there could not be read: ",
	} {
		t.Run(action, func(t *testing.T) {
			s, sim := simStore(t)
			toolboxtest.Asks(t, s.Rig, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "1"})
			toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "s3", Action: action, Effect: awssim.DenyAccess})
			if got := toolboxtest.Asks(t, s.Rig, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "2"}); !strings.Contains(got, want) {
				t.Errorf("asked %q, want %q in it", got, want)
			}
		})
	}
}

func TestAnObjectIsLookedAtByTwoReads(t *testing.T) {
	s, sim := simStore(t)
	in := m{"bucket": s.bucket, "key": "a", "body": "1"}
	toolboxtest.Asks(t, s.Rig, "s3.put", in)
	before := sim.Count("")
	toolboxtest.Asks(t, s.Rig, "s3.put", in)
	if n := sim.Count("") - before; n != 3 {
		t.Errorf("%d calls, want two reads and the write", n)
	}
}

func TestDeletingSaysWhatIsLost(t *testing.T) {
	s, _ := simStore(t)
	toolboxtest.Asks(t, s.Rig, "s3.put", m{"bucket": s.bucket, "key": "a\u202eb", "body": "12345"})
	for _, tt := range []struct {
		in   m
		want string
	}{
		{m{"bucket": s.bucket, "key": "x? Delete nothing"}, `Delete "s3://` + s.bucket + `/x? Delete nothing", which is not there in 111122223333, us-east-1?`},
		{m{"bucket": s.bucket, "key": "none"}, "Delete s3://" + s.bucket + "/none, which is not there in 111122223333, us-east-1?"},
		{m{"bucket": s.bucket, "key": "a\u202eb"}, `Delete "s3://` + s.bucket + `/a\u202eb" for good (5 B, modified TIME UTC) in 111122223333, us-east-1?`},
	} {
		if got := toolboxtest.Asks(t, s.Rig, "s3.delete", tt.in); got != tt.want {
			t.Errorf("asked %q\nwant  %q", got, tt.want)
		}
	}
}

func TestACopyAsksOnceAboutWhatItOverwrites(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "site/a", []byte("one"))
	s.Write(t, "site/b", []byte("two"))
	s.Write(t, "site/c", []byte("three"))
	up := m{"from": "site", "to": s.url("site/")}
	if got := toolboxtest.Asks(t, s.Rig, "s3.cp", up); got != "" {
		t.Errorf("to an empty place: asked %q", got)
	}
	if got := toolboxtest.Asks(t, s.Rig, "s3.cp", up); got != "" {
		t.Errorf("of the same again: asked %q", got)
	}
	s.Write(t, "site/a", []byte("changed"))
	s.Write(t, "site/b", []byte("changed too"))
	url := s.url("site/")
	want := "Overwrite 2 objects for good (" + url + "a, " + url + "b) by a copy of site (18 B) to " + url + " in 111122223333, us-east-1?"
	if got := toolboxtest.Asks(t, s.Rig, "s3.cp", up); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	s.Write(t, "site/a", []byte("changed again"))
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	if got := toolboxtest.Asks(t, s.Rig, "s3.cp", up); got != "" {
		t.Errorf("to a bucket that keeps versions: asked %q", got)
	}
	s.Write(t, "site/c", []byte("mine"))
	want = "Overwrite 1 local file for good (site/c) by a copy of " + url + " (5 B) to site in 111122223333, us-east-1?"
	if got := toolboxtest.Asks(t, s.Rig, "s3.cp", m{"from": url, "to": "site"}); got != want {
		t.Errorf("over a local file: asked %q\nwant  %q", got, want)
	}
}

func TestACopyThatCannotBeMadeAsksNobody(t *testing.T) {
	s, _ := simStore(t)
	registry, err := s.Registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	p := new(toolboxtest.Yes)
	raw, _ := json.Marshal(m{"from": s.url("none"), "to": "here"})
	_, err = registry.Call(t.Context(), tool.Request{
		Tool: "s3.cp", Input: raw, Files: s.Files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
	if !errors.Is(err, fault.NotFound) || len(p.Asked) != 0 {
		t.Errorf("err = %v, asked %v", err, p.Asked)
	}
}

func TestTheLocalFileIsNamedAndLookedAtFirst(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "mine\u200b.txt", []byte("12345"))
	in := m{"bucket": s.bucket, "key": "a", "from_file": "mine\u200b.txt"}
	toolboxtest.Asks(t, s.Rig, "s3.put", in)
	if got := toolboxtest.Asks(t, s.Rig, "s3.put", in); !strings.Contains(got, ` with the file "mine\u200b.txt" (5 B) in `) {
		t.Errorf("asked %q", got)
	}
	registry, err := s.Registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	p := new(toolboxtest.Yes)
	for name, kind := range map[string]fault.Kind{"none.txt": fault.NotFound, "../out.txt": fault.Refused} {
		raw, _ := json.Marshal(m{"bucket": s.bucket, "key": "a", "from_file": name})
		_, err = registry.Call(t.Context(), tool.Request{
			Tool: "s3.put", Input: raw, Files: s.Files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
		})
		if !errors.Is(err, kind) || len(p.Asked) != 0 {
			t.Errorf("%s: err = %v, asked %v", name, err, p.Asked)
		}
	}
}

// A file that the system makes up while it is read has no size, and is not sent
// as an empty one.
func TestAFileWithoutASizeIsNotSent(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system has no /proc")
	}
	s, _ := simStore(t)
	files, err := files.User("", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Files = files
	if _, err := s.Try(t.Context(), "s3.put", m{"bucket": s.bucket, "key": "a", "from_file": "/proc/self/status"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("err = %v", err)
	}
}
