package audit_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
)

// attackedLog is a log of several files beside its head, and a second place.
type attackedLog struct {
	path    string
	witness string
	old     []string
	head    string
}

// build writes 40 records into files of about eight, in options that say so.
func build(t *testing.T) (attackedLog, audit.Options) {
	t.Helper()
	dir := t.TempDir()
	s := attackedLog{path: filepath.Join(dir, "log", "audit.jsonl"), witness: filepath.Join(dir, "second", "heads.jsonl")}
	s.head = s.path + ".head"
	if err := os.Mkdir(filepath.Dir(s.witness), 0o700); err != nil {
		t.Fatal(err)
	}
	o := audit.Options{MaxSize: 3500, Witnesses: []audit.Witness{audit.NewFileWitness(s.witness)}, WitnessEvery: time.Hour}
	f := openWith(t, s.path, o)
	appendN(t, f, 40)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s.old = audit.Segments(t, s.path)
	if len(s.old) < 3 {
		t.Fatalf("%d renamed files", len(s.old))
	}
	return s, o
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// cutLast drops the last n lines.
func cutLast(data []byte, n int) []byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	return bytes.Join(lines[:len(lines)-1-n], nil)
}

// forge is a chain of n records of another story, whole in itself.
func forge(t *testing.T, n int) (log, head []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	appendN(t, f, n)
	return read(t, path), read(t, path+".head")
}

func TestAttacksOnTheLogFailVerification(t *testing.T) {
	both := "the second place alone shows it"
	tests := map[string]struct {
		attack func(t *testing.T, s attackedLog)
		needs  string
	}{
		"tail cut at a record's border": {func(t *testing.T, s attackedLog) { write(t, s.path, cutLast(read(t, s.path), 1)) }, ""},
		"tail cut within a record": {func(t *testing.T, s attackedLog) {
			data := cutLast(read(t, s.path), 1)
			write(t, s.path, data[:len(data)-20])
		}, ""},
		"emptied":                 {func(t *testing.T, s attackedLog) { write(t, s.path, nil) }, ""},
		"deleted":                 {func(t *testing.T, s attackedLog) { remove(t, s.path) }, ""},
		"deleted with the head":   {func(t *testing.T, s attackedLog) { remove(t, s.path, s.head) }, ""},
		"all files deleted":       {func(t *testing.T, s attackedLog) { remove(t, append(s.old, s.path)...) }, ""},
		"all and the head":        {func(t *testing.T, s attackedLog) { remove(t, append(s.old, s.path, s.head)...) }, both},
		"head deleted":            {func(t *testing.T, s attackedLog) { remove(t, s.head) }, ""},
		"head emptied":            {func(t *testing.T, s attackedLog) { write(t, s.head, nil) }, ""},
		"head is text":            {func(t *testing.T, s attackedLog) { write(t, s.head, []byte("x")) }, ""},
		"tail cut, head deleted":  {func(t *testing.T, s attackedLog) { write(t, s.path, cutLast(read(t, s.path), 1)); remove(t, s.head) }, ""},
		"first file deleted":      {func(t *testing.T, s attackedLog) { remove(t, s.old[0]) }, ""},
		"middle file deleted":     {func(t *testing.T, s attackedLog) { remove(t, s.old[1]) }, ""},
		"newest old file deleted": {func(t *testing.T, s attackedLog) { remove(t, s.old[len(s.old)-1]) }, ""},
		"old file cut":            {func(t *testing.T, s attackedLog) { write(t, s.old[1], cutLast(read(t, s.old[1]), 1)) }, ""},
		"old file emptied":        {func(t *testing.T, s attackedLog) { write(t, s.old[1], nil) }, ""},
		"old files swapped": {func(t *testing.T, s attackedLog) {
			a, b := read(t, s.old[0]), read(t, s.old[1])
			write(t, s.old[0], b)
			write(t, s.old[1], a)
		}, ""},
		"old file edited": {func(t *testing.T, s attackedLog) {
			write(t, s.old[1], bytes.Replace(read(t, s.old[1]), []byte("claude"), []byte("nobody"), 1))
		}, ""},
		"a stranger's file added": {func(t *testing.T, s attackedLog) {
			log, _ := forge(t, 3)
			write(t, strings.TrimSuffix(s.path, ".jsonl")+"-000000000099.jsonl", log)
		}, ""},
		"written anew in one file": {func(t *testing.T, s attackedLog) {
			remove(t, s.old...)
			log, _ := forge(t, 40)
			write(t, s.path, log)
		}, ""},
		"written anew, and longer": {func(t *testing.T, s attackedLog) {
			remove(t, s.old...)
			log, _ := forge(t, 50)
			write(t, s.path, log)
		}, ""},
		"head of another log": {func(t *testing.T, s attackedLog) {
			_, head := forge(t, 40)
			write(t, s.head, head)
		}, ""},
		"log and head written anew": {func(t *testing.T, s attackedLog) {
			remove(t, s.old...)
			log, head := forge(t, 40)
			write(t, s.path, log)
			write(t, s.head, head)
		}, both},
		"log and head cut alike": {func(t *testing.T, s attackedLog) {
			write(t, s.path, cutLast(read(t, s.path), 1))
			audit.PutHead(t, s.path)
		}, both},
	}
	for name, tt := range tests {
		for call, later := range map[string]struct{ records, keep int }{
			"looked at as it is": {}, "written on first": {3, 0},
			"written on over several files":                  {40, 0},
			"written on until all files of then are removed": {60, 2},
		} {
			if later.keep > 0 && tt.needs != "" {
				continue // a head is compared as long as its record is kept
			}
			t.Run(name+", "+call, func(t *testing.T) {
				s, o := build(t)
				tt.attack(t, s)
				if tt.needs == "" {
					o.Witnesses = nil
				}
				o.Keep = later.keep
				f := openWith(t, s.path, o)
				appendN(t, f, later.records)
				r, err := f.Verify(t.Context(), "")
				if err != nil {
					t.Fatal(err)
				}
				if r.Bad == nil {
					t.Fatalf("the log passes: %+v", r)
				}
			})
		}
	}
}

// TestVerifyChangesNothing looks at logs that need every repair.
func TestVerifyChangesNothing(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, s attackedLog){
		"whole": func(*testing.T, attackedLog) {},
		"torn":  func(t *testing.T, s attackedLog) { d := read(t, s.path); write(t, s.path, d[:len(d)-30]) },
		"no newline": func(t *testing.T, s attackedLog) {
			d := read(t, s.path)
			write(t, s.path, d[:len(d)-1])
		},
		"no head": func(t *testing.T, s attackedLog) { remove(t, s.head) },
	} {
		t.Run(name, func(t *testing.T) {
			s, o := build(t)
			f := openWith(t, s.path, o)
			damage(t, s)
			before := contents(t, filepath.Dir(s.path))
			if _, err := f.Verify(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			if after := contents(t, filepath.Dir(s.path)); after != before {
				t.Error("the log was changed")
			}
		})
	}
}

// contents is every file of a folder, in one text.
func contents(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.Name() + "\n")
		b.Write(read(t, filepath.Join(dir, e.Name())))
	}
	return b.String()
}

// A process that is killed between the record and the head leaves a head that
// lags by one record: that passes, and the next repairs it.
func TestAHeadMayLagByOneRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	appendN(t, f, 3)
	older := read(t, path+".head")
	appendN(t, f, 1)
	old := read(t, path+".head")
	f.Close()
	write(t, path+".head", older)
	f = open(t, path)
	verify(t, f, 4)
	if !bytes.Equal(read(t, path+".head"), old) {
		t.Error("the head was not repaired")
	}
	appendN(t, f, 1)
	verify(t, f, 5)
	f.Close()
	write(t, path+".head", older)
	if r, err := open(t, path).Verify(t.Context(), ""); err != nil || r.Bad == nil {
		t.Errorf("a head that lags by two passes: %+v, %v", r, err)
	}
}

func TestALogOfTheFirstVersionIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	body := strings.Replace(goodLine, goodLine[len(goodLine)-75:], "}", 1)
	write(t, path, fmt.Appendf(nil, "%s,\"hash\":\"%x\"}\n", body[:len(body)-1], sha256.Sum256([]byte(body))))
	f := open(t, path)
	if r, err := f.Verify(t.Context(), ""); err != nil || r.Bad != nil {
		t.Fatalf("%+v, %v", r.Bad, err)
	}
	appendN(t, f, 2)
	verify(t, f, 3)
	f.Close()
	remove(t, path+".head")
	if r, err := open(t, path).Verify(context.Background(), ""); err != nil || r.Bad == nil {
		t.Errorf("without its head it passes: %+v, %v", r, err)
	}
}
