package tool

import (
	"regexp"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// When is a moment as a person writes it: RFC 3339 ("2026-01-02T15:04:05Z"),
// a date ("2026-01-02", UTC), "now", or how long ago ("15m", "2h", "3d", "1w",
// "1h30m").
type When string

var (
	agoForm = regexp.MustCompile(`^(\d+[smhdw])+$`)
	agoPart = regexp.MustCompile(`(\d+)([smhdw])`)
)

var units = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// Time returns the time, relative to now. An empty When is the zero time. The error is
// of kind Invalid.
func (w When) Time(now time.Time) (time.Time, error) {
	s := string(w)
	switch {
	case s == "":
		return time.Time{}, nil
	case s == "now":
		return now, nil
	case agoForm.MatchString(s):
		return w.ago(now)
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, w.invalid()
}

func (w When) ago(now time.Time) (time.Time, error) {
	var sum time.Duration
	for _, part := range agoPart.FindAllStringSubmatch(string(w), -1) {
		n, err := strconv.ParseInt(part[1], 10, 32)
		if err != nil {
			return time.Time{}, w.invalid()
		}
		if sum += time.Duration(n) * units[part[2]]; sum < 0 || sum > 200*365*units["d"] {
			return time.Time{}, w.invalid()
		}
	}
	return now.Add(-sum), nil
}

func (w When) invalid() error {
	return fault.New(fault.Invalid, "%q is not a time", string(w)).
		WithFix("give RFC 3339 (2026-01-02T15:04:05Z), a date (2026-01-02), or how long ago (15m, 2h, 3d)")
}
