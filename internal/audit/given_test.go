package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
)

// deliver opens the log, writes n records and closes it, which brings the head to
// its witnesses.
func deliver(t *testing.T, path string, o audit.Options, n int) {
	t.Helper()
	f := openWith(t, path, o)
	appendN(t, f, n)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// witnessed is what verify says of the one witness.
func witnessed(t *testing.T, path string, o audit.Options) audit.Witnessed {
	t.Helper()
	f := openWith(t, path, o)
	defer f.Close()
	r, err := f.Verify(t.Context(), "")
	if err != nil || len(r.Witnesses) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	return r.Witnesses[0]
}

func TestAWitnessThatLostHeadsIsTold(t *testing.T) {
	tests := map[string]struct {
		harm func(t *testing.T, log, witness string)
		lost string
	}{
		"untouched": {func(*testing.T, string, string) {}, ""},
		"removed":   {func(t *testing.T, _, w string) { remove(t, w) }, "holds none"},
		"emptied":   {func(t *testing.T, _, w string) { write(t, w, nil) }, "holds none"},
		"its beginning cut off": {func(t *testing.T, _, w string) {
			_, rest, _ := bytes.Cut(read(t, w), []byte("\n"))
			write(t, w, rest)
		}, "head of record"},
		"its end cut off": {func(t *testing.T, _, w string) {
			lines := bytes.SplitAfter(read(t, w), []byte("\n"))
			write(t, w, bytes.Join(lines[:len(lines)-2], nil))
		}, "head of record 6"},
		"removed with the log": {func(t *testing.T, log, w string) { remove(t, w, log, log+".head") }, "holds none"},
	}
	for name, tt := range tests {
		for _, later := range []int{0, 2} {
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				log, witness := filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "heads.jsonl")
				o := audit.Options{Witnesses: []audit.Witness{audit.NewFileWitness(witness)}, WitnessEvery: time.Hour}
				for range 3 {
					deliver(t, log, o, 2)
				}
				tt.harm(t, log, witness)
				if later > 0 { // what is delivered later hides nothing
					deliver(t, log, o, later)
				}
				w := witnessed(t, log, o)
				if (w.Lost == "") != (tt.lost == "") || later == 0 && !strings.Contains(w.Lost, tt.lost) {
					t.Errorf("after %d more records: %+v, want %q", later, w, tt.lost)
				}
			})
		}
	}
}

func TestANewWitnessLostNothing(t *testing.T) {
	path, _ := chain(t, 3)
	o := audit.Options{Witnesses: []audit.Witness{audit.NewFileWitness(filepath.Join(filepath.Dir(path), "heads.jsonl"))}}
	if w := witnessed(t, path, o); w.Lost != "" || w.Problem != "" {
		t.Errorf("%+v", w)
	}
}

func TestTheFolderOfAWitnessIsNotMade(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	var told []error
	o := audit.Options{
		Witnesses: []audit.Witness{audit.NewFileWitness(filepath.Join(missing, "heads.jsonl"))}, WitnessEvery: time.Hour,
		Tell: func(err error) { told = append(told, err) },
	}
	log := filepath.Join(dir, "audit.jsonl")
	deliver(t, log, o, 1)
	if len(told) == 0 {
		t.Error("nothing was told")
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the directory was made")
	}
	if w := witnessed(t, log, o); !strings.Contains(w.Problem, "does not exist") {
		t.Errorf("%+v", w)
	}
}

func TestANoteOfWitnessesThatIsNoneIsAProblem(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "audit.jsonl")
	o := audit.Options{Witnesses: []audit.Witness{audit.NewFileWitness(filepath.Join(dir, "heads.jsonl"))}}
	deliver(t, log, o, 1)
	write(t, log+".witnessed", []byte("x"))
	if w := witnessed(t, log, o); !strings.Contains(w.Problem, "other content") {
		t.Errorf("%+v", w)
	}
}

// Notes that others can write say nothing that can be relied on.
func TestNotesOfWitnessesThatOthersCanWrite(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "audit.jsonl")
	o := audit.Options{Witnesses: []audit.Witness{audit.NewFileWitness(filepath.Join(dir, "heads.jsonl"))}}
	deliver(t, log, o, 1)
	if err := os.Chmod(log+".witnessed", 0o622); err != nil {
		t.Fatal(err)
	}
	if w := witnessed(t, log, o); !strings.Contains(w.Problem, "other users can write") {
		t.Errorf("%+v", w)
	}
}

func FuzzDecodeGiven(f *testing.F) {
	f.Add([]byte(`{"/log":{"/witness":{"first":{"seq":1,"hash":"a"},"last":{"seq":2,"hash":"b"},"count":2}}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if all, err := audit.DecodeGiven(text); err == nil && all == nil {
			t.Errorf("%q is read as nothing", text)
		}
	})
}
