package audit

import (
	"os"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// catchUp brings tail to the file's end. It reads only what others wrote.
func (f *File) catchUp() error {
	now, err := os.Lstat(f.path)
	same := err == nil && f.file != nil && os.SameFile(now, f.info)
	if same && f.known && now.Size() == f.tail.size {
		return f.stillBeside()
	}
	if !same {
		if f.file != nil {
			_ = f.file.Close()
			f.file = nil
		}
		f.began = time.Time{}
		if err := f.reopen(); err != nil {
			return err
		}
	}
	return f.readOn(f.tail.head)
}

// stillBeside looks whether the head file is still the one that was written.
func (f *File) stillBeside() error {
	now, err := os.Lstat(headPath(f.path))
	if err == nil && f.headFile != nil && os.SameFile(now, f.headInfo) || f.tail.seq == 0 {
		return nil
	}
	return f.compare()
}

// readOn reads the tail anew. If the chain there ends before what we wrote, or
// before what the head file says, records have been taken away: the next one
// follows the last that was written all the same, so that the break shows.
func (f *File) readOn(ours head) error {
	f.known = false
	info, err := f.file.Stat()
	if err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	if f.tail, err = f.readEnd(f.file, info.Size()); err != nil {
		return err
	}
	if f.tail.seq > 0 && f.tail.format < format {
		if f.tail.latest, err = latestIn(f.file, info.Size()); err != nil {
			return ioFault(err, "the audit file %s can't be read", f.path)
		}
	}
	if err := f.compare(); err != nil {
		return err
	}
	if ours.seq > f.tail.seq {
		ours.latest = later(ours.latest, f.tail.latest)
		f.tail.head = ours
	}
	f.info, f.known = info, true
	return nil
}

// readEnd finds the chain's end in a file, or where that holds no record, in the
// newest of those before it.
func (f *File) readEnd(file *os.File, size int64) (tail, error) {
	t, err := readTail(file, size)
	if err != nil {
		return t, ioFault(err, "the audit file %s can't be read", f.path)
	}
	if t.seq > 0 {
		return t, nil
	}
	old, err := segments(f.path)
	if err != nil || len(old) == 0 {
		return t, err
	}
	newest := old[len(old)-1].path
	before, err := os.Open(newest)
	if err != nil {
		return t, ioFault(err, "the audit file %s can't be read", newest)
	}
	defer before.Close()
	info, err := before.Stat()
	if err != nil {
		return t, ioFault(err, "the audit file %s can't be read", newest)
	}
	end, err := readTail(before, info.Size())
	if err != nil {
		return t, ioFault(err, "the audit file %s can't be read", newest)
	}
	t.head, t.prev, t.format = end.head, end.prev, end.format
	return t, nil
}

// checkStart refuses a file that holds something else than records.
func (f *File) checkStart() error {
	start := make([]byte, min(f.tail.size, 64))
	if _, err := f.file.ReadAt(start, 0); err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	if !crashLeft(start, 1, "") {
		return fault.New(fault.Invalid, "%s contains something other than audit records", f.path).
			WithFix("use another file for the audit log, or move this one elsewhere")
	}
	return nil
}
