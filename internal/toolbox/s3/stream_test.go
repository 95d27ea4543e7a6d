package s3_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// piped calls a tool as a command line does, with standard input and output.
func piped(t *testing.T, s *bucketStore, name string, input m, in io.Reader) (string, error) {
	t.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = s.Registry.Call(t.Context(), tool.Request{
		Tool: name, Input: raw, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
		Stdio: &tool.Stdio{In: func(context.Context) io.Reader { return in }, Out: func() io.Writer { return &out }},
	})
	return out.String(), err
}

func TestStandardInputAndOutput(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		big := make([]byte, 17<<20+1)
		fillRandom(big)
		for name, content := range map[string]string{"empty": "", "small": "one\n", "big": string(big)} {
			// A reader that can't seek and does not know its length.
			if _, err := piped(t, s, "s3.cp", m{"from": "-", "to": s.url(name)}, io.MultiReader(strings.NewReader(content))); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for tool, input := range map[string]m{
				"s3.cp":  {"from": s.url(name), "to": "-"},
				"s3.get": {"bucket": s.bucket, "key": name, "to_file": "-"},
			} {
				if out, err := piped(t, s, tool, input, nil); err != nil || out != content {
					t.Errorf("%s by %s: %d bytes of %d, %v", name, tool, len(out), len(content), err)
				}
			}
		}
		if out, err := piped(t, s, "s3.get", m{"bucket": s.bucket, "key": "small", "to_file": "-", "range": "1-2"}, nil); err != nil || out != "ne" {
			t.Errorf("a range: %q, %v", out, err)
		}
		if out, err := piped(t, s, "s3.cp", m{"from": s.url("none"), "to": "-"}, nil); !errors.Is(err, fault.NotFound) || out != "" {
			t.Errorf("no object: %q, %v", out, err)
		}
	})
}

// Whoever has no standard input and output, such as an agent, is refused, also where a
// file has the name.
func TestDashNeedsStandardInputAndOutput(t *testing.T) {
	s := newStore(t, "awssim", toolboxtest.SimSettings(simtest.Start(t)))
	s.Write(t, "-", []byte("file"))
	for name, input := range map[string]m{
		"s3.cp":  {"from": "-", "to": s.url("k")},
		"s3.put": {"bucket": s.bucket, "key": "k", "from_file": "-"},
		"s3.get": {"bucket": s.bucket, "key": "k", "to_file": "-"},
	} {
		if _, err := s.Try(t.Context(), name, input); !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "standard input or output") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := tally(s.Call(t, "s3.cp", m{"from": "./-", "to": s.url("k")})); got != [3]float64{1, 0, 0} {
		t.Errorf("a file of the name: %v", got)
	}
}

func TestDashIsOneObject(t *testing.T) {
	s := newStore(t, "awssim", toolboxtest.SimSettings(simtest.Start(t)))
	for says, input := range map[string]m{
		"names no object":       {"from": "-", "to": s.url("dir/")},
		"can't be used":         {"from": s.url("k"), "to": "-", "include": []string{"*"}},
		"dry_run and -":         {"from": "-", "to": s.url("k"), "dry_run": true},
		"neither \"-\" nor \"-": {"from": "-", "to": "-"},
	} {
		if _, err := piped(t, s, "s3.cp", input, strings.NewReader("x")); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", input, err)
		}
	}
}

// brokenPipe fails after some bytes.
type brokenPipe struct{ left int }

func (b *brokenPipe) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errors.New("the writer failed")
	}
	n := min(len(p), b.left)
	b.left -= n
	return n, nil
}

// An input that breaks makes no object, and leaves no parts.
func TestBrokenStandardInputMakesNoObject(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, size := range []int{10, 20 << 20} {
			_, err := piped(t, s, "s3.cp", m{"from": "-", "to": s.url("k")}, &brokenPipe{size})
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "standard input cannot be read") {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
		if keys := s.keys(t, ""); len(keys) > 0 {
			t.Errorf("objects %v", keys)
		}
	})
}

// A copy of standard input asks before it replaces an object, as every copy does.
func TestStandardInputAsksBeforeItReplaces(t *testing.T) {
	s, _ := simStore(t)
	s.Call(t, "s3.put", m{"bucket": s.bucket, "key": "k", "body": "old"})
	registry, err := s.Registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	read, asked := strings.NewReader("new"), &toolboxtest.No{}
	for _, answer := range []tool.Confirmer{asked, &toolboxtest.Yes{}} {
		if string(s.content(t, "k")) != "old" || read.Len() != 3 {
			t.Error("something was read or written before the answer")
		}
		_, err = registry.Call(t.Context(), tool.Request{
			Tool: "s3.cp", Input: json.RawMessage(`{"from": "-", "to": "` + s.url("k") + `"}`), Confirm: answer,
			Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
			Stdio:  &tool.Stdio{In: func(context.Context) io.Reader { return read }},
		})
	}
	if got := asked.Question.Text; !strings.HasPrefix(got, "Overwrite s3://harbour/k (3 B") || !strings.Contains(got, "with standard input") {
		t.Errorf("asked %q", got)
	}
	if err != nil || string(s.content(t, "k")) != "new" {
		t.Errorf("after a yes: %q, %v", s.content(t, "k"), err)
	}
}

// content reads an object.
func (s *bucketStore) content(t *testing.T, key string) []byte {
	t.Helper()
	out, err := s.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
