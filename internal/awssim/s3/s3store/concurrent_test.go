package s3store

import (
	"bytes"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOnlyOneCreates(t *testing.T) {
	s, b := newStore(t)
	var made, refused atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		r := receive(t, s, []byte("x"), CRC32)
		wg.Go(func() {
			switch err := b.Put(&Object{Key: "k", ETag: r.ETag(), Body: r.Body}, Condition{NoneMatch: "*"}); code(err) {
			case "":
				made.Add(1)
			case PreconditionFailed:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 || refused.Load() != 31 {
		t.Errorf("%d created the key and %d were refused", made.Load(), refused.Load())
	}
}

// TestReadersSeeOneBody replaces a large object again and again while others
// read it: each must see one body whole, and no file may be left at the end.
func TestReadersSeeOneBody(t *testing.T) {
	s, b := newStore(t)
	write := func(fill byte) {
		data := bytes.Repeat([]byte{fill}, smallBody+1)
		r, err := s.Receive(bytes.NewReader(data), int64(len(data)), MaxPart, CRC32)
		if err != nil {
			t.Error(err)
			return
		}
		if err := b.Put(&Object{Key: "k", Body: r.Body}, Condition{}); err != nil {
			t.Error(err)
		}
	}
	write('a')
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range 40 {
				write(byte('a' + (w+i)%26))
			}
		})
		wg.Go(func() {
			for range 40 {
				data := readWhole(t, b)
				if len(data) != smallBody+1 || bytes.Count(data, data[:1]) != len(data) {
					t.Errorf("%d bytes of several bodies", len(data))
				}
			}
		})
	}
	wg.Wait()
	if _, err := b.Delete(Deletion{Key: "k"}); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(s.spool.dir); err != nil || len(files) != 0 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}

func readWhole(t *testing.T, b *Bucket) []byte {
	t.Helper()
	o, err := b.Acquire("k", "")
	if err != nil {
		t.Error(err)
		return nil
	}
	defer o.Body.Release()
	r := o.Body.Open(0, o.Size())
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return data
}
