package table

// rowGroup describes a row group in the footer.
type rowGroup struct {
	rows   int
	chunks []chunkMeta
}

// chunkMeta describes the chunk of one column in the footer.
type chunkMeta struct {
	values, absent   int
	start, data      int64 // offsets in the file, of the chunk and its first data page
	packed, unpacked int64 // bytes
	worded           bool  // is there a dictionary?
	lowest, highest  string
	bounded          bool
}

// The format's numbers for what is used of it.
const (
	physicalBool, physicalInt64, physicalBytes = 0, 2, 6

	convertedUTF8, convertedMicros, convertedJSON = 0, 10, 19

	encodingPlain, encodingRLE, encodingDictionary = 0, 3, 8

	pageData, pageDictionary = 0, 2

	optional  = 1
	codecZstd = 6
)

// footer returns the structure FileMetaData of the format's parquet.thrift.
func (e *parquetEncoder) footer() []byte {
	var rows int64
	for _, g := range e.groups {
		rows += int64(g.rows)
	}
	var m compact
	m.item(func() {
		m.i32(1, 2) // the format's version
		m.list(2, thriftStruct, len(e.table.Columns)+1)
		m.item(func() {
			m.text(4, "schema")
			m.i32(5, len(e.table.Columns))
		})
		for _, c := range e.table.Columns {
			m.item(func() { c.describe(&m) })
		}
		m.i64(3, rows)
		m.list(4, thriftStruct, len(e.groups))
		for _, g := range e.groups {
			m.item(func() { g.describe(&m, e.table.Columns) })
		}
		m.text(6, "hawser")
		m.list(7, thriftStruct, len(e.table.Columns))
		for range e.table.Columns { // bounds are in the order of the columns' types
			m.item(func() { m.group(1, func() {}) })
		}
	})
	return m.b
}

// physical returns how the format holds a type's values.
func (t Type) physical() int {
	switch t {
	case Int, Time:
		return physicalInt64
	case Bool:
		return physicalBool
	}
	return physicalBytes
}

// describe writes a column's SchemaElement.
func (c Column) describe(m *compact) {
	m.i32(1, c.Type.physical())
	m.i32(3, optional)
	m.text(4, c.Name)
	switch c.Type {
	case Text:
		m.i32(6, convertedUTF8)
		m.group(10, func() { m.group(1, func() {}) })
	case Time:
		m.i32(6, convertedMicros)
		m.group(10, func() {
			m.group(8, func() {
				m.truth(1) // UTC
				m.group(2, func() { m.group(2, func() {}) })
			})
		})
	case JSON:
		m.i32(6, convertedJSON)
		m.group(10, func() { m.group(12, func() {}) })
	}
}

// describe writes a RowGroup.
func (g rowGroup) describe(m *compact, columns []Column) {
	var packed, unpacked int64
	m.list(1, thriftStruct, len(g.chunks))
	for i, c := range g.chunks {
		packed, unpacked = packed+c.packed, unpacked+c.unpacked
		m.item(func() {
			m.i64(2, c.start)
			m.group(3, func() { c.describe(m, columns[i]) })
		})
	}
	m.i64(2, unpacked)
	m.i64(3, int64(g.rows))
	m.i64(5, g.chunks[0].start)
	m.i64(6, packed)
}

// describe writes a ColumnMetaData.
func (c chunkMeta) describe(m *compact, column Column) {
	encodings := []int{encodingPlain, encodingRLE}
	if c.worded {
		encodings = append(encodings, encodingDictionary)
	}
	m.i32(1, column.Type.physical())
	m.list(2, thriftI32, len(encodings))
	for _, encoding := range encodings {
		m.b = append(m.b, byte(encoding)<<1)
	}
	m.list(3, thriftBinary, 1)
	m.element(column.Name)
	m.i32(4, codecZstd)
	m.i64(5, int64(c.values))
	m.i64(6, c.unpacked)
	m.i64(7, c.packed)
	m.i64(9, c.data)
	if c.worded {
		m.i64(11, c.start)
	}
	m.group(12, func() {
		m.i64(3, int64(c.absent))
		if c.bounded {
			m.text(5, c.highest)
			m.text(6, c.lowest)
		}
	})
}
