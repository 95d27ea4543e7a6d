package pace

import (
	"context"
	"errors"
	"time"

	"github.com/aws/smithy-go/middleware"
)

type patienceKey struct{}

// Patience returns a context in which each request to AWS has so long to be
// answered; one that takes longer is given up, and tried again as one whose
// connection broke. Without it a request has as long as the context. The body of
// an answer that is read later (s3:GetObject) can't be read in such a context.
func Patience(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

// overdue is the error of a request that was given up. It does not wrap the error of
// the request, which looks as if the caller had canceled it.
type overdue struct{ after time.Duration }

func (e *overdue) Error() string { return "no answer in " + e.after.String() }
func (e *overdue) Timeout() bool { return true }

// Patiently sends a request, for as long as the context's patience lasts.
func Patiently(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	d, ok := ctx.Value(patienceKey{}).(time.Duration)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	inner, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	out, metadata, err := next.HandleFinalize(inner, in)
	if err != nil && inner.Err() != nil && ctx.Err() == nil {
		err = &overdue{d}
	}
	return out, metadata, err
}

// IsOverdue tells the error of a request that was given up.
func IsOverdue(err error) bool {
	var late *overdue
	return errors.As(err, &late)
}
