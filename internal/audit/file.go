package audit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
)

// File is a chain of records in a local file. It is safe for concurrent use,
// and beside other processes that use the same file.
type File struct {
	path string
	// turn is held by the one goroutine that may use what stands below.
	turn chan struct{}
	lock *flock.Flock
	file *os.File
	info fs.FileInfo // of file, to see that path still leads to it
	tail tail
	// known says that tail is of this file as we left it.
	known bool
}

// Open opens or makes the file, readable by its owner only, and its folder.
// Errors are of kind Refused if anybody could put another file in its place,
// if others may write it, or if it is a link or no regular file; and of kind
// Invalid if it holds something else than records. The caller must Close it.
func Open(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, ioFault(err, "the folder of the audit file %s can't be made", path)
	}
	f := &File{path: path, turn: make(chan struct{}, 1), lock: flock.New(path + ".lock")}
	if err := f.begin(context.Background()); err != nil {
		return nil, err
	}
	defer f.end()
	err := f.catchUp()
	if err == nil && f.tail.seq == 0 && f.tail.torn != nil {
		err = f.checkStart()
	}
	if err != nil {
		_ = f.closeFile()
		return nil, err
	}
	return f, nil
}

// Close closes the file. Every record is already written.
func (f *File) Close() error {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	return f.closeFile()
}

func (f *File) closeFile() error {
	f.known = false
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

// Append writes r at the end of the chain and gives it back as written. The
// context bounds only the waiting for others who write; give one that outlives
// a cancelled call, or its After record may be lost. Errors are of kind
// Invalid if the input is not JSON, Canceled or Timeout if the wait ended, and
// Internal if the file can't be written.
func (f *File) Append(ctx context.Context, r Record) (Record, error) {
	file, err := f.append(ctx, &r)
	if err != nil {
		return Record{}, err
	}
	if r.Durable {
		// Out of turn, for others need not wait for the disk.
		if err := file.Sync(); err != nil {
			return Record{}, ioFault(err, "the audit file %s can't be synced", f.path)
		}
	}
	return r, nil
}

// Ready tells whether a record could be written now: that the file is there, is
// ours, and is not held by somebody else for as long as ctx allows.
func (f *File) Ready(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	defer f.end()
	return f.catchUp()
}

func (f *File) append(ctx context.Context, r *Record) (*os.File, error) {
	r.Input = digest(r.Input)
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	defer f.end()
	if err := f.catchUp(); err != nil {
		return nil, err
	}
	r.complete(f.tail)
	line, err := r.encode()
	if err != nil {
		return nil, err
	}
	if f.tail.open {
		line = append([]byte("\n"), line...)
	}
	if err := f.write(line); err != nil {
		return nil, err
	}
	f.tail = tail{head: head{r.Seq, r.Hash}, size: f.tail.size + int64(len(line))}
	return f.file, nil
}

// write adds a line in one call, and takes a part of it back: half a record is
// for crashes only.
func (f *File) write(line []byte) error {
	_, err := f.file.Write(line)
	if err == nil {
		return nil
	}
	f.known = false
	_ = f.file.Truncate(f.tail.size) // if this fails, the next append deals with a torn line
	return ioFault(err, "the audit file %s can't be written", f.path)
}

// begin waits for this goroutine's turn and for the lock between processes.
func (f *File) begin(ctx context.Context) error {
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return fault.From(ctx.Err())
	}
	ok, err := f.lock.TryLock()
	if err == nil && !ok {
		err = f.waitLock(ctx)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return fault.From(err) // the waiting goroutine gives the turn back
		}
	}
	if err != nil {
		<-f.turn
		return ioFault(err, "the lock beside the audit file %s can't be taken", f.path)
	}
	return nil
}

// waitLock takes the lock, or leaves behind a goroutine that lets go of it,
// and of the turn, as soon as it has it.
func (f *File) waitLock(ctx context.Context) error {
	got := make(chan error, 1)
	go func() { got <- f.lock.Lock() }()
	select {
	case err := <-got:
		return err
	case <-ctx.Done():
		go func() {
			if <-got == nil {
				_ = f.lock.Unlock()
			}
			<-f.turn
		}()
		return ctx.Err()
	}
}

func (f *File) end() {
	_ = f.lock.Unlock()
	<-f.turn
}

// catchUp brings tail to the file's end. It reads only what others wrote.
func (f *File) catchUp() error {
	now, err := os.Lstat(f.path)
	if f.file != nil && (err != nil || !os.SameFile(now, f.info)) {
		before := f.tail.head
		_ = f.file.Close()
		f.file = nil
		if err := f.reopen(); err != nil {
			return err
		}
		return f.readOn(before)
	}
	if f.file == nil {
		if err := f.reopen(); err != nil {
			return err
		}
		return f.readOn(head{})
	}
	if f.known && now.Size() == f.tail.size {
		return nil
	}
	if now.Size() < f.tail.size {
		return f.readOn(f.tail.head)
	}
	return f.readOn(head{})
}

// readOn reads the tail anew. If the chain there ends before what we wrote,
// records have been taken away: the next one follows ours all the same, so
// that the break shows.
func (f *File) readOn(ours head) error {
	info, err := f.file.Stat()
	if err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	f.tail, err = readTail(f.file, info.Size())
	if err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	if ours.seq > f.tail.seq {
		f.tail.head = ours
	}
	f.info, f.known = info, true
	return nil
}

// checkStart refuses a file that holds something else than records.
func (f *File) checkStart() error {
	start := make([]byte, min(f.tail.size, 64))
	if _, err := f.file.ReadAt(start, 0); err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	if !crashLeft(start, 1, "") {
		return fault.New(fault.Invalid, "%s holds something else than audit records", f.path).
			WithFix("name another file for the audit, or move this one away")
	}
	return nil
}
