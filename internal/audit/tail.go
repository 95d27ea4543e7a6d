package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"
)

// head is the end of a chain.
type head struct {
	seq  uint64
	hash string
	// latest is the latest time of all records up to this one.
	latest time.Time
}

// tail is what the next record must follow.
type tail struct {
	head
	// size is where the next record is written.
	size int64
	// open says that the file does not end in a newline.
	open bool
	// torn is what stands after the last record.
	torn *Torn
	// prev and format are the last record's.
	prev   string
	format int
	// beside is what is wrong with the head file.
	beside Beside
}

// readTail finds the last record of the first size bytes of a file, and what
// a crash left after it.
func readTail(r io.ReaderAt, size int64) (tail, error) {
	t := tail{size: size}
	lines := readBackward(r, size)
	last, end := true, size // end is that of the line just read
	for {
		line, at, err := lines.next()
		if errors.Is(err, io.EOF) {
			return t, t.digestTorn(r, 0)
		}
		if err != nil {
			return t, err
		}
		if last {
			t.open = len(line) > 0
		}
		if rec, _, err := decode(line); err == nil {
			t.head = head{rec.Seq, rec.Hash, rec.upTo()}
			t.prev, t.format = rec.Prev, rec.Format
			return t, t.digestTorn(r, min(end+1, size))
		}
		last, end = false, at-1
	}
}

// digestTorn takes the digest of the file from start to its end, without the newline that
// the repair adds or has added.
func (t *tail) digestTorn(r io.ReaderAt, start int64) error {
	n := t.size - start
	if !t.open {
		n--
	}
	if n <= 0 {
		return nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(r, start, n)); err != nil {
		return err
	}
	t.torn = &Torn{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}
	return nil
}

// latestIn is the latest time of a file's records, for those of the first
// version, which do not tell it.
func latestIn(r io.ReaderAt, size int64) (latest time.Time, err error) {
	lines := readBackward(r, size)
	for {
		line, _, err := lines.next()
		if errors.Is(err, io.EOF) {
			return latest, nil
		}
		if err != nil {
			return latest, err
		}
		if rec, _, err := decode(line); err == nil {
			latest = later(rec.upTo(), latest)
		}
	}
}
