package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// payer is the part of an input that says who pays for a call.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
type payer struct {
	RequestPayer string `json:"request_payer,omitempty" jsonschema:"requester: the caller pays for the request and the data transfer, as Requester Pays buckets demand" enum:"requester"`
}

type payerKey struct{}

// agreed notes in the context that the caller agrees to pay.
func (p payer) agreed(ctx context.Context) context.Context {
	if p.RequestPayer == "" {
		return ctx
	}
	return context.WithValue(ctx, payerKey{}, types.RequestPayer(p.RequestPayer))
}

// paying adds the request payer of the call's context to every request of a
// client.
func paying(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("RequestPayer", func(
			ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
		) (middleware.BuildOutput, middleware.Metadata, error) {
			payer, agreed := ctx.Value(payerKey{}).(types.RequestPayer)
			if r, ok := in.Request.(*smithyhttp.Request); ok && agreed {
				r.Header.Set("X-Amz-Request-Payer", string(payer))
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	})
}
