package s3

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// asked compares each answer of a client with its request. Neither the SDK nor its
// transfer manager does: they take any bytes, of any version, for those that were
// asked for.
func asked(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("HawserAsked", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleInitialize(ctx, in)
			if err == nil {
				err = checkAnswer(in.Parameters, out.Result, metadata)
			}
			return out, metadata, err
		}), middleware.After)
	})
}

func checkAnswer(in, out any, metadata middleware.Metadata) error {
	switch in := in.(type) {
	case *s3.GetObjectInput:
		return checkGet(in, out, statusOf(metadata))
	case *s3.HeadObjectInput:
		if out, ok := out.(*s3.HeadObjectOutput); ok {
			return checkState(in.IfMatch, out.ETag, in.VersionId, out.VersionId)
		}
	case *s3.PutObjectInput, *s3.UploadPartInput:
		return checkSent(out, metadata)
	case *s3.CompleteMultipartUploadInput:
		if out, ok := out.(*s3.CompleteMultipartUploadOutput); ok {
			return checkParts(in.MultipartUpload, out)
		}
	}
	return nil
}

// notAsked is the failure of an answer to another request than the one that was
// made.
func notAsked(format string, args ...any) *fault.Error {
	return fault.New(fault.Endpoint, "the answer is not what was asked for").WithCause(format, args...).
		WithFix("check the endpoint of the connection, the proxy and the network")
}

// otherState is the failure of an answer with another state of an object than the
// one that was looked at.
func otherState(asked, got *string) error {
	return fault.New(fault.Conflict, "the object is not the one that was looked at").
		WithCause("its entity tag is %s in place of %s", kit.Unquoted(got), kit.Unquoted(asked)).WithFix(fixAgain)
}

// checkGet checks what came of an object, and closes the body if it is not what was
// asked for.
func checkGet(in *s3.GetObjectInput, result any, status int) error {
	out, ok := result.(*s3.GetObjectOutput)
	if !ok {
		return nil
	}
	err := cmp.Or(checkState(in.IfMatch, out.ETag, in.VersionId, out.VersionId), checkPiece(in, out, status))
	if err != nil && out.Body != nil {
		_ = out.Body.Close()
	}
	return err
}

// checkState compares entity tag and version with those that were asked for.
func checkState(match, etag, asked, version *string) error {
	if match != nil && kit.Unquoted(match) != kit.Unquoted(etag) {
		return otherState(match, etag)
	}
	if asked != nil && version != nil && *asked != *version {
		return notAsked("it has the version %s in place of %s", *version, *asked)
	}
	return nil
}

// checkPiece compares the bytes that came with those that were asked for: those of
// the range, one whole part, or the whole object.
func checkPiece(in *s3.GetObjectInput, out *s3.GetObjectOutput, status int) error {
	came, err := pieceOf(out, status)
	if err != nil {
		return err
	}
	part := aws.ToInt32(in.PartNumber)
	switch {
	case part > 1 && came.first == 0:
		return notAsked("it has %s in place of part %d", came, part)
	case part > 1, part == 1 && came.first == 0:
		return nil
	case part == 1:
		return notAsked("it has %s in place of the first part", came)
	}
	wanted, err := parseRange(aws.ToString(in.Range))
	if err != nil {
		return err
	}
	if first, last, _ := wanted.within(came.size); first != came.first || last != came.last {
		return notAsked("it has %s in place of %s", came, cmp.Or(wanted.header(), "all"))
	}
	return nil
}

// piece is a range of bytes of an object, and the object's size. The last byte of an
// empty one comes before the first.
type piece struct{ first, last, size int64 }

// String describes it in a failure.
func (p piece) String() string {
	return fmt.Sprintf("the bytes %d-%d of %d", p.first, p.last, p.size)
}

// pieceOf reads from an answer's headers what its body is. HTTP compares the body with
// its length.
//
// https://www.rfc-editor.org/rfc/rfc9110#name-206-partial-content
func pieceOf(out *s3.GetObjectOutput, status int) (piece, error) {
	if out.ContentLength == nil {
		return piece{}, notAsked("it does not say how long it is")
	}
	length := *out.ContentLength
	first, last, size, ok := parseContentRange(aws.ToString(out.ContentRange))
	came := piece{first, last, size}
	switch {
	case out.ContentRange == nil && status != http.StatusPartialContent, !ok && length == 0:
		return piece{last: length - 1, size: length}, nil
	case !ok:
		return piece{}, notAsked("it is a part, and the range %q does not say of what", aws.ToString(out.ContentRange))
	case last-first+1 != length:
		return piece{}, notAsked("it has %d bytes in place of %s", length, came)
	}
	return came, nil
}

// checkSent compares the checksums in the answer to a write with those of what was
// sent. SDK and S3 name the algorithms alike.
func checkSent(out any, metadata middleware.Metadata) error {
	sent, _ := s3.GetComputedInputChecksumsMetadata(metadata)
	for algorithm, sum := range sent.ComputedChecksums {
		field := reflect.ValueOf(out).Elem().FieldByName("Checksum" + algorithm)
		if !field.IsValid() {
			continue
		}
		if got, _ := field.Interface().(*string); got != nil && *got != sum {
			return notAsked("the %s checksum of what was written is %s, and of what was sent %s", algorithm, *got, sum).WithOutcomeUnknown()
		}
	}
	return nil
}

// checkParts compares the answer to the end of an upload with its parts: the number of
// them, and the checksum of their checksums.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func checkParts(sent *types.CompletedMultipartUpload, out *s3.CompleteMultipartUploadOutput) error {
	if sent == nil {
		return nil
	}
	suffix := fmt.Sprintf("-%d", len(sent.Parts))
	if _, count, parted := strings.Cut(kit.Unquoted(out.ETag), "-"); parted && "-"+count != suffix {
		return notAsked("the object has %s parts, and %d were sent", count, len(sent.Parts)).WithOutcomeUnknown()
	}
	whole := crc32.NewIEEE()
	for _, part := range sent.Parts {
		sum, err := base64.StdEncoding.DecodeString(aws.ToString(part.ChecksumCRC32))
		if err != nil || len(sum) != crc32.Size {
			return nil // the parts were sent without
		}
		whole.Write(sum)
	}
	want := base64.StdEncoding.EncodeToString(whole.Sum(nil)) + suffix
	if got := aws.ToString(out.ChecksumCRC32); strings.Contains(got, "-") && got != want {
		return notAsked("the CRC32 checksum of what was written is %s, and of what was sent %s", got, want).WithOutcomeUnknown()
	}
	return nil
}

// statusOf returns the HTTP status of an answer.
func statusOf(metadata middleware.Metadata) int {
	if response, ok := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response); ok {
		return response.StatusCode
	}
	return 0
}
