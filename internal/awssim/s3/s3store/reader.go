package s3store

import (
	"errors"
	"io"
	"os"
)

// Open reads size bytes from an offset. The body must be held by someone when
// Open is called; from then on the reader holds it itself, until it is closed.
func (b *Body) Open(from, size int64) *Reader {
	part := b
	if from != 0 || size != b.Size {
		part = b.Slice(from, size)
	}
	return &Reader{body: part.Retain()}
}

// Reader reads a stretch of a body. It is for one goroutine.
type Reader struct {
	body *Body // nil once closed
	turn int   // which piece
	at   int64 // how far into it
	file *os.File
}

// piece gives the one to read from, nil at the end.
func (r *Reader) piece() *piece {
	if r.body == nil || r.turn == len(r.body.pieces) {
		return nil
	}
	return &r.body.pieces[r.turn]
}

// advance counts n bytes of the piece as read.
func (r *Reader) advance(p *piece, n int64) {
	if r.at += n; r.at == p.size {
		r.turn, r.at = r.turn+1, 0
		r.closeFile()
	}
}

// Read follows io.Reader.
func (r *Reader) Read(buf []byte) (int, error) {
	p := r.piece()
	if p == nil {
		return 0, io.EOF
	}
	buf = buf[:min(int64(len(buf)), p.size-r.at)]
	var n int
	if p.blob.path == "" {
		n = copy(buf, p.blob.data[p.from+r.at:])
	} else {
		err := r.openFile(p)
		if err == nil {
			n, err = r.file.Read(buf)
		}
		if err != nil {
			return n, noEOF(err)
		}
	}
	r.advance(p, int64(n))
	return n, nil
}

// WriteTo hands memory over as it is, and lets a socket take files without a
// copy.
func (r *Reader) WriteTo(w io.Writer) (total int64, err error) {
	for p := r.piece(); p != nil; p = r.piece() {
		n, err := r.writePiece(w, p)
		total += n
		if err != nil {
			return total, noEOF(err)
		}
		r.advance(p, n)
	}
	return total, nil
}

func (r *Reader) writePiece(w io.Writer, p *piece) (int64, error) {
	if p.blob.path == "" {
		n, err := w.Write(p.blob.data[p.from+r.at : p.from+p.size])
		return int64(n), err
	}
	if err := r.openFile(p); err != nil {
		return 0, err
	}
	return io.CopyN(w, r.file, p.size-r.at)
}

// openFile makes the piece's file stand where reading is.
func (r *Reader) openFile(p *piece) error {
	if r.file != nil {
		return nil
	}
	f, err := os.Open(p.blob.path)
	if err != nil {
		return err
	}
	r.file = f
	_, err = f.Seek(p.from+r.at, io.SeekStart)
	return err
}

func (r *Reader) closeFile() {
	if r.file != nil {
		_ = r.file.Close() // only read from
		r.file = nil
	}
}

// Close follows io.Closer; closing again does nothing.
func (r *Reader) Close() error {
	r.closeFile()
	r.body.Release()
	r.body = nil
	return nil
}

// noEOF makes an early end an error of its own.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
