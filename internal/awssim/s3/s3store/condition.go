package s3store

import (
	"strings"
	"time"
)

// Condition is a conditional request's entity tags, as the headers If-Match
// and If-None-Match give them: quoted or not, "*", or several with commas.
type Condition struct{ Match, NoneMatch string }

// allowsWrite holds the condition to the object that a write replaces, nil for
// none. See "How to prevent object overwrites with conditional writes".
func (c Condition) allowsWrite(o *Object, key string) error {
	if c.NoneMatch != "" && o != nil && matches(c.NoneMatch, o.ETag) {
		return preconditionFailed("If-None-Match")
	}
	switch {
	case c.Match == "":
		return nil
	case o == nil:
		return fail(NoSuchKey, "", "Key", key)
	case !matches(c.Match, o.ETag):
		return preconditionFailed("If-Match")
	}
	return nil
}

// ReadCondition is a conditional read.
type ReadCondition struct {
	Condition
	ModifiedSince, UnmodifiedSince *time.Time
}

// Allows holds the condition to an object. It fails with PreconditionFailed or
// NotModified. As RFC 9110 has it, the tags go before the times.
func (c ReadCondition) Allows(o *Object) error {
	switch {
	case c.Match != "":
		if !matches(c.Match, o.ETag) {
			return preconditionFailed("If-Match")
		}
	case c.UnmodifiedSince != nil && o.LastModified.After(*c.UnmodifiedSince):
		return preconditionFailed("If-Unmodified-Since")
	}
	switch {
	case c.NoneMatch != "":
		if matches(c.NoneMatch, o.ETag) {
			return fail(NotModified, "")
		}
	case c.ModifiedSince != nil && !o.LastModified.After(*c.ModifiedSince):
		return fail(NotModified, "")
	}
	return nil
}

func matches(tags, etag string) bool {
	for tag := range strings.SplitSeq(tags, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || strings.Trim(tag, `"`) == etag {
			return true
		}
	}
	return false
}

func preconditionFailed(condition string) error {
	return fail(PreconditionFailed, "", "Condition", condition)
}
