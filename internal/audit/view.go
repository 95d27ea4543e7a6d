package audit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// view is the log as it stood between two writes. Looking changes nothing.
type view struct {
	// parts are the log's files, the oldest first. The last is the one that is
	// written, if it is there.
	parts []part
	// foreign have the names of renamed files, but are something else.
	foreign []segment
	head    headState
	// beside is what is wrong with the head file itself.
	beside Beside
}

// part is a file of the log.
type part struct {
	path string
	// first is the number of its first record, 0 where that can't be read.
	first uint64
	// oldest: no other comes before it.
	oldest bool
	// file and size are of the file that is written; the others do not change
	// any more and are opened when they are needed.
	file *os.File
	size int64
}

// look takes a view of the log.
func (f *File) look(ctx context.Context) (*view, error) {
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	defer f.end()
	old, foreign, err := named(f.path)
	if err != nil {
		return nil, err
	}
	v := &view{foreign: foreign}
	for _, s := range old {
		v.parts = append(v.parts, part{path: s.path, first: s.first})
	}
	if v.head, v.beside, err = readHead(f.path); err != nil {
		return nil, err
	}
	if err := v.addCurrent(f.path); err != nil {
		return nil, err
	}
	if len(v.parts) > 0 {
		v.parts[0].oldest = true
	}
	return v, nil
}

// addCurrent opens the file that is written.
func (v *view) addCurrent(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return readFault(err, path)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return readFault(err, path)
	}
	p := part{path: path, file: file, size: info.Size()}
	if first, ok := firstRecord(file); ok {
		p.first = first.Seq
	}
	v.parts = append(v.parts, p)
	return nil
}

func (v *view) close() {
	for _, p := range v.parts {
		if p.file != nil {
			_ = p.file.Close()
		}
	}
}

// open gives the part's file and its size.
func (p part) open() (file *os.File, size int64, done func(), err error) {
	if p.file != nil {
		return p.file, p.size, func() {}, nil
	}
	if file, err = os.Open(p.path); err != nil {
		return nil, 0, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, 0, nil, err
	}
	return file, info.Size(), func() { _ = file.Close() }, nil
}

// name is the file's name without its folder.
func (p part) name() string { return filepath.Base(p.path) }
