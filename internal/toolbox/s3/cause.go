package s3

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/text"
)

// cause remembers why a download broke, as the transfer manager's own error for
// a body that could not be read or written hides it.
type cause struct {
	mu  sync.Mutex
	err error
}

func (c *cause) note(err error) {
	if err == nil || errors.Is(err, io.EOF) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

// of returns the cause of a download's error, or the error where none is known.
func (c *cause) of(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var own interface{ Unwrap() error }
	if err == nil || c.err == nil || errors.As(err, &own) {
		return err
	}
	return c.err
}

// watchedClient is the client of one download. Its bodies tell why they cannot be
// read, and are copied in large pieces.
type watchedClient struct {
	*s3.Client
	pieces  *pieces
	cause   *cause
	buffers *buffers
}

// GetObject returns the client's, with a watched body, and asks for checksums as
// checksumMode says: the transfer manager always would. All answers must be of the
// same object in the same state.
func (w watchedClient) GetObject(ctx context.Context, in *s3.GetObjectInput, opts ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	in.ChecksumMode, in.IfMatch = checksumMode(w.Client), w.pieces.match()
	out, err := w.Client.GetObject(ctx, in, opts...)
	if err != nil {
		return nil, err
	}
	if err := w.pieces.add(out); err != nil {
		_ = out.Body.Close()
		return nil, err
	}
	out.Body = watchedBody{out.Body, w.cause, w.buffers}
	return out, nil
}

type watchedBody struct {
	io.ReadCloser
	cause   *cause
	buffers *buffers
}

func (b watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.cause.note(err)
	return n, err
}

// WriteTo serves io.Copy, which would read in pieces of 32 KiB and make a new
// buffer for each body.
func (b watchedBody) WriteTo(w io.Writer) (int64, error) {
	buffer := b.buffers.take()
	defer b.buffers.give(buffer)
	return io.CopyBuffer(w, struct{ io.Reader }{b}, *buffer)
}

// buffers are lent to the bodies that are being copied.
type buffers struct{ pool sync.Pool }

func (b *buffers) take() *[]byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return buffer
	}
	buffer := make([]byte, 256<<10)
	return &buffer
}

func (b *buffers) give(buffer *[]byte) { b.pool.Put(buffer) }

// target is a file that parts are written to; its errors are faults, so that a
// full disk is not taken for a broken network.
type target struct {
	file  io.WriterAt
	cause *cause
}

// WriteAt returns the file's.
func (t target) WriteAt(p []byte, at int64) (int, error) {
	n, err := t.file.WriteAt(p, at)
	if err != nil {
		err = fault.Wrap(err, fault.Invalid, "the file cannot be written").WithCause("%v", bare(err)).
			WithFix("make room on the disk, or choose another directory")
		t.cause.note(err)
	}
	return n, err
}

// source is a file that is sent; its errors are faults. It fails as a conflict if the
// file is written while it is read, since what was read is then neither the old content
// nor the new one.
type source struct {
	*os.File
	opened fs.FileInfo
}

// Read returns the file's.
func (s source) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, unreadSource(err)
	}
	now, statErr := s.Stat()
	switch {
	case statErr != nil:
		return 0, unreadSource(statErr)
	case !files.Unchanged(s.opened, now):
		return 0, fault.New(fault.Conflict, "%s was written while it was sent", text.Name(filepath.Base(s.Name()))).
			WithFix("call again when no program writes to the file")
	}
	return n, err
}

func unreadSource(err error) error {
	return fault.Wrap(err, fault.Invalid, "the file cannot be read to its end").WithCause("%v", bare(err)).WithFix("check the disk")
}

// bare returns an error without the path around it.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
