package audit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// chain makes a file of n records and gives its path and its lines, each with
// its newline.
func chain(t *testing.T, n int) (path string, lines [][]byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	appendN(t, f, n)
	f.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

// rewrite replaces the log's text and its head, so that only the chain itself
// can show what was done.
func rewrite(t *testing.T, path string, data []byte) *audit.File {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	audit.PutHead(t, path)
	return open(t, path)
}

func TestVerifyFindsTampering(t *testing.T) {
	edit := func(line []byte, old, with string) []byte {
		return bytes.Replace(line, []byte(old), []byte(with), 1)
	}
	tests := map[string]struct {
		tamper func(l [][]byte) [][]byte
		line   int
		reason string
	}{
		"edited":            {func(l [][]byte) [][]byte { l[2] = edit(l[2], "claude", "nobody"); return l }, 3, "edited"},
		"hash edited":       {func(l [][]byte) [][]byte { l[2] = edit(l[2], `"hash":"`, `"hash":"0`); return l }, 3, "not a record"},
		"spaced":            {func(l [][]byte) [][]byte { l[2] = edit(l[2], `,"tool"`, `, "tool"`); return l }, 3, "edited"},
		"deleted":           {func(l [][]byte) [][]byte { return slices.Delete(l, 2, 3) }, 3, "missing"},
		"first deleted":     {func(l [][]byte) [][]byte { return l[1:] }, 1, "missing"},
		"swapped":           {func(l [][]byte) [][]byte { l[1], l[3] = l[3], l[1]; return l }, 2, "missing, or moved"},
		"repeated":          {func(l [][]byte) [][]byte { return slices.Insert(l, 3, l[2]) }, 4, "added"},
		"text inserted":     {func(l [][]byte) [][]byte { return slices.Insert(l, 3, []byte("x\n")) }, 4, "not a record"},
		"blank inserted":    {func(l [][]byte) [][]byte { return slices.Insert(l, 3, []byte("\n")) }, 4, "not a record"},
		"cut in the middle": {func(l [][]byte) [][]byte { l[2] = append(l[2][:150:150], '\n'); return l }, 4, "missing"},
		"replaced by its own chain": {func(l [][]byte) [][]byte {
			_, other := chain(t, 5)
			l[2] = other[2]
			return l
		}, 3, "replaced"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path, lines := chain(t, 5)
			f := rewrite(t, path, append(bytes.Join(tt.tamper(lines), nil), '\n'))
			appendN(t, f, 1) // what is appended later hides nothing
			r, err := f.Verify(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			if r.Bad == nil {
				t.Fatal("the chain passes")
			}
			if r.Bad.Line != tt.line || !strings.Contains(r.Bad.Reason, tt.reason) {
				t.Errorf("line %d: %s; want line %d: ...%s...", r.Bad.Line, r.Bad.Reason, tt.line, tt.reason)
			}
		})
	}
}

func TestVerifyHoldsAPin(t *testing.T) {
	path, lines := chain(t, 5)
	lines[4] = append(lines[4], '\n')
	f := open(t, path)
	head := verify(t, f, 5).Head
	appendN(t, f, 2)
	if r, err := f.Verify(t.Context(), head); err != nil || r.Bad != nil {
		t.Errorf("a pinned head that is further back now: %+v, %v", r.Bad, err)
	}
	f.Close()
	f = rewrite(t, path, bytes.Join(lines[:3], nil))
	verify(t, f, 3) // whole records cut off at the end can't be seen without a pin
	if r, err := f.Verify(t.Context(), head); err != nil || r.Bad == nil || !strings.Contains(r.Bad.Reason, "pinned") {
		t.Errorf("a pinned head that was cut off: %+v, %v", r.Bad, err)
	}
}

func TestReadingEndsWithTheContext(t *testing.T) {
	path, _ := chain(t, 2)
	f := open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Verify(ctx, ""); !errors.Is(err, fault.Canceled) {
		t.Errorf("Verify: got %v, want Canceled", err)
	}
	if _, err := f.List(ctx, audit.Filter{}); !errors.Is(err, fault.Canceled) {
		t.Errorf("List: got %v, want Canceled", err)
	}
}

func TestATornLineIsTerminatedAndVouchedFor(t *testing.T) {
	path, lines := chain(t, 4)
	last := bytes.TrimSuffix(lines[3], []byte("\n"))
	for cut := range len(last) + 1 {
		whole := bytes.Join(lines[:3], nil)
		f := rewrite(t, path, append(whole, last[:cut]...))
		next := appendN(t, f, 1)[0]
		switch {
		case cut == 0:
			if r := verify(t, f, 4); len(r.Crashes) > 0 || next.Torn != nil {
				t.Fatalf("cut at a line's end: %+v", r)
			}
		case cut == len(last):
			if r := verify(t, f, 5); len(r.Crashes) > 0 || next.Torn != nil {
				t.Fatalf("only the newline lost: %+v", r)
			}
		default:
			r := verify(t, f, 4)
			want := audit.Crash{File: "audit.jsonl", Line: 4, Bytes: int64(cut), Vouched: true}
			if len(r.Crashes) != 1 || r.Crashes[0] != want {
				t.Fatalf("cut at %d: %+v, want %+v", cut, r.Crashes, want)
			}
		}
		f.Close()
	}
}

func TestCrashesInARowAreOne(t *testing.T) {
	path, lines := chain(t, 3)
	torn := slices.Concat(lines[0], lines[1], lines[2][:90], []byte("\n"), lines[2][:40])
	f := rewrite(t, path, torn)
	if r := verify(t, f, 2); len(r.Crashes) != 1 || r.Crashes[0].Vouched {
		t.Errorf("before the repair: %+v", r.Crashes)
	}
	appendN(t, f, 2)
	r := verify(t, f, 4)
	if want := (audit.Crash{File: "audit.jsonl", Line: 3, Bytes: 131, Vouched: true}); len(r.Crashes) != 1 || r.Crashes[0] != want {
		t.Errorf("%+v, want %+v", r.Crashes, want)
	}
}

func TestATornLineCannotBeChangedLater(t *testing.T) {
	path, lines := chain(t, 3)
	f := rewrite(t, path, slices.Concat(lines[0], lines[1], lines[2][:200]))
	appendN(t, f, 1)
	f.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string][]byte{
		"edited":  bytes.Replace(data, lines[2][:200], append(lines[2][:199:199], 'x'), 1),
		"removed": bytes.Replace(data, append(lines[2][:200:200], '\n'), nil, 1),
	} {
		f := rewrite(t, path, with)
		if r, err := f.Verify(t.Context(), ""); err != nil || r.Bad == nil {
			t.Errorf("%s: the chain passes (%v)", name, err)
		}
		f.Close()
	}
}
