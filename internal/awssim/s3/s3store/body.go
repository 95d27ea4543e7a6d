package s3store

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// A body of up to smallBody bytes stays in memory as long as all such bodies
// take no more than memoryBudget; others are files.
const (
	smallBody    = 256 << 10
	memoryBudget = 64 << 20
	bufferSize   = 256 << 10
)

// spool keeps bodies.
type spool struct {
	parent   string
	inMemory atomic.Int64
	buffers  sync.Pool

	mu  sync.Mutex
	dir string // made with the first file
}

// directory gives the folder of the files.
func (s *spool) directory() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.parent, "hawser-s3-")
		if err != nil {
			return "", err
		}
		s.dir = dir
	}
	return s.dir, nil
}

func (s *spool) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

func (s *spool) buffer() *[]byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, bufferSize)
	return &b
}

// blob is bytes that never change, held as long as someone has need of them.
type blob struct {
	spool *spool
	data  []byte // when path is empty
	path  string
	refs  atomic.Int64
}

func (b *blob) release() {
	switch left := b.refs.Add(-1); {
	case left > 0:
	case b.path == "":
		b.spool.inMemory.Add(-int64(len(b.data)))
	default:
		// A file that can't be removed goes with the folder.
		if err := os.Remove(b.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// piece is a stretch of a blob.
type piece struct {
	blob *blob
	from int64
	size int64
}

// Body is the bytes of an object or a part. Bodies share blobs, so that a copy
// and a completed multipart upload cost nothing.
type Body struct {
	Size   int64
	pieces []piece
}

// Retain keeps the blobs for one more user, who must Release.
func (b *Body) Retain() *Body {
	for _, p := range b.pieces {
		p.blob.refs.Add(1)
	}
	return b
}

// Release tells that a user is done with the body.
func (b *Body) Release() {
	if b == nil {
		return
	}
	for _, p := range b.pieces {
		p.blob.release()
	}
}

// Slice gives size bytes from an offset as a body of its own, not retained.
func (b *Body) Slice(from, size int64) *Body {
	out := &Body{Size: size}
	for _, p := range b.pieces {
		if from >= p.size {
			from -= p.size
			continue
		}
		n := min(p.size-from, size)
		if n <= 0 {
			break
		}
		out.pieces = append(out.pieces, piece{p.blob, p.from + from, n})
		from, size = 0, size-n
	}
	return out
}

// join gives bodies in a row as one, not retained.
func join(bodies []*Body) *Body {
	out := new(Body)
	for _, b := range bodies {
		out.Size += b.Size
		out.pieces = append(out.pieces, b.pieces...)
	}
	return out
}
