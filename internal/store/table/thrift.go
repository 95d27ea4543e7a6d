package table

import "encoding/binary"

// compact writes Thrift's compact protocol, in which Parquet keeps what it says
// about itself. Fields of a structure go in ascending order.
type compact struct {
	b      []byte
	last   int16   // the field before, in the structure at hand
	parent []int16 // the same of those around it
}

// The protocol's types of fields.
const (
	thriftTrue   = 1
	thriftI32    = 5
	thriftI64    = 6
	thriftBinary = 8
	thriftList   = 9
	thriftStruct = 12
)

func (c *compact) header(id int16, kind byte) {
	c.b = append(c.b, byte(id-c.last)<<4|kind)
	c.last = id
}

func (c *compact) i32(id int16, v int) {
	c.header(id, thriftI32)
	c.b = binary.AppendVarint(c.b, int64(v))
}

func (c *compact) i64(id int16, v int64) {
	c.header(id, thriftI64)
	c.b = binary.AppendVarint(c.b, v)
}

func (c *compact) truth(id int16) { c.header(id, thriftTrue) }

func (c *compact) text(id int16, s string) {
	c.header(id, thriftBinary)
	c.element(s)
}

// element returns a text in a list.
func (c *compact) element(s string) {
	c.b = binary.AppendUvarint(c.b, uint64(len(s)))
	c.b = append(c.b, s...)
}

func (c *compact) list(id int16, kind byte, n int) {
	c.header(id, thriftList)
	if n < 15 {
		c.b = append(c.b, byte(n)<<4|kind)
		return
	}
	c.b = binary.AppendUvarint(append(c.b, 0xf0|kind), uint64(n))
}

// group returns a structure in a field.
func (c *compact) group(id int16, fields func()) {
	c.header(id, thriftStruct)
	c.item(fields)
}

// item returns a structure in a list, or the outermost one.
func (c *compact) item(fields func()) {
	c.parent = append(c.parent, c.last)
	c.last = 0
	fields()
	c.b = append(c.b, 0)
	c.last = c.parent[len(c.parent)-1]
	c.parent = c.parent[:len(c.parent)-1]
}
