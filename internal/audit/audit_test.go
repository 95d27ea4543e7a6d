package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

func open(t testing.TB, path string) *audit.File {
	t.Helper()
	f, err := audit.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func openWith(t testing.TB, path string, o audit.Options) *audit.File {
	t.Helper()
	f, err := audit.OpenWith(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// record is a typical one.
func record(i int) audit.Record {
	return audit.Record{
		ID: fmt.Sprintf("call-%06d", i), Phase: audit.After, Tool: "s3.put", Effect: "write", Door: "mcp",
		Actor: "claude", OnBehalfOf: "ada", Connection: "default", Account: "111122223333", Region: "eu-west-1",
		Input:   json.RawMessage(`{"bucket":"docs","key":"a/b/c.txt","content_type":"text/plain"}`),
		Outcome: audit.OK, DurationMS: 42,
	}
}

func appendN(t testing.TB, f *audit.File, n int) []audit.Record {
	t.Helper()
	var out []audit.Record
	for i := range n {
		r, err := f.Append(t.Context(), record(i))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// verify checks the chain and the number of its records.
func verify(t testing.TB, f *audit.File, records int) audit.Report {
	t.Helper()
	r, err := f.Verify(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Bad != nil {
		t.Fatalf("line %d, record %d: %s", r.Bad.Line, r.Bad.Seq, r.Bad.Reason)
	}
	if r.Records != uint64(records) {
		t.Fatalf("%d records, want %d", r.Records, records)
	}
	return r
}

func TestAppendIsReadBack(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "new", "audit.jsonl"))
	in := record(1)
	in.Time = time.Date(2026, 11, 22, 10, 0, 0, 5000, time.FixedZone("", 3600))
	in.Error = &audit.Failure{Kind: fault.Denied, Message: "no <access>"}
	in.Durable = true
	got, err := f.Append(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got.Seq != 1 || got.Prev != "" || len(got.Hash) != 64 {
		t.Errorf("got seq %d, prev %q, hash %q", got.Seq, got.Prev, got.Hash)
	}
	page, err := f.List(t.Context(), audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := in
	want.Time, want.Seq, want.Hash, want.Durable, want.Format = in.Time.UTC(), 1, got.Hash, false, 2
	if diff := cmp.Diff([]audit.Record{want}, page.Records); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheChainGoesOnAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	first := open(t, path)
	last := appendN(t, first, 3)[2]
	first.Close()
	second := open(t, path)
	next := appendN(t, second, 1)[0]
	if next.Seq != 4 || next.Prev != last.Hash {
		t.Errorf("record %d follows %s, want 4 after %s", next.Seq, next.Prev, last.Hash)
	}
	verify(t, second, 4)
}

func TestGoroutinesShareAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	files := []*audit.File{open(t, path), open(t, path)}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				if _, err := files[i%2].Append(t.Context(), record(j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	verify(t, files[0], 400)
}

func TestOversizedInputIsKeptAsItsDigest(t *testing.T) {
	key := audit.Key("an installation's own")
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{Key: key})
	r := record(1)
	r.Input = json.RawMessage(`"` + strings.Repeat("x", audit.MaxInput) + `"`)
	got, err := f.Append(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Omitted int    `json:"omitted_bytes"`
		HMAC    string `json:"hmac_sha256"`
	}
	if err := json.Unmarshal(got.Input, &kept); err != nil || kept.Omitted != audit.MaxInput+2 || kept.HMAC != key.Digest(r.Input) {
		t.Errorf("kept %s (%v)", got.Input, err)
	}
	verify(t, f, 1)
}

func TestCallsWithoutAnIDGetTheirOwn(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "audit.jsonl"))
	one, err := f.Append(t.Context(), audit.Record{Tool: "s3.list"})
	two, err2 := f.Append(t.Context(), audit.Record{Tool: "s3.list"})
	if err := errors.Join(err, err2); err != nil || one.ID == "" || one.ID == two.ID || one.Time.IsZero() {
		t.Errorf("ids %q and %q, time %v, %v", one.ID, two.ID, one.Time, err)
	}
}

func TestBadInputLeavesTheChainAlone(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "audit.jsonl"))
	appendN(t, f, 1)
	r := record(1)
	for _, input := range []string{`{"a":`, "{\"a\":\"\xff\"}"} {
		r.Input = json.RawMessage(input)
		if _, err := f.Append(t.Context(), r); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: got %v, want Invalid", input, err)
		}
	}
	appendN(t, f, 1)
	verify(t, f, 2)
}

func TestOpenRefusesWhatItCannotTrust(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("target"), nil, 0o600))
	must(os.Symlink(at("target"), at("link")))
	must(os.Mkdir(at("folder"), 0o700))
	must(os.WriteFile(at("shared"), nil, 0o600))
	must(os.Chmod(at("shared"), 0o666))
	must(os.Mkdir(at("open"), 0o700))
	must(os.Chmod(at("open"), 0o777))
	must(os.WriteFile(at("notes"), []byte("buy milk\n"), 0o600))
	must(os.WriteFile(at("json"), []byte("{\"a\":1}\n"), 0o600))
	tests := map[string]struct {
		path string
		want fault.Kind
	}{
		"a link":                         {at("link"), fault.Refused},
		"a folder":                       {at("folder"), fault.Refused},
		"a file that others write":       {at("shared"), fault.Refused},
		"in a folder that anybody fills": {filepath.Join(at("open"), "a"), fault.Refused},
		"somebody's notes":               {at("notes"), fault.Invalid},
		"other JSON":                     {at("json"), fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := audit.Open(tt.path); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	open(t, filepath.Join(dir, "audit.jsonl"))
	for name, want := range map[string]os.FileMode{"": 0o700, "audit.jsonl": 0o600, "audit.jsonl.lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: mode %v, want %v (%v)", name, info.Mode().Perm(), want, err)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "audit.jsonl"))
	unlock := audit.HoldLock(t, f)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := f.Append(ctx, record(1)); !errors.Is(err, fault.Timeout) {
		t.Errorf("got %v, want Timeout", err)
	}
	unlock()
	appendN(t, f, 1) // the abandoned wait gives its turn and its lock back
	verify(t, f, 1)
}

func TestARemovedFileShows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	appendN(t, f, 3)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := appendN(t, f, 1)[0]; got.Seq != 4 {
		t.Errorf("record %d, want 4: the chain goes on", got.Seq)
	}
	r, err := f.Verify(t.Context(), "")
	if err != nil || r.Bad == nil || r.Bad.Line != 1 || r.Bad.Seq != 4 {
		t.Errorf("got %+v, %v; want line 1 to be bad", r.Bad, err)
	}
}

func TestACutFileShowsToWhoWroteIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	appendN(t, f, 5)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	if err := os.Truncate(path, int64(len(lines[0])+len(lines[1]))); err != nil {
		t.Fatal(err)
	}
	appendN(t, f, 1)
	r, err := f.Verify(t.Context(), "")
	if err != nil || r.Bad == nil || r.Bad.Line != 3 || r.Bad.Seq != 6 {
		t.Errorf("got %+v, %v; want line 3 to be bad", r.Bad, err)
	}
}
