package awsapi

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// mostError is how much of a failure's answer is read before it is given. AWS's
// are far shorter.
const mostError = 1 << 20

// client sends the requests of service clients. It reads the answer of a failure
// before it gives it: the SDK closes the request's body as soon as it has an answer,
// and net/http closes the connection of a request whose body ended too soon. A
// server may refuse a request before it has read all of its body, as S3 does.
type client struct{ aws.HTTPClient }

func (c client) Do(request *http.Request) (*http.Response, error) {
	response, err := c.HTTPClient.Do(request)
	if err != nil || response.StatusCode < http.StatusMultipleChoices || request.Body == nil {
		return response, err
	}
	var read bytes.Buffer
	_, _ = io.CopyN(&read, response.Body, mostError) // the body gives its error again
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&read, response.Body), response.Body}
	return response, nil
}

// sendPlainly hides the WriteTo of a request's body. net/http looks for more of a
// body after it has sent all of it. The SDK may have closed the body by then, since
// the answer is there already. The SDK's Read gives io.EOF for a closed body, which
// is right; its WriteTo gives io.EOF too, which net/http takes for a failure, and
// closes the connection while the answer is read.
func sendPlainly(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return next.HandleDeserialize(ctx, in)
	}
	body := request.GetStream()
	if _, ok := body.(io.WriterTo); !ok {
		return next.HandleDeserialize(ctx, in)
	}
	if _, ok := body.(*io.PipeReader); ok {
		return next.HandleDeserialize(ctx, in)
	}
	if seeker, ok := body.(io.ReadSeeker); ok {
		body = struct{ io.ReadSeeker }{seeker}
	} else {
		body = struct{ io.Reader }{body}
	}
	request, err := request.SetStream(body)
	if err != nil {
		return middleware.DeserializeOutput{}, middleware.Metadata{}, err
	}
	in.Request = request
	return next.HandleDeserialize(ctx, in)
}
