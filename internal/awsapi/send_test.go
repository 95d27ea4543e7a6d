package awsapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// TestBodiesMayBeClosedBeforeTheirEndIsSeen does what net/http does where an answer
// comes at once: it looks for more of a body that was sent and then closed.
func TestBodiesMayBeClosedBeforeTheirEndIsSeen(t *testing.T) {
	for name, stream := range map[string]io.Reader{
		"seekable": strings.NewReader("text"),
		"a stream": struct {
			io.Reader
			io.WriterTo
		}{strings.NewReader("text"), strings.NewReader("text")},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := smithyhttp.NewStackRequest().(*smithyhttp.Request).SetStream(stream)
			if err != nil {
				t.Fatal(err)
			}
			request.ContentLength = 4
			handle := middleware.DeserializeHandlerFunc(func(_ context.Context, in middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
				body := in.Request.(*smithyhttp.Request).Build(t.Context()).Body
				if sent, err := io.ReadAll(io.LimitReader(body, 4)); string(sent) != "text" || err != nil {
					t.Errorf("sent %q, %v", sent, err)
				}
				if err := body.Close(); err != nil {
					t.Error(err)
				}
				if more, err := io.Copy(io.Discard, body); more != 0 || err != nil {
					t.Errorf("%d bytes more, %v", more, err)
				}
				return middleware.DeserializeOutput{}, middleware.Metadata{}, nil
			})
			if _, _, err := awsapi.SendPlainly(t.Context(), middleware.DeserializeInput{Request: request}, handle); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRefusalBeforeTheBodyIsRead refuses an upload of which little has come, and
// sends the reason when it has the rest.
func TestRefusalBeforeTheBodyIsRead(t *testing.T) {
	awsapitest.Clean(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Amz-Request-Id", "req-1")
		w.WriteHeader(http.StatusForbidden)
		w.(http.Flusher).Flush()
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
	}))
	t.Cleanup(server.Close)
	const size = 32 << 20 // more than the system takes before anybody reads
	put := awsapitest.PutObject(func(in *s3.PutObjectInput) { in.Body = strings.NewReader(strings.Repeat("x", size)) })
	f := awserr.Fault(put(t.Context(), awsapitest.SessionAt(t, server.URL)))
	if f == nil || f.Kind != fault.Denied || f.OutcomeUnknown {
		t.Errorf("%+v, want denied", f)
	}
}
