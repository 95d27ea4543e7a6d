package audit

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// Head names a record of the log, as a witness keeps it. Whoever has it can tell
// later whether everything up to that record is as it was.
type Head struct {
	Seq  uint64    `json:"seq"`
	Hash string    `json:"hash"`
	Time time.Time `json:"time"`
}

// Witness is a second place that keeps heads of one log. It must be safe for
// concurrent use.
type Witness interface {
	// Name is the place, for messages.
	Name() string
	// Keep adds a head to those kept.
	Keep(ctx context.Context, h Head) error
}

// Recaller is a witness that can be read as well.
type Recaller interface {
	Witness
	// Heads gives every head that was kept. An error means that they could not
	// be read, never that there are none.
	Heads(ctx context.Context) ([]Head, error)
}

const (
	// witnessEvery is how often a head goes to the witnesses at most.
	witnessEvery = time.Minute
	// witnessTime bounds one delivery to one witness.
	witnessTime = 5 * time.Second
)

// witnessing brings heads to witnesses, away from the calls.
type witnessing struct {
	options Options
	every   time.Duration
	// given notes that a witness took a head.
	given func(ctx context.Context, witness string, h Head) error

	mu     sync.Mutex
	head   Head // the newest
	kept   Head // the last that was brought
	timer  *time.Timer
	closed bool

	// running is held while heads are brought.
	running sync.Mutex
	// open ends when the log is closed, and with it a delivery that waits: the last
	// one replaces it.
	open context.Context
	stop context.CancelFunc
}

func newWitnessing(o Options, given func(ctx context.Context, witness string, h Head) error) *witnessing {
	w := &witnessing{options: o, every: o.WitnessEvery, given: given}
	w.open, w.stop = context.WithCancel(context.Background())
	if w.every <= 0 {
		w.every = witnessEvery
	}
	return w
}

// note takes in the newest head. The first is brought at once, the next not
// before the pause is over.
func (w *witnessing) note(h Head) {
	if len(w.options.Witnesses) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.head = h
	if w.timer == nil && !w.closed {
		w.timer = time.AfterFunc(0, w.bringOpen)
	}
}

// bringOpen is bring until the log is closed.
func (w *witnessing) bringOpen() { w.bring(w.open) }

// bring gives the newest head to every witness, and tells which did not take it.
func (w *witnessing) bring(ctx context.Context) {
	w.running.Lock()
	defer w.running.Unlock()
	w.mu.Lock()
	h := w.head
	again := h != w.kept
	w.kept = h
	switch {
	case w.closed:
	case again:
		w.timer = time.AfterFunc(w.every, w.bringOpen)
	default:
		w.timer = nil // the next record begins anew
	}
	w.mu.Unlock()
	if again && !w.deliver(ctx, h) {
		w.mu.Lock()
		w.kept = Head{} // tried again after the pause
		w.mu.Unlock()
	}
}

// deliver reports whether every witness took the head. It does not tell of those that
// ctx ended.
func (w *witnessing) deliver(ctx context.Context, h Head) bool {
	var failed atomic.Bool
	var all sync.WaitGroup
	for _, witness := range w.options.Witnesses {
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, witnessTime)
			defer cancel()
			if err := parallel.Safely(func() error { return witness.Keep(limited, h) }); err != nil {
				failed.Store(true)
				if ctx.Err() != nil {
					return
				}
				w.options.tell(fault.Wrap(err, fault.Internal, "the head of the audit log, record %d, was not kept in %s", h.Seq, witness.Name()).
					WithCause("%v", err).WithFix("%s", fault.From(err).Fix))
				return
			}
			noting, cancelNoting := context.WithTimeout(context.WithoutCancel(ctx), witnessTime) // what it took is always noted
			defer cancelNoting()
			if err := w.given(noting, witness.Name(), h); err != nil {
				w.options.tell(err)
			}
		})
	}
	all.Wait()
	return !failed.Load()
}

// close brings what was not brought yet.
func (w *witnessing) close() {
	w.mu.Lock()
	if w.timer != nil {
		w.timer.Stop()
	}
	closed := w.closed
	w.closed = true
	w.mu.Unlock()
	w.stop()
	if !closed && len(w.options.Witnesses) > 0 {
		w.bring(context.Background())
	}
}

// FileWitness keeps heads in a file, one line of JSON each, by appending.
type FileWitness struct{ path string }

// NewFileWitness keeps heads in the file at path, which is made when it is first
// needed; its folder is not, since that may be a disk that is not mounted. It
// should lie where who writes the log cannot write.
func NewFileWitness(path string) FileWitness { return FileWitness{path} }

// Name is the path.
func (w FileWitness) Name() string { return w.path }

// Keep appends a line in one call.
func (w FileWitness) Keep(_ context.Context, h Head) error {
	line, err := json.Marshal(h)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the head cannot be written as JSON")
	}
	if err := w.folder(); err != nil {
		return err
	}
	if err := refuse(w.path); err != nil {
		return err
	}
	file, err := w.open(os.O_WRONLY | os.O_CREATE | os.O_APPEND)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return ioFault(err, "%s can't be written", w.path)
	}
	return nil
}

// open opens the file, which must be a regular one. It does not wait for the other
// end of a pipe.
func (w FileWitness) open(flag int) (*os.File, error) {
	file, err := os.OpenFile(w.path, flag|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, ioFault(err, "%s can't be opened", w.path)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = ioFault(err, "%s can't be read", w.path)
	case !info.Mode().IsRegular():
		err = fault.New(fault.Refused, "the audit file %s is not a regular file", w.path).WithFix("use a regular file for the audit log")
	default:
		return file, nil
	}
	return nil, errors.Join(err, file.Close())
}

// folder tells if the file's folder is not there.
func (w FileWitness) folder() error {
	dir := filepath.Dir(w.path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "the directory %s of the audit log's witness does not exist", dir).
			WithFix("mount or create the directory, or name another path in audit.witness")
	case err != nil:
		return ioFault(err, "the folder %s of the audit log's witness can't be read", dir)
	case !info.IsDir():
		return fault.New(fault.Invalid, "%s is not a directory, and the path of the audit log's witness is in it", dir).
			WithFix("name another path in audit.witness")
	}
	return nil
}

// Heads reads every line. A file that is not there yet in its folder holds none.
func (w FileWitness) Heads(ctx context.Context) ([]Head, error) {
	if err := w.folder(); err != nil {
		return nil, err
	}
	file, err := w.open(os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var heads []Head
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if ctx.Err() != nil {
			return nil, fault.From(ctx.Err())
		}
		h, err := decodeWitness(lines.Bytes())
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "line %d of %s is not a head of an audit log", len(heads)+1, w.path)
		}
		heads = append(heads, h)
	}
	if err := lines.Err(); err != nil {
		return nil, ioFault(err, "%s can't be read", w.path)
	}
	return heads, nil
}

// decodeWitness reads a line that Keep wrote.
func decodeWitness(line []byte) (h Head, err error) {
	if err := json.Unmarshal(line, &h); err != nil {
		return h, fault.Wrap(err, fault.Invalid, "this is not a head of an audit log")
	}
	if sum, err := hex.DecodeString(h.Hash); err != nil || len(sum) != hashSize/2 || h.Seq == 0 {
		return h, fault.New(fault.Invalid, "this is not a head of an audit log")
	}
	return h, nil
}
