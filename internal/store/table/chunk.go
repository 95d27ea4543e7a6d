package table

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"

	"github.com/klauspost/compress/zstd"
)

// chunk is a column's values of one row group, gathered until they are written.
type chunk struct {
	kind    Type
	levels  []byte // 1 for each row that has a value
	plain   []byte // the values, as PLAIN has them; truths one byte each
	pages   []mark // where pages begin
	lowest  string // bounds of the values as the footer has them
	highest string
	bounded bool

	// A dictionary is kept while it is small: words as PLAIN has them, their
	// numbers, and for each value its word.
	dictionary map[string]uint32
	words      []byte
	refs       []uint32

	least, most int64 // bounds of numbers
	any         bool  // is there a value at all?
}

// mark is where a page begins in the chunk's parts.
type mark struct{ level, plain, ref int }

// A page is what a reader decompresses at once.
const (
	pageRows        = 1 << 15
	pageBytes       = 1 << 20
	dictionaryBytes = 1 << 20
	longestBound    = 128 // bytes of a text
)

func newChunk(kind Type) *chunk {
	c := &chunk{kind: kind}
	c.reset()
	return c
}

// reset empties the chunk and keeps its memory.
func (c *chunk) reset() {
	*c = chunk{
		kind: c.kind, levels: c.levels[:0], plain: c.plain[:0], pages: c.pages[:0], words: c.words[:0], refs: c.refs[:0],
		bounded: c.kind != Bool,
	}
	if c.kind == Text || c.kind == JSON {
		c.dictionary = map[string]uint32{}
	}
}

// begin begins a row, and a page where the one before is full.
func (c *chunk) begin() {
	if n := len(c.pages); n > 0 {
		last := c.pages[n-1]
		if len(c.levels)-last.level < pageRows && len(c.plain)-last.plain < pageBytes {
			return
		}
	}
	c.pages = append(c.pages, c.end())
}

func (c *chunk) end() mark { return mark{len(c.levels), len(c.plain), len(c.refs)} }

func (c *chunk) absent() { c.levels = append(c.levels, 0) }

func (c *chunk) truth(v bool) {
	c.levels = append(c.levels, 1)
	b := byte(0)
	if v {
		b = 1
	}
	c.plain = append(c.plain, b)
}

func (c *chunk) number(v int64) {
	c.levels = append(c.levels, 1)
	c.plain = binary.LittleEndian.AppendUint64(c.plain, uint64(v))
	if !c.any {
		c.least, c.most, c.any = v, v, true
	}
	c.least, c.most = min(c.least, v), max(c.most, v)
}

func (c *chunk) text(v string) {
	c.levels = append(c.levels, 1)
	c.plain = appendText(c.plain, v)
	c.bound(v)
	if c.dictionary == nil {
		return
	}
	ref, known := c.dictionary[v]
	if !known {
		ref = uint32(len(c.dictionary))
		c.dictionary[v] = ref
		c.words = appendText(c.words, v)
		if len(c.words) > dictionaryBytes {
			c.dictionary, c.words, c.refs = nil, c.words[:0], c.refs[:0]
			return
		}
	}
	c.refs = append(c.refs, ref)
}

func appendText(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// bound widens the bounds, which are given up where a text is long.
func (c *chunk) bound(v string) {
	switch {
	case !c.bounded:
	case len(v) > longestBound:
		c.bounded = false
	case !c.any:
		c.lowest, c.highest, c.any = v, v, true
	case v < c.lowest:
		c.lowest = v
	case v > c.highest:
		c.highest = v
	}
}

// width returns how many bits a word's number takes.
func (c *chunk) width() int { return max(1, bits.Len(uint(max(0, len(c.dictionary)-1)))) }

// worded reports whether the dictionary makes the chunk smaller.
func (c *chunk) worded() bool {
	return c.dictionary != nil && len(c.words)+len(c.refs)*c.width()/8 < len(c.plain)
}

// flush writes the chunk's pages, and returns their description for the footer.
func (c *chunk) flush(out *output, z *zstd.Encoder) chunkMeta {
	meta := chunkMeta{values: len(c.levels), absent: len(c.levels), start: out.n, data: out.n, worded: c.worded()}
	for _, level := range c.levels {
		meta.absent -= int(level)
	}
	meta.lowest, meta.highest, meta.bounded = c.bounds()
	p := pages{out: out, zstd: z}
	if meta.worded {
		p.write(c.words, func(h *compact) {
			h.group(7, func() {
				h.i32(1, len(c.dictionary))
				h.i32(2, encodingPlain)
			})
		}, pageDictionary)
		meta.data = out.n
	}
	for i, from := range c.pages {
		to := c.end()
		if i+1 < len(c.pages) {
			to = c.pages[i+1]
		}
		c.page(&p, from, to)
	}
	meta.unpacked, meta.packed = p.unpacked, out.n-meta.start
	return meta
}

// page writes one data page: which rows have values, and the values.
func (c *chunk) page(p *pages, from, to mark) {
	levels := appendHybrid(nil, c.levels[from.level:to.level], 1)
	body := binary.LittleEndian.AppendUint32(nil, uint32(len(levels)))
	body = append(body, levels...)
	encoding := encodingPlain
	switch {
	case c.worded():
		encoding = encodingDictionary
		body = append(body, byte(c.width()))
		body = appendHybrid(body, c.refs[from.ref:to.ref], c.width())
	case c.kind == Bool:
		values := c.plain[from.plain:to.plain]
		body = appendBits(body, values, 1, (len(values)+7)/8)
	default:
		body = append(body, c.plain[from.plain:to.plain]...)
	}
	p.write(body, func(h *compact) {
		h.group(5, func() {
			h.i32(1, to.level-from.level)
			h.i32(2, encoding)
			h.i32(3, encodingRLE)
			h.i32(4, encodingRLE)
		})
	}, pageData)
}

// bounds returns the lowest and highest value in the format's bytes.
func (c *chunk) bounds() (lowest, highest string, ok bool) {
	if !c.any || !c.bounded {
		return "", "", false
	}
	if c.kind == Int || c.kind == Time {
		return number(c.least), number(c.most), true
	}
	return c.lowest, c.highest, true
}

func number(v int64) string {
	return string(binary.LittleEndian.AppendUint64(nil, uint64(v)))
}

// pages writes pages and their headers.
type pages struct {
	out      *output
	zstd     *zstd.Encoder
	unpacked int64 // bytes, headers among them
}

func (p *pages) write(body []byte, about func(*compact), kind int) {
	packed := p.zstd.EncodeAll(body, nil)
	var h compact
	h.item(func() {
		h.i32(1, kind)
		h.i32(2, len(body))
		h.i32(3, len(packed))
		h.i32(4, int(int32(crc32.ChecksumIEEE(packed))))
		about(&h)
	})
	p.out.bytes(h.b)
	p.out.bytes(packed)
	p.unpacked += int64(len(h.b) + len(body))
}
