package config

import (
	"regexp"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// days is a duration of so many days or weeks.
var days = regexp.MustCompile(`^(\d{1,4})([dw])$`)

// Expiry is when a token made now ends; zero means never.
func Expiry(text string, now time.Time) (time.Time, error) {
	if text == "never" {
		return time.Time{}, nil
	}
	if found := days.FindStringSubmatch(text); found != nil {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			return time.Time{}, err
		}
		if found[2] == "w" {
			n *= 7
		}
		return now.UTC().AddDate(0, 0, n).Truncate(time.Second), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return time.Time{}, fault.New(fault.Invalid, "%q is not a duration", text).At("expires").WithFix("write it like 12h, 30d or 8w, or never")
	}
	return now.UTC().Add(d).Truncate(time.Second), nil
}
