package table

import (
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/text"
)

// csvEncoder writes RFC 4180. It is not encoding/csv, which changes the ends
// of lines within texts, and can't tell nothing from the empty text.
type csvEncoder struct {
	out  *output
	line []byte
}

func newCSV(out *output, t Table) *csvEncoder {
	e := &csvEncoder{out: out}
	for i, c := range t.Columns {
		e.comma(i)
		e.line = appendField(e.line, c.Name)
	}
	e.end()
	return e
}

func (e *csvEncoder) row(row Row) error {
	for i, v := range row {
		e.comma(i)
		switch v := v.(type) {
		case string:
			e.line = appendField(e.line, text.Inert(v))
		case int64:
			e.line = strconv.AppendInt(e.line, v, 10)
		case bool:
			e.line = strconv.AppendBool(e.line, v)
		case time.Time:
			e.line = v.AppendFormat(e.line, timeLayout)
		}
	}
	e.end()
	return e.out.failed()
}

func (e *csvEncoder) close() error { return e.out.failed() }

func (e *csvEncoder) comma(i int) {
	if i > 0 {
		e.line = append(e.line, ',')
	}
}

func (e *csvEncoder) end() {
	e.out.bytes(append(e.line, "\r\n"...))
	e.line = e.line[:0]
}

func appendField(line []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(line, s...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(s, `"`, `""`)...)
	return append(line, '"')
}
