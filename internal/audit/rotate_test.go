package audit_test

import (
	"context"
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

func TestTheChainGoesOnAcrossFiles(t *testing.T) {
	s, o := build(t)
	f := openWith(t, s.path, o)
	r := verify(t, f, 40)
	if len(r.Files) != len(s.old)+1 || r.From != 0 {
		t.Errorf("files %v from %d", r.Files, r.From)
	}
	for _, path := range append(s.old, s.path) {
		if info, err := os.Stat(path); err != nil || info.Size() > 3500+700 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v (%v)", path, info, err)
		}
	}
	if w := r.Witnesses; len(w) != 1 || w[0].Heads == 0 || w[0].Newest != 40 {
		t.Errorf("witnesses %+v", w)
	}
}

func TestAnOldFileIsRenamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := openWith(t, path, audit.Options{MaxAge: 24 * time.Hour})
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10 {
		r := record(i)
		r.Time = start.Add(time.Duration(i) * 10 * time.Hour)
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Dir(path)
	want := []string{filepath.Join(dir, "audit-000000000001.jsonl"), filepath.Join(dir, "audit-000000000004.jsonl"), filepath.Join(dir, "audit-000000000007.jsonl")}
	if diff := cmp.Diff(want, audit.Segments(t, path)); diff != "" {
		t.Error(diff)
	}
	verify(t, f, 10)
}

func TestOnlySoManyFilesAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := openWith(t, path, audit.Options{MaxSize: 1200, Keep: 2})
	appendN(t, f, 30)
	old := audit.Segments(t, path)
	if len(old) != 2 {
		t.Fatalf("%d files are kept", len(old))
	}
	r, err := f.Verify(t.Context(), "")
	if err != nil || r.Bad != nil || r.From == 0 || r.HeadSeq != 30 || r.Records != 31-r.From {
		t.Errorf("%+v, %v", r, err)
	}
	remove(t, old[0]) // one more than the log says
	if r, err := f.Verify(t.Context(), ""); err != nil || r.Bad == nil {
		t.Errorf("a file too few passes: %+v, %v", r, err)
	}
}

// Only what rotation itself removed may be gone. A file that somebody removed is
// missed for good, also by the witness that holds its heads, and however many
// files are begun after it.
func TestAFileThatRotationDidNotRemoveIsMissedForGood(t *testing.T) {
	away := map[string]func(t *testing.T, paths ...string){
		"removed": remove,
		"renamed": func(t *testing.T, paths ...string) {
			for _, path := range paths {
				if err := os.Rename(path, path+".bak"); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	which := map[string]func(old []string) []string{
		"first": func(old []string) []string { return old[:1] }, "first two": func(old []string) []string { return old[:2] },
		"second": func(old []string) []string { return old[1:2] }, "newest": func(old []string) []string { return old[len(old)-1:] },
		"all": func(old []string) []string { return old },
	}
	for how, take := range away {
		for files, of := range which {
			for _, keep := range []int{0, 3, 99} {
				for _, witnessed := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s %s, keep %d, witness %v", files, how, keep, witnessed), func(t *testing.T) {
						s, o := build(t)
						o.Keep = keep
						if !witnessed {
							o.Witnesses = nil
						}
						f := openWith(t, s.path, o)
						if keep == 3 { // so that earlier files are gone by rotation
							appendN(t, f, 40)
						}
						take(t, of(audit.Segments(t, s.path))...)
						for range 6 {
							r, err := f.Verify(t.Context(), "")
							if err != nil || r.Bad == nil {
								t.Fatalf("the log passes: %+v, %v", r, err)
							}
							appendN(t, f, 10)
						}
					})
				}
			}
		}
	}
}

func TestARotationByAgeVouchesForNoFileThatIsMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := openWith(t, path, audit.Options{MaxAge: time.Hour})
	for i := range 6 {
		r := record(i)
		r.Time = time.Date(2026, 1, 1, 2*i, 0, 0, 0, time.UTC)
		if _, err := f.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			remove(t, audit.Segments(t, path)[0])
		}
	}
	r, err := f.Verify(t.Context(), "")
	if err != nil || r.Bad == nil || !strings.Contains(r.Bad.Reason, "record 1 is no longer in any file") {
		t.Errorf("%+v, %v", r.Bad, err)
	}
}

// A crash after the record that says what is kept leaves files that are to be
// removed: they are removed at the next rotation, and nothing is wrong.
func TestFilesThatACrashLeftToBeRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := openWith(t, path, audit.Options{MaxSize: 1200, Keep: 2})
	var gone []byte
	first := strings.TrimSuffix(path, ".jsonl") + "-000000000001.jsonl"
	for len(audit.Segments(t, path)) < 2 {
		appendN(t, f, 1)
	}
	gone = read(t, first)
	for {
		if _, err := os.Stat(first); err != nil {
			break
		}
		appendN(t, f, 1)
	}
	write(t, first, gone)
	if r, err := f.Verify(t.Context(), ""); err != nil || r.Bad != nil {
		t.Fatalf("%+v, %v", r.Bad, err)
	}
	appendN(t, f, 10)
	if old := audit.Segments(t, path); len(old) != 2 || old[0] == first {
		t.Errorf("%v are kept", old)
	}
	if r, err := f.Verify(t.Context(), ""); err != nil || r.Bad != nil {
		t.Errorf("%+v, %v", r.Bad, err)
	}
}

// A crash between the two steps of a rotation leaves no file that is written.
func TestACrashWhileRotating(t *testing.T) {
	s, o := build(t)
	data := read(t, s.path)
	// The last file's first record is the next to write: rename it by hand.
	first := 40 - len(bytesLines(data)) + 1
	if err := os.Rename(s.path, fmt.Sprintf("%s-%012d.jsonl", s.path[:len(s.path)-len(".jsonl")], first)); err != nil {
		t.Fatal(err)
	}
	f := openWith(t, s.path, o)
	verify(t, f, 40)
	if got := appendN(t, f, 1)[0]; got.Seq != 41 || got.Rotation == nil || got.Beside != "" {
		t.Errorf("%+v", got)
	}
	verify(t, f, 41)
}

func bytesLines(data []byte) (lines []int) {
	for i, b := range data {
		if b == '\n' {
			lines = append(lines, i)
		}
	}
	return lines
}

func TestGoroutinesRotateTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	o := audit.Options{MaxSize: 4000}
	files := []*audit.File{openWith(t, path, o), openWith(t, path, o), openWith(t, path, o)}
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for j := range 40 {
				if _, err := files[i%3].Append(t.Context(), record(j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	verify(t, files[0], 240)
}

func TestListGoesAcrossFilesWhileTheyAreRenamed(t *testing.T) {
	s, o := build(t)
	f := openWith(t, s.path, o)
	var got []uint64
	cursor := ""
	for {
		page, err := f.List(t.Context(), audit.Filter{Limit: 3, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, seqs(page.Records)...)
		appendN(t, f, 4)
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	var want []uint64
	for i := range uint64(40) {
		want = append(want, 40-i)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// broken is a place that takes nothing.
type broken struct{ wrong error }

func (broken) Name() string                                    { return "the broken place" }
func (b broken) Keep(_ context.Context, _ audit.Head) error    { return b.wrong }
func (b broken) Heads(_ context.Context) ([]audit.Head, error) { return nil, b.wrong }

func TestAWitnessThatFailsIsToldAndHoldsNoCall(t *testing.T) {
	var mu sync.Mutex
	var told []error
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{
		Witnesses: []audit.Witness{broken{errors.New("no route")}}, WitnessEvery: time.Hour,
		Tell: func(err error) { mu.Lock(); told = append(told, err); mu.Unlock() },
	})
	appendN(t, f, 3)
	r, err := f.Verify(t.Context(), "")
	if err != nil || r.Bad != nil || len(r.Witnesses) != 1 || r.Witnesses[0].Problem == "" {
		t.Errorf("%+v, %v", r, err)
	}
	f.Close()
	mu.Lock()
	defer mu.Unlock()
	if len(told) == 0 {
		t.Error("nothing was told")
	}
}

// TestANameThatIsTakenIsTold once, and the log goes on in the same file.
func TestANameThatIsTakenIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	taken := strings.TrimSuffix(path, ".jsonl") + "-000000000001.jsonl"
	if err := os.WriteFile(taken, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told []error
	f := openWith(t, path, audit.Options{MaxSize: 1200, Tell: func(err error) { told = append(told, err) }})
	appendN(t, f, 20)
	if len(told) != 1 || !errors.Is(told[0], fault.Conflict) || !strings.Contains(told[0].Error(), taken) {
		t.Errorf("told %v", told)
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "mine\n" {
		t.Errorf("the file that has the name holds %q, %v", text, err)
	}
	remove(t, taken)
	appendN(t, f, 20)
	if len(told) != 1 || len(audit.Segments(t, path)) == 0 {
		t.Errorf("told %v, and files %v", told, audit.Segments(t, path))
	}
}

// waiting is a witness whose first delivery lasts until it is ended.
type waiting struct {
	begun chan struct{}
	mu    sync.Mutex
	ended []error
}

func (*waiting) Name() string { return "the slow place" }

func (w *waiting) Keep(ctx context.Context, _ audit.Head) error {
	w.mu.Lock()
	first := len(w.ended) == 0
	w.mu.Unlock()
	if first {
		close(w.begun)
		<-ctx.Done()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, ctx.Err())
	return ctx.Err()
}

// TestClosingEndsADeliveryThatWaits: only the last head has the time that a witness gets.
func TestClosingEndsADeliveryThatWaits(t *testing.T) {
	w := &waiting{begun: make(chan struct{})}
	var told []error
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{Witnesses: []audit.Witness{w}, Tell: func(err error) { told = append(told, err) }})
	appendN(t, f, 1)
	<-w.begun
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if len(w.ended) != 2 || !errors.Is(w.ended[0], context.Canceled) || w.ended[1] != nil || len(told) > 0 {
		t.Errorf("deliveries ended with %v; told %v", w.ended, told)
	}
}
