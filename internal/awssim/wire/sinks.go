package wire

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/awssim/model"
)

// jsonSink writes JSON text.
type jsonSink struct {
	buf   []byte
	ends  []byte // closing brackets of what is open
	first bool
	keyed bool
}

func newJSONSink() *jsonSink { return &jsonSink{first: true} }

func (s *jsonSink) byName() bool { return false }

func (s *jsonSink) bytes() []byte { return s.buf }

// sep writes the comma before a list's element.
func (s *jsonSink) sep() {
	if !s.first && !s.keyed {
		s.buf = append(s.buf, ',')
	}
	s.first, s.keyed = false, false
}

func (s *jsonSink) open(list bool) {
	s.sep()
	begin, end := byte('{'), byte('}')
	if list {
		begin, end = '[', ']'
	}
	s.buf = append(s.buf, begin)
	s.ends = append(s.ends, end)
	s.first = true
}

func (s *jsonSink) close() {
	last := len(s.ends) - 1
	s.buf = append(s.buf, s.ends[last])
	s.ends = s.ends[:last]
	s.first = false
}

func (s *jsonSink) key(name string) {
	s.str(name)
	s.buf = append(s.buf, ':')
	s.keyed = true
}

func (s *jsonSink) str(text string) {
	s.sep()
	quoted, _ := json.Marshal(text) // a string always marshals
	s.buf = append(s.buf, quoted...)
}

func (s *jsonSink) boolean(b bool) { s.raw(strconv.FormatBool(b)) }

func (s *jsonSink) integer(i int64) { s.raw(strconv.FormatInt(i, 10)) }

func (s *jsonSink) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		s.str(floatText(f))
		return
	}
	s.raw(floatText(f))
}

func (s *jsonSink) blob(b []byte) { s.str(base64Text(b)) }

func (s *jsonSink) time(t time.Time, ref *model.Ref) {
	text := formatTime(t, ref, unix)
	if c := text[len(text)-1]; c < '0' || c > '9' {
		s.str(text)
		return
	}
	s.raw(text)
}

func (s *jsonSink) raw(text string) {
	s.sep()
	s.buf = append(s.buf, text...)
}

// cborSink writes CBOR (RFC 8949) with lists and maps of indefinite length.
type cborSink struct{ buf []byte }

func newCBORSink() *cborSink { return new(cborSink) }

func (s *cborSink) byName() bool { return true }

func (s *cborSink) bytes() []byte { return s.buf }

func (s *cborSink) open(list bool) {
	if list {
		s.buf = append(s.buf, 0x9f)
		return
	}
	s.buf = append(s.buf, 0xbf)
}

func (s *cborSink) close() { s.buf = append(s.buf, 0xff) }

func (s *cborSink) key(name string) { s.str(name) }

func (s *cborSink) str(text string) {
	s.head(3, uint64(len(text)))
	s.buf = append(s.buf, text...)
}

func (s *cborSink) blob(b []byte) {
	s.head(2, uint64(len(b)))
	s.buf = append(s.buf, b...)
}

func (s *cborSink) boolean(b bool) {
	if b {
		s.buf = append(s.buf, 0xf5)
		return
	}
	s.buf = append(s.buf, 0xf4)
}

func (s *cborSink) integer(i int64) {
	if i < 0 {
		s.head(1, uint64(-(i + 1)))
		return
	}
	s.head(0, uint64(i))
}

func (s *cborSink) float(f float64) {
	s.buf = append(s.buf, 0xfb)
	s.buf = binary.BigEndian.AppendUint64(s.buf, math.Float64bits(f))
}

// time is tag 1: seconds since the epoch.
func (s *cborSink) time(t time.Time, _ *model.Ref) {
	s.buf = append(s.buf, 0xc1)
	if ms := t.UnixMilli(); ms%1000 != 0 {
		s.float(float64(ms) / 1000)
		return
	}
	s.integer(t.Unix())
}

// head writes a major type with its argument, in the shortest form.
func (s *cborSink) head(major byte, n uint64) {
	m := major << 5
	switch {
	case n < 24:
		s.buf = append(s.buf, m|byte(n))
	case n <= math.MaxUint8:
		s.buf = append(s.buf, m|24, byte(n))
	case n <= math.MaxUint16:
		s.buf = binary.BigEndian.AppendUint16(append(s.buf, m|25), uint16(n))
	case n <= math.MaxUint32:
		s.buf = binary.BigEndian.AppendUint32(append(s.buf, m|26), uint32(n))
	default:
		s.buf = binary.BigEndian.AppendUint64(append(s.buf, m|27), n)
	}
}
