package kit

import (
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Ago returns how long ago a time is that a field has; 0 if it is empty.
func Ago(when tool.When, field string, now time.Time) (time.Duration, error) {
	t, err := when.Time(now)
	if err != nil {
		return 0, fault.From(err).At(field)
	}
	if t.IsZero() {
		return 0, nil
	}
	return now.Sub(t), nil
}

// Age writes how old something is in the largest unit of which it has two: 47 hours,
// 2 days.
func Age(d time.Duration) string {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= 2*unit.of {
			return Count(int(d/unit.of), unit.name)
		}
	}
	return Count(max(int(d.Seconds()), 0), "second")
}

// Moment writes a time as messages have it.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
