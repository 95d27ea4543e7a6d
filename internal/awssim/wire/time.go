package wire

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awssim/model"
)

// The timestamp formats, by the model's names.
const (
	iso8601 = "iso8601"
	rfc822  = "rfc822"
	unix    = "unixTimestamp"
)

// toTime reads a timestamp in any of the formats: they can't be confused.
func toTime(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v.Round(time.Millisecond).UTC(), nil // CBOR's floats are not exact
	case string:
		return parseTime(v)
	}
	f, err := toFloat(v)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return time.Time{}, wrongKind{}
	}
	return fromUnix(f), nil
}

func fromUnix(f float64) time.Time {
	sec, frac := math.Modf(f)
	return time.Unix(int64(sec), int64(math.Round(frac*1e3))*1e6).UTC()
}

func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.UTC(), nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return toTime(f)
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "20060102T150405Z", "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrongKind{}
}

// formatTime writes a timestamp as a use of it asks, else as byDefault.
func formatTime(t time.Time, ref *model.Ref, byDefault string) string {
	format := byDefault
	if ref.Shape.TimestampFormat != "" {
		format = ref.Shape.TimestampFormat
	}
	if ref.TimestampFormat != "" {
		format = ref.TimestampFormat
	}
	switch format {
	case rfc822:
		return t.UTC().Format(http.TimeFormat)
	case unix:
		return unixText(t)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// unixText gives seconds with the milliseconds that are not zero.
func unixText(t time.Time) string {
	ms := t.UnixMilli()
	if ms%1000 == 0 {
		return strconv.FormatInt(ms/1000, 10)
	}
	return strings.TrimRight(strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64), "0")
}
