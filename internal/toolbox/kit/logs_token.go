package kit

import (
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// token returns the page of a query behind CloudWatch's own token, with the
// query's time: "an hour ago" is another moment when the next page is asked for.
func (q LogQuery) token(page string) string {
	return moment(q.Since) + "/" + moment(q.Until) + "/" + page
}

// from takes a token apart: the query with the time that it was begun with, and
// CloudWatch's own token. An empty one begins the query.
func (q LogQuery) from(token string) (LogQuery, string, error) {
	if token == "" {
		return q, "", nil
	}
	since, rest, ok := strings.Cut(token, "/")
	until, page, more := strings.Cut(rest, "/")
	if ok && more && readMoment(since, &q.Since) && readMoment(until, &q.Until) {
		return q, page, nil
	}
	return q, "", fault.New(fault.Invalid, "the cursor is not valid").At("cursor").
		WithFix("pass the cursor exactly as an answer gave it, or omit it to start again")
}

// moment writes a time in milliseconds, as CloudWatch does; "" means no limit.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func readMoment(text string, t *time.Time) bool {
	if text == "" {
		*t = time.Time{}
		return true
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 0 {
		return false
	}
	*t = time.UnixMilli(ms)
	return true
}
