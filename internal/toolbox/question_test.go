package toolbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
)

// person is somebody who is asked, and says yes.
type person struct{ asked []tool.Question }

func (p *person) Confirm(_ context.Context, q tool.Question) (bool, error) {
	p.asked = append(p.asked, q)
	return true, nil
}

// asks makes a call under the default guard and gives what a person was asked;
// "" where nobody was.
func asks(t *testing.T, r *rig, name string, input any) string {
	t.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := r.registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	p := new(person)
	result, err := registry.Call(t.Context(), tool.Request{
		Tool: name, Input: raw, Files: r.files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
	if err != nil && result == nil {
		t.Fatalf("%s %s: %v", name, raw, err)
	}
	switch len(p.asked) {
	case 0:
		if result.Effect == tool.Destroy {
			t.Errorf("%s %s destroyed and nobody was asked", name, raw)
		}
		return ""
	case 1:
		return times.ReplaceAllString(p.asked[0].Text, "TIME")
	}
	t.Fatalf("%s asked %d times", name, len(p.asked))
	return ""
}

// times are the moments in a question.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

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
	if got := asks(t, s.rig, "s3.put", in); got != "" {
		t.Errorf("a new object: asked %q", got)
	}
	want := "Overwrite s3://" + s.bucket + "/a (5 B, modified TIME, and no versions are kept) with a text of 5 B in 111122223333, us-east-1?"
	if got := asks(t, s.rig, "s3.put", in); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	in["if_none_match"] = "*"
	if got := asks(t, s.rig, "s3.put", m{"bucket": s.bucket, "key": "b", "body": "1", "if_none_match": "*"}); got != "" {
		t.Errorf("with if_none_match: asked %q", got)
	}
	delete(in, "if_none_match")
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	if got := asks(t, s.rig, "s3.put", in); got != "" {
		t.Errorf("in a bucket that keeps versions: asked %q", got)
	}
	setVersioning(t, s, types.BucketVersioningStatusSuspended)
	if got := asks(t, s.rig, "s3.put", in); !strings.HasPrefix(got, "Overwrite s3://") {
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
			asks(t, s.rig, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "1"})
			befall(t, sim, awssim.Fault{Service: "s3", Action: action, Effect: awssim.DenyAccess})
			if got := asks(t, s.rig, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "2"}); !strings.Contains(got, want) {
				t.Errorf("asked %q, want %q in it", got, want)
			}
		})
	}
}

func TestAnObjectIsLookedAtByTwoReads(t *testing.T) {
	s, sim := simStore(t)
	in := m{"bucket": s.bucket, "key": "a", "body": "1"}
	asks(t, s.rig, "s3.put", in)
	before := sim.Count("")
	asks(t, s.rig, "s3.put", in)
	if n := sim.Count("") - before; n != 3 {
		t.Errorf("%d calls, want two reads and the write", n)
	}
}

func TestDeletingSaysWhatIsLost(t *testing.T) {
	s, _ := simStore(t)
	asks(t, s.rig, "s3.put", m{"bucket": s.bucket, "key": "a\u202eb", "body": "12345"})
	for _, tt := range []struct {
		in   m
		want string
	}{
		{m{"bucket": s.bucket, "key": "x? Delete nothing"}, `Delete "s3://` + s.bucket + `/x? Delete nothing", which is not there in 111122223333, us-east-1?`},
		{m{"bucket": s.bucket, "key": "none"}, "Delete s3://" + s.bucket + "/none, which is not there in 111122223333, us-east-1?"},
		{m{"bucket": s.bucket, "key": "a\u202eb"}, `Delete "s3://` + s.bucket + `/a\u202eb" for good (5 B, modified TIME) in 111122223333, us-east-1?`},
	} {
		if got := asks(t, s.rig, "s3.delete", tt.in); got != tt.want {
			t.Errorf("asked %q\nwant  %q", got, tt.want)
		}
	}
}

func TestStoppingNamesTheInstances(t *testing.T) {
	r, sim := onSim(t)
	ids := runInstances(t, sim, "us-east-1", 1, "web-1")
	want := "Stop 1 instance: web-1 (" + ids[0] + ", running) in 111122223333, us-east-1?"
	if got := asks(t, r, "ec2.stop", m{"instance_ids": ids}); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	ids = runInstances(t, sim, "us-east-1", 2, "x\u200bx")
	if got := asks(t, r, "ec2.stop", m{"instance_ids": ids, "force": true}); !strings.HasPrefix(got, `Stop, without a shutdown, 2 instances: "x\u200bx" (`) {
		t.Errorf("asked %q", got)
	}
	befall(t, sim, awssim.Fault{Service: "ec2", Action: "DescribeInstances", Effect: awssim.DenyAccess})
	if got := asks(t, r, "ec2.stop", m{"instance_ids": ids}); !strings.HasPrefix(got, "Stop 2 instances: "+ids[0]+", "+ids[1]+" (what is there could not be read: ") {
		t.Errorf("asked %q", got)
	}
}

// The account that a question shows is found out, not assumed.
func TestTheAccountIsShown(t *testing.T) {
	sim := simtest.Start(t)
	settings := simSettings(sim)
	settings.Account = ""
	r := newRig(t, settings)
	ids := runInstances(t, sim, "us-east-1", 1, "web-1")
	if got := asks(t, r, "ec2.stop", m{"instance_ids": ids}); !strings.HasSuffix(got, " in 111122223333, us-east-1?") {
		t.Errorf("asked %q", got)
	}
}

func TestACopyAsksOnceAboutWhatItOverwrites(t *testing.T) {
	s, _ := simStore(t)
	s.write(t, "site/a", []byte("one"))
	s.write(t, "site/b", []byte("two"))
	s.write(t, "site/c", []byte("three"))
	up := m{"from": "site", "to": s.url("site/")}
	if got := asks(t, s.rig, "s3.cp", up); got != "" {
		t.Errorf("to an empty place: asked %q", got)
	}
	if got := asks(t, s.rig, "s3.cp", up); got != "" {
		t.Errorf("of the same again: asked %q", got)
	}
	s.write(t, "site/a", []byte("changed"))
	s.write(t, "site/b", []byte("changed too"))
	url := s.url("site/")
	want := "Overwrite 2 objects for good (" + url + "a, " + url + "b) by a copy of site to " + url + " in 111122223333, us-east-1?"
	if got := asks(t, s.rig, "s3.cp", up); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	s.write(t, "site/a", []byte("changed again"))
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	if got := asks(t, s.rig, "s3.cp", up); got != "" {
		t.Errorf("to a bucket that keeps versions: asked %q", got)
	}
	s.write(t, "site/c", []byte("mine"))
	want = "Overwrite 1 local file for good (site/c) by a copy of " + url + " to site in 111122223333, us-east-1?"
	if got := asks(t, s.rig, "s3.cp", m{"from": url, "to": "site"}); got != want {
		t.Errorf("over a local file: asked %q\nwant  %q", got, want)
	}
}

func TestACopyThatCannotBeMadeAsksNobody(t *testing.T) {
	s, _ := simStore(t)
	registry, err := s.registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	p := new(person)
	raw, _ := json.Marshal(m{"from": s.url("none"), "to": "here"})
	_, err = registry.Call(t.Context(), tool.Request{
		Tool: "s3.cp", Input: raw, Files: s.files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
	if !errors.Is(err, fault.NotFound) || len(p.asked) != 0 {
		t.Errorf("err = %v, asked %v", err, p.asked)
	}
}

func TestTheLocalFileIsNamedAndLookedAtFirst(t *testing.T) {
	s, _ := simStore(t)
	s.write(t, "mine\u200b.txt", []byte("12345"))
	in := m{"bucket": s.bucket, "key": "a", "from_file": "mine\u200b.txt"}
	asks(t, s.rig, "s3.put", in)
	if got := asks(t, s.rig, "s3.put", in); !strings.Contains(got, ` with the file "mine\u200b.txt" (5 B) in `) {
		t.Errorf("asked %q", got)
	}
	registry, err := s.registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	p := new(person)
	for name, kind := range map[string]fault.Kind{"none.txt": fault.NotFound, "../out.txt": fault.Refused} {
		raw, _ := json.Marshal(m{"bucket": s.bucket, "key": "a", "from_file": name})
		_, err = registry.Call(t.Context(), tool.Request{
			Tool: "s3.put", Input: raw, Files: s.files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
		})
		if !errors.Is(err, kind) || len(p.asked) != 0 {
			t.Errorf("%s: err = %v, asked %v", name, err, p.asked)
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
	s.files = files
	if _, err := s.try(t.Context(), "s3.put", m{"bucket": s.bucket, "key": "a", "from_file": "/proc/self/status"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("err = %v", err)
	}
}
