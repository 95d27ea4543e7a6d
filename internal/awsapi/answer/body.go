package answer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// watchBody notes whether an answer broke off. The SDK's decoders do not tell
// that from an answer which came whole and makes no sense: both are an
// unexpected end.
func watchBody(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if r := callOf(ctx); r != nil && ok && response.Body != nil && response.Body != http.NoBody {
		response.Body = &watchedBody{response.Body, &r.broken}
	}
	return out, metadata, err
}

// watchedBody is the body of an answer. It may be read long after its call.
type watchedBody struct {
	io.ReadCloser
	broken *atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.broken.Store(true)
	}
	return n, err
}
