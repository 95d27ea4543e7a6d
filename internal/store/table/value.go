package table

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// timeLayout has all digits, so that the order of texts is that of times.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// plain puts a row's values into to, as what every encoder takes: nil, string
// (texts and compact JSON), int64, bool, and time.Time in UTC.
func (t Table) plain(to, row Row) error {
	if len(row) != len(t.Columns) {
		return fault.New(fault.Internal, "a row of the table %s has %d values for %d columns", t.Name, len(row), len(t.Columns))
	}
	for i, v := range row {
		plain, ok := t.Columns[i].Type.plain(v)
		if !ok {
			return fault.New(fault.Internal, "the column %s.%s can't hold a %T", t.Name, t.Columns[i].Name, v)
		}
		to[i] = plain
	}
	return nil
}

func (t Type) plain(v any) (any, bool) {
	if v == nil {
		return nil, true
	}
	switch t {
	case Text:
		s, ok := v.(string)
		return clean(s), ok
	case Int:
		n, ok := v.(int64)
		return n, ok
	case Bool:
		b, ok := v.(bool)
		return b, ok
	case Time:
		return plainTime(v)
	default:
		return plainJSON(v)
	}
}

// The years that every format can hold.
const firstYear, lastYear = 1, 9999

func plainTime(v any) (any, bool) {
	moment, ok := v.(time.Time)
	if !ok || moment.IsZero() {
		return nil, ok
	}
	moment = moment.UTC().Truncate(time.Microsecond)
	year := moment.Year()
	return moment, year >= firstYear && year <= lastYear
}

func plainJSON(v any) (any, bool) {
	raw, ok := v.(json.RawMessage)
	if !ok || len(raw) == 0 {
		return nil, ok
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return nil, false
	}
	return clean(out.String()), true
}

func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
