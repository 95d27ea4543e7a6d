package s3store

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
)

// Received is a body that has been read whole and belongs to no object yet.
type Received struct {
	Body *Body
	// MD5 is the sum of the bytes.
	MD5 [md5.Size]byte
	// Checksum is over the whole body.
	Checksum Checksum
}

// ETag is the entity tag of an object put in one piece, without quotes.
func (r *Received) ETag() string { return hex.EncodeToString(r.MD5[:]) }

// Receive reads a body to its end, keeps it and sums it up. size is what the
// sender announced, -1 for unknown; limit is the most that is accepted. It
// fails with EntityTooLarge past that, and otherwise only as r or the disk do.
// Release the body if it is not stored in the end.
func (s *Store) Receive(r io.Reader, size, limit int64, a Algorithm) (*Received, error) {
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	in := newIntake(a)
	body, err := s.keep(io.LimitReader(r, limit+1), size, in)
	if err != nil {
		return nil, err
	}
	if body.Size > limit {
		body.Release()
		return nil, tooLarge(body.Size, limit)
	}
	return in.received(body), nil
}

// Sum reads a body that is held and gives it with its sums, retained.
func (s *Store) Sum(b *Body, a Algorithm) (*Received, error) {
	in := newIntake(a)
	r := b.Open(0, b.Size)
	buf := s.spool.buffer()
	defer s.spool.buffers.Put(buf)
	_, err := io.CopyBuffer(in, struct{ io.Reader }{r}, *buf)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return in.received(b.Retain()), nil
}

func tooLarge(size, limit int64) error {
	return fail(EntityTooLarge, "", "ProposedSize", decimal(size), "MaxSizeAllowed", decimal(limit))
}

// intake sums up bytes as they come in.
type intake struct {
	md5       hash.Hash
	sum       hash.Hash // nil where the algorithm is none, or MD5
	algorithm Algorithm
}

func newIntake(a Algorithm) *intake {
	in := &intake{md5: md5.New(), algorithm: a}
	if a != MD5 {
		in.sum = a.newHash()
	}
	return in
}

// Write follows io.Writer and never fails.
func (in *intake) Write(p []byte) (int, error) {
	in.md5.Write(p)
	if in.sum != nil {
		in.sum.Write(p)
	}
	return len(p), nil
}

func (in *intake) received(b *Body) *Received {
	out := &Received{Body: b, Checksum: Checksum{Algorithm: in.algorithm}}
	in.md5.Sum(out.MD5[:0])
	switch {
	case in.algorithm == MD5:
		out.Checksum.Value = base64.StdEncoding.EncodeToString(out.MD5[:])
	case in.sum != nil:
		out.Checksum.Value = base64.StdEncoding.EncodeToString(in.sum.Sum(nil))
	}
	return out
}

// keep holds what r gives, in memory while it is small.
func (s *Store) keep(r io.Reader, size int64, in *intake) (*Body, error) {
	if size == 0 {
		// The end must be read all the same: only there is a signature proven.
		if n, err := io.Copy(io.Discard, r); err != nil || n == 0 {
			return &Body{}, err
		}
		return nil, fail(IncompleteBody, "")
	}
	if size > smallBody || s.spool.inMemory.Load() > memoryBudget {
		return s.keepFile(r, nil, in)
	}
	head, err := readHead(r, size)
	if err != nil {
		return nil, err
	}
	if len(head) > smallBody {
		return s.keepFile(r, head, in)
	}
	in.Write(head) //nolint:errcheck // an intake never fails
	b := &blob{spool: s.spool, data: head}
	b.refs.Store(1)
	s.spool.inMemory.Add(int64(len(head)))
	return &Body{Size: int64(len(head)), pieces: []piece{{b, 0, int64(len(head))}}}, nil
}

// readHead reads r to its end, or some way past smallBody. The slice has no
// more room than it needs where the size was told.
func readHead(r io.Reader, size int64) ([]byte, error) {
	if size > 0 {
		head := make([]byte, size)
		n, err := io.ReadFull(r, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if int64(n) < size {
			return nil, fail(IncompleteBody, "")
		}
		if extra, err := io.Copy(io.Discard, r); err != nil {
			return nil, err
		} else if extra > 0 {
			return nil, fail(IncompleteBody, "")
		}
		return head, nil
	}
	var buf bytes.Buffer
	_, err := io.Copy(&buf, io.LimitReader(r, smallBody+1))
	return buf.Bytes(), err
}

// keepFile writes head and the rest of r to a file.
func (s *Store) keepFile(r io.Reader, head []byte, in *intake) (*Body, error) {
	dir, err := s.spool.directory()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "body-")
	if err != nil {
		return nil, err
	}
	buf := s.spool.buffer()
	defer s.spool.buffers.Put(buf)
	out := io.MultiWriter(in, f)
	_, err = out.Write(head)
	var n int64
	if err == nil {
		// The bare interfaces keep CopyBuffer from going round the buffer.
		n, err = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{r}, *buf)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	b := &blob{spool: s.spool, path: f.Name()}
	b.refs.Store(1)
	size := n + int64(len(head))
	return &Body{Size: size, pieces: []piece{{b, 0, size}}}, nil
}
