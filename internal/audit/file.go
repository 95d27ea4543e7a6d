package audit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

// File is a chain of records in a local file. It is safe for concurrent use,
// and beside other processes that use the same file.
type File struct {
	path string
	// turn is held by the one goroutine that may use the fields below.
	turn chan struct{}
	lock *flock.Flock
	file *os.File
	info fs.FileInfo // of file, to see that path still leads to it
	tail tail
	// known says that tail is of this file as we left it.
	known bool
	// began is the time of the file's first record, if it was needed.
	began time.Time
	// taken is the name that the file could not get when it was due.
	taken string
	// rotation is what the next record says of the files before this one.
	rotation *Rotation

	headFile *os.File
	headInfo fs.FileInfo

	options   Options
	witnesses *witnessing
}

// Options are what a log needs besides its path. The zero value keeps all in
// one file, and no heads elsewhere.
type Options struct {
	// Key is the installation's, for digests of what is too large to keep.
	Key Key
	// MaxSize in bytes and MaxAge bound a file: the record that would be written
	// behind the bound begins a new one. Zero means no bound.
	MaxSize int64
	MaxAge  time.Duration
	// Keep is how many files are kept besides the one that is written; 0 keeps
	// all.
	Keep int
	// Witnesses keep the log's head in other places, each at most once every
	// WitnessEvery, by default a minute, and at Close.
	Witnesses    []Witness
	WitnessEvery time.Duration
	// Given is the path of the file that notes which heads each witness accepted, to
	// distinguish a witness that lost them from a new one. By default it lies beside
	// the log; elsewhere it outlasts a log that is removed. Several logs may share it.
	Given string
	// Tell is called with an error that did not prevent a record from being written,
	// such as that of a witness that cannot be reached. It may be nil.
	Tell func(error)
}

func (o *Options) tell(err error) {
	if o.Tell != nil {
		o.Tell(err)
	}
}

// Open opens or makes the file, readable by its owner only, and its folder.
// Errors are of kind Refused if anybody could put another file in its place,
// if others may write it, or if it is a link or not a regular file; and of kind
// Invalid if it holds something else than records. The caller must Close it.
func Open(path string) (*File, error) { return OpenWith(path, Options{}) }

// OpenWith is Open with options.
func OpenWith(path string, options Options) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, ioFault(err, "the folder of the audit file %s can't be made", path)
	}
	f := &File{path: path, turn: make(chan struct{}, 1), lock: jsonfile.NewLock(path + ".lock"), options: options}
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
	f.witnesses = newWitnessing(options, func(ctx context.Context, witness string, h Head) error {
		return f.givenFile().add(ctx, f.logName(), witness, h)
	})
	return f, nil
}

// Close brings the last head to the witnesses and closes the file. Every record
// is already written.
func (f *File) Close() error {
	f.witnesses.close()
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	return f.closeFile()
}

func (f *File) closeFile() error {
	f.known = false
	f.closeHead()
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

// Ready reports whether a record could be written now: that the file is there, is
// ours, and is not held by somebody else for as long as ctx allows.
func (f *File) Ready(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	defer f.end()
	return f.catchUp()
}

func (f *File) append(ctx context.Context, r *Record) (*os.File, error) {
	r.Input = digest(r.Input, f.options.Key)
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	defer f.end()
	if err := f.catchUp(); err != nil {
		return nil, err
	}
	now := r.Time
	if now.IsZero() {
		now = time.Now()
	}
	if err := f.rotate(now); err != nil {
		return nil, err
	}
	r.complete(f.tail)
	r.Rotation, r.KeyID = f.rotation, ""
	if len(r.Input) > 0 {
		r.KeyID = f.options.Key.ID()
	}
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
	before := f.tail
	f.tail = tail{head: head{r.Seq, r.Hash, r.upTo()}, size: before.size + int64(len(line)), prev: r.Prev, format: format}
	if err := f.putHead(); err != nil {
		f.tail, f.known = before, false
		_ = f.file.Truncate(before.size) // if this fails, the head lags by one record
		return nil, err
	}
	f.prune()
	f.witnesses.note(Head{Seq: r.Seq, Hash: r.Hash, Time: r.Time})
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
	err := jsonfile.Hold(ctx, f.lock)
	if err == nil {
		return nil
	}
	<-f.turn
	if known := (*fault.Error)(nil); errors.As(err, &known) {
		return known
	}
	return ioFault(err, "the lock beside the audit file %s can't be taken", f.path)
}

func (f *File) end() {
	_ = f.lock.Unlock()
	<-f.turn
}
