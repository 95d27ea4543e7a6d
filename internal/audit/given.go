package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hawser/hawser/internal/jsonfile"
)

// given is which heads one witness took. A witness that holds fewer has lost
// some; one that took none is new.
type given struct {
	First Head `json:"first"`
	Last  Head `json:"last"`
	// Count is how many heads it took of records that each came after all before.
	Count int `json:"count"`
}

// givenFile is the file with the heads that the witnesses of logs accepted, by the
// log's path and the witness's name. Several processes may use it.
type givenFile struct{ path string }

type givenTo map[string]map[string]given

func (g givenFile) file() jsonfile.File[givenTo] {
	return jsonfile.File[givenTo]{
		Path: g.path, Name: "notes of what witnesses took", Parse: decodeGiven, Remedy: "remove it, and what witnesses took until now is forgotten",
	}
}

// read gives what the file holds; nothing where it is not there.
func (g givenFile) read() (givenTo, error) {
	seen, err := g.file().Read(jsonfile.Seen[givenTo]{})
	return seen.Value, err
}

// decodeGiven reads the text of such a file.
func decodeGiven(text []byte) (givenTo, error) {
	all := givenTo{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	if all == nil {
		return nil, errors.New("it holds null")
	}
	return all, nil
}

// add notes that a witness took a head.
func (g givenFile) add(ctx context.Context, log, witness string, h Head) error {
	_, err := g.file().Change(ctx, func(all givenTo) (givenTo, error) {
		if all == nil {
			all = givenTo{}
		}
		if all[log] == nil {
			all[log] = map[string]given{}
		}
		all[log][witness] = all[log][witness].and(h)
		return all, nil
	})
	return err
}

// and is g after one more head. Processes that write side by side may bring
// theirs in another order than the records'; the older one is not counted.
func (g given) and(h Head) given {
	if g.Count > 0 && h.Seq <= g.Last.Seq {
		return g
	}
	if g.Count == 0 {
		g.First = h
	}
	g.Last, g.Count = h, g.Count+1
	return g
}

// lost says which heads a witness should hold and does not; nothing if it holds
// all.
func (g given) lost(heads []Head) string {
	if g.Count == 0 {
		return ""
	}
	first, last, held := false, false, map[uint64]bool{}
	for _, h := range heads {
		first = first || h.Seq == g.First.Seq && h.Hash == g.First.Hash
		last = last || h.Seq == g.Last.Seq && h.Hash == g.Last.Hash
		held[h.Seq] = true
	}
	switch {
	case len(heads) == 0:
		return fmt.Sprintf("it took %s, and holds none", countOf(g.Count, "head"))
	case !first:
		return fmt.Sprintf("it took the head of record %d, and does not hold it any more", g.First.Seq)
	case !last:
		return fmt.Sprintf("it took the head of record %d, and does not hold it any more", g.Last.Seq)
	case len(held) < g.Count:
		return fmt.Sprintf("it took %s, and holds only %d", countOf(g.Count, "head"), len(held))
	}
	return ""
}

// countOf is a number of things in words.
func countOf(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// givenFile is where this log notes what its witnesses took.
func (f *File) givenFile() givenFile {
	if f.options.Given != "" {
		return givenFile{f.options.Given}
	}
	return givenFile{f.path + ".witnessed"}
}

// logName is the log's name in the list.
func (f *File) logName() string {
	if path, err := filepath.Abs(f.path); err == nil {
		return path
	}
	return f.path
}
