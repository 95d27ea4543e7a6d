package table

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// jsonEncoder writes JSON Lines.
type jsonEncoder struct {
	out   *output
	names [][]byte // as `"name":`
	json  []bool   // which columns' texts are JSON already
	line  bytes.Buffer
	text  *json.Encoder // into line
}

func newJSONLines(out *output, t Table) *jsonEncoder {
	e := &jsonEncoder{out: out}
	e.text = json.NewEncoder(&e.line)
	e.text.SetEscapeHTML(false)
	for _, c := range t.Columns {
		e.line.Reset()
		e.string(c.Name)
		e.names = append(e.names, append(bytes.Clone(e.line.Bytes()), ':'))
		e.json = append(e.json, c.Type == JSON)
	}
	return e
}

func (e *jsonEncoder) row(row Row) error {
	e.line.Reset()
	for i, v := range row {
		e.line.WriteByte("{,"[min(i, 1)])
		e.line.Write(e.names[i])
		switch v := v.(type) {
		case nil:
			e.line.WriteString("null")
		case string:
			if e.json[i] {
				e.line.WriteString(v)
			} else {
				e.string(v)
			}
		case int64:
			e.line.Write(strconv.AppendInt(e.line.AvailableBuffer(), v, 10))
		case bool:
			e.line.Write(strconv.AppendBool(e.line.AvailableBuffer(), v))
		case time.Time:
			e.line.Write(v.AppendFormat(e.line.AvailableBuffer(), `"`+timeLayout+`"`))
		}
	}
	e.line.WriteString("}\n")
	e.out.bytes(e.line.Bytes())
	return e.out.failed()
}

// string writes a quoted text, without the line's end that the encoder adds.
func (e *jsonEncoder) string(s string) {
	if err := e.text.Encode(s); err == nil { // a text in memory can't fail
		e.line.Truncate(e.line.Len() - 1)
	}
}

func (e *jsonEncoder) close() error { return e.out.failed() }
