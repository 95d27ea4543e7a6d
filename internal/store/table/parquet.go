package table

import (
	"encoding/binary"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hawser/hawser/internal/fault"
)

// parquetEncoder writes Apache Parquet: row groups of column chunks of pages,
// then the footer with their positions. We use no library, since those add 14 MB
// and more to the program for reading and for nested columns.
// https://parquet.apache.org/docs/file-format/
type parquetEncoder struct {
	out    *output
	zstd   *zstd.Encoder
	table  Table
	chunks []*chunk
	groups []rowGroup
	rows   int // of the group at hand
}

const parquetMagic = "PAR1"

// How much a row group holds before it is written. It is kept in memory until
// then, and readers read it at once.
const (
	groupRows  = 1 << 17
	groupBytes = 32 << 20
)

func newParquet(out *output, t Table) (*parquetEncoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the compression can't be begun")
	}
	e := &parquetEncoder{out: out, zstd: z, table: t}
	for _, c := range t.Columns {
		e.chunks = append(e.chunks, newChunk(c.Type))
	}
	out.bytes([]byte(parquetMagic))
	return e, nil
}

func (e *parquetEncoder) row(row Row) error {
	size := 0
	for i, v := range row {
		c := e.chunks[i]
		c.begin()
		switch v := v.(type) {
		case nil:
			c.absent()
		case string:
			c.text(v)
		case int64:
			c.number(v)
		case time.Time:
			c.number(v.UnixMicro())
		case bool:
			c.truth(v)
		}
		size += len(c.plain)
	}
	if e.rows++; e.rows >= groupRows || size >= groupBytes {
		e.flush()
	}
	return e.out.failed()
}

func (e *parquetEncoder) close() error {
	e.flush()
	footer := e.footer()
	e.out.bytes(footer)
	e.out.bytes(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	e.out.bytes([]byte(parquetMagic))
	return e.out.failed()
}

// flush writes the rows at hand as a row group.
func (e *parquetEncoder) flush() {
	if e.rows == 0 {
		return
	}
	g := rowGroup{rows: e.rows}
	for _, c := range e.chunks {
		g.chunks = append(g.chunks, c.flush(e.out, e.zstd))
		c.reset()
	}
	e.groups = append(e.groups, g)
	e.rows = 0
}
