package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// condition is the condition of a write or a deletion: that the object still has
// the entity tag that was found before, or that there is still none. S3 compares
// and writes in one step, so that later writes are never lost.
type condition struct {
	match     *string // If-Match: the entity tag, in quotes
	noneMatch *string // If-None-Match: * where there must be none
}

// onlyNew returns the condition of a write that must not replace anything.
func onlyNew() condition { return condition{noneMatch: aws.String("*")} }

// onlyOver returns the condition of a write that may only replace the object with
// an entity tag, which may be in quotes. Without a tag, as in some stores, there
// is not a condition.
func onlyOver(etag string) condition {
	if etag == "" {
		return condition{}
	}
	return condition{match: aws.String(`"` + kit.Unquoted(&etag) + `"`)}
}

// explain returns the fault of a failed request with the condition. 412 means
// that it was not met, 409 that another write came at the same time, and 404 that
// the object no longer exists; changed describes what happened. Other errors are
// returned as they are.
func (c condition) explain(ctx context.Context, err error, changed string) error {
	if err == nil || c == (condition{}) {
		return err
	}
	f := fault.From(kit.Explain(ctx, err))
	switch {
	case f.Kind == fault.Unsupported:
		return f.WithCause("the S3-compatible store may not support the condition (If-Match) that protects what was written after the check").
			WithFix("confirm in advance (--yes): such a call checks nothing first and sends no condition")
	case f.Code == "PreconditionFailed", f.Code == "ConditionalRequestConflict", c.match != nil && f.Code == "NoSuchKey":
		unmet := *f
		unmet.Kind, unmet.Message, unmet.Cause, unmet.Fix = fault.Conflict, changed, "", fixChanged
		return &unmet
	}
	return f
}

// unmatched returns the fault of a failed read of an object in a state that was looked
// at. If match is nil, the state is not known, and err is returned as it is.
func unmatched(ctx context.Context, match *string, err error) error {
	c := condition{match: match}
	if f := fault.From(c.explain(ctx, err, changedSource)); match != nil && f != nil && f.Kind == fault.Conflict {
		return f.WithFix(fixAgain)
	}
	return err
}

// What is said where the object changed after the look.
const (
	changedSince  = "the object was written or deleted after the check of what would be overwritten"
	changedDelete = "the object was written or deleted after the check of what would be deleted"
	changedEither = "the object, or the one that it would be a copy of, was written or deleted after the look at both"
	fixChanged    = "call again, to be asked about what is there now"
	changedSource = "the object was written or deleted after the look at it"
	fixAgain      = "call again, to read what is there now"
)
