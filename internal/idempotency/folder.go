package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

const (
	// retention is how long a call is remembered.
	retention = 24 * time.Hour
	// mostKeys bounds the keys of a token that are remembered at a time. A
	// further one is refused: forgetting an older one would let its call happen
	// twice.
	mostKeys = 10_000
	// sweepInterval is how often keys are removed that are past their time.
	sweepInterval = time.Hour
)

// Folder remembers keys in a folder that several processes may use: a file for
// each key, written before the call. A file holds digests, the call's id and how
// it ended; never the key, the input or the answer. A running call holds a lock on
// its file, so that one whose process died is told from one that runs. It is safe
// for concurrent use.
type Folder struct {
	dir   string
	clock func() time.Time

	mu    sync.Mutex
	swept time.Time
}

// OpenFolder uses the folder at dir, which need not exist yet. Clock may be nil
// for time.Now.
func OpenFolder(dir string, clock func() time.Time) *Folder {
	if clock == nil {
		clock = time.Now
	}
	return &Folder{dir: dir, clock: clock}
}

// claim is a key that this process holds for the call that it makes.
type claim struct {
	keys *Folder
	path string
	lock *flock.Flock
	Record
}

// Claim remembers a call by the key of its owner, durably, before it is made.
// Where the key is known already it gives what is known in place of a claim; a
// running call is one of a process that lives.
func (k *Folder) Claim(ctx context.Context, owner, key string, r Record) (Claim, *Record, error) {
	c, known, err := k.claim(ctx, owner, key, r)
	if c == nil {
		return nil, known, err
	}
	return c, nil, nil
}

func (k *Folder) claim(ctx context.Context, owner, key string, r Record) (*claim, *Record, error) {
	path := filepath.Join(k.dir, digest(owner)[:16], digest(owner+"\x00"+key))
	r.Stage, r.At = Running, k.clock().UTC()
	unlock, err := k.lock(ctx, filepath.Dir(path))
	if err != nil {
		return nil, nil, errUnkept(err)
	}
	defer unlock()
	known, err := k.known(path)
	if err != nil || known != nil {
		return nil, known, err
	}
	if err := k.makeRoom(filepath.Dir(path)); err != nil {
		return nil, nil, err
	}
	c := &claim{keys: k, path: path, Record: r}
	if err := c.store(); err != nil {
		return nil, nil, errUnkept(err)
	}
	c.lock = jsonfile.NewLock(path)
	if ok, err := c.lock.TryLock(); !ok || err != nil {
		return nil, nil, errUnkept(errors.Join(err, errors.New("the file of a new key is locked")))
	}
	return c, nil, nil
}

// Close implements Claim.
func (c *claim) Close(ctx context.Context, ended Stage) error {
	unlock, err := c.keys.lock(ctx, filepath.Dir(c.path))
	if err != nil {
		return errUnkept(err)
	}
	defer unlock()
	if ended == NotMade {
		err = os.Remove(c.path)
	} else {
		c.Stage = ended
		err = c.store()
	}
	if err = errors.Join(err, c.lock.Unlock()); err != nil {
		return errUnkept(err)
	}
	return nil
}

func (c *claim) store() error {
	text, err := json.Marshal(c.Record)
	if err != nil {
		return err
	}
	return jsonfile.Replace(c.path, text)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// lock keeps other processes from changing the keys, and makes their folder.
func (k *Folder) lock(ctx context.Context, dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := jsonfile.NewLock(filepath.Join(k.dir, ".lock"))
	if err := jsonfile.Hold(ctx, lock); err != nil {
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil
}

// known reads what is remembered at path; nil is nothing that still counts. A
// call whose process died in the middle is unknown.
func (k *Folder) known(path string) (*Record, error) {
	text, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errUnkept(err)
	}
	r, err := parseRecord(text)
	if err != nil {
		return nil, errUnkept(err)
	}
	held := false
	if r.Stage == Running {
		lock := jsonfile.NewLock(path)
		free, err := lock.TryLock()
		if err != nil {
			return nil, errUnkept(err)
		}
		if held = !free; free {
			r.Stage = Unknown
			_ = lock.Unlock()
		}
	}
	if !held && k.clock().Sub(r.At) > retention {
		return nil, nil
	}
	return &r, nil
}

// parseRecord reads what is remembered of a call.
func parseRecord(text []byte) (r Record, err error) {
	if err := json.Unmarshal(text, &r); err != nil {
		return r, err
	}
	if r.Digest == "" || r.Call == "" || r.At.IsZero() || r.Stage != Running && r.Stage != Done && r.Stage != Unknown {
		return r, errors.New("what was remembered of the call is not whole")
	}
	return r, nil
}

// makeRoom refuses a key where its owner has too many; those that are past their
// time are removed now and then.
func (k *Folder) makeRoom(dir string) error {
	full := func() bool { return len(namesIn(dir)) >= mostKeys }
	k.mu.Lock()
	late := k.clock().Sub(k.swept) >= sweepInterval
	k.mu.Unlock()
	if late || full() {
		k.sweep()
	}
	if full() {
		return fault.New(fault.Quota, "this token already has %d idempotency keys, the most that are kept", mostKeys).At(Header).
			WithFix("wait, because each is kept for %s, or use another token", retention)
	}
	return nil
}

func (k *Folder) sweep() {
	for _, owner := range namesIn(k.dir) {
		dir := filepath.Join(k.dir, owner)
		for _, name := range namesIn(dir) {
			path := filepath.Join(dir, name)
			if r, err := k.known(path); err == nil && r == nil {
				_ = os.Remove(path) // what cannot be removed now is next time
			}
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.swept = k.clock()
}

// namesIn lists a folder without hidden names.
func namesIn(dir string) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	all, _ := f.Readdirnames(-1)
	names := all[:0]
	for _, name := range all {
		if !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

// errUnkept is the fault of a key that cannot be remembered: its call is not made.
func errUnkept(err error) error {
	return fault.Wrap(err, fault.Internal, "the %s cannot be stored, so the call was not made", Header).
		WithCause("%v", err).WithFix("let this user write in the state directory of Hawser, and check for damaged files there")
}
