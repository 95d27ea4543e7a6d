package s3

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func getObject(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	o, err := b.Acquire(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	defer o.Body.Release()
	h, span, err := show(c, b, o, in.PartNumber, in.ChecksumMode)
	if err == nil {
		err = readable(c, o)
	}
	if err != nil {
		return nil, err
	}
	out := getFromHead(h)
	out.TagCount = h.TagCount
	out.Body = o.Body.Open(span.from, span.size)
	return out, nil
}

func headObject(c *awssim.Call, b *s3store.Bucket, in *s3.HeadObjectInput) (*s3.HeadObjectOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	h, _, err := show(c, b, o, in.PartNumber, in.ChecksumMode)
	return h, err
}

// missing answers for an object that can't be read: with the delete marker
// that stands in the way, and only to those who may know what the bucket holds.
func missing(c *awssim.Call, b *s3store.Bucket, marker *s3store.Object, err error) error {
	answer := answerOf(c, err)
	if marker != nil {
		answer.Header = http.Header{"X-Amz-Delete-Marker": {"true"}, "X-Amz-Version-Id": {marker.VersionID}}
		if answer.Code == string(s3store.MethodNotAllowed) {
			answer.Header.Set("Allow", "DELETE")
			answer.Header.Set("Last-Modified", marker.LastModified.Format(http.TimeFormat))
		}
		return answer
	}
	if answer.Code == string(s3store.NoSuchKey) && permit(c, bucketNeed(c, b, "s3:ListBucket")) != nil {
		return fail("AccessDenied")
	}
	return answer
}

// extent is the stretch of an object that an answer gives.
type extent struct {
	from, size int64
	part       *s3store.ObjectPart // where a part was asked for
	partial    bool
}

// show holds a request to its conditions and gives an object's headers.
func show(c *awssim.Call, b *s3store.Bucket, o *s3store.Object, part *int32, mode types.ChecksumMode) (*s3.HeadObjectOutput, extent, error) {
	r := c.Request.Header
	if err := checkCustomerKey(r, "X-Amz-Server-Side-Encryption-Customer-", o); err != nil {
		return nil, extent{}, err
	}
	cond := s3store.ReadCondition{
		Condition:     condition(c),
		ModifiedSince: timeOf(r.Get("If-Modified-Since")), UnmodifiedSince: timeOf(r.Get("If-Unmodified-Since")),
	}
	if err := cond.Allows(o); err != nil {
		return nil, extent{}, unchanged(c, o, err)
	}
	span, err := extentOf(o, r.Get("Range"), part)
	if err != nil {
		return nil, span, err
	}
	h := head(b, o, span)
	if o.Expires != "" { // as it was given, be it a date or not
		c.Header.Set("Expires", o.Expires)
	}
	override(c, h)
	if span.partial {
		c.Status = http.StatusPartialContent
		h.ContentRange = aws.String("bytes " + decimal64(span.from) + "-" + decimal64(span.from+span.size-1) + "/" + decimal64(o.Size()))
	}
	if mode == types.ChecksumModeEnabled {
		showSum(h, o, span)
	}
	return h, span, nil
}

func decimal64(n int64) string { return strconv.FormatInt(n, 10) }

func timeOf(text string) *time.Time {
	if text == "" {
		return nil
	}
	t, err := http.ParseTime(text)
	if err != nil {
		return nil // as RFC 9110 has it, a date that can't be read does not count
	}
	return &t
}

// unchanged gives an answer to a failed condition the headers that caches
// need.
func unchanged(c *awssim.Call, o *s3store.Object, err error) error {
	answer := answerOf(c, err)
	if answer.Status == http.StatusNotModified {
		answer.Header = http.Header{"Etag": {`"` + o.ETag + `"`}, "Last-Modified": {o.LastModified.Format(http.TimeFormat)}}
	}
	return answer
}

// showSum adds the checksum: the object's for the whole of it, a part's for
// a part, none for any other range.
func showSum(h *s3.HeadObjectOutput, o *s3store.Object, span extent) {
	sum := o.Checksum
	switch {
	case span.part != nil && sum.Composite:
		sum.Value = span.part.Checksum
	case span.partial && span.size != o.Size():
		return
	}
	setSum(h, sum)
	h.ChecksumType = sumType(o.Checksum)
}

// extentOf reads a range or a part number.
func extentOf(o *s3store.Object, header string, part *int32) (extent, error) {
	switch {
	case part == nil:
		return rangeOf(o, header)
	case header != "":
		return extent{}, invalid("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
	case *part < 1 || *part > s3store.MaxParts:
		return extent{}, argument("partNumber", decimal(int(*part)), "Part number must be an integer between 1 and 10000, inclusive")
	case len(o.Parts) == 0 && *part == 1:
		return extent{size: o.Size(), partial: o.Size() > 0}, nil
	case int(*part) > len(o.Parts):
		return extent{}, fail("InvalidPartNumber").With("PartNumberRequested", decimal(int(*part))).With("ActualPartCount", decimal(max(1, len(o.Parts))))
	}
	var from int64
	for _, p := range o.Parts[:*part-1] {
		from += p.Size
	}
	p := &o.Parts[*part-1]
	return extent{from: from, size: p.Size, part: p, partial: p.Size > 0}, nil
}

// rangeOf reads "bytes=a-b", "bytes=a-" or "bytes=-n". Several ranges, or what
// is none, give the whole object, as S3 does.
func rangeOf(o *s3store.Object, header string) (extent, error) {
	size := o.Size()
	all := extent{size: size}
	spec, ok := strings.CutPrefix(header, "bytes=")
	a, b, dash := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok || !dash {
		return all, nil
	}
	var from, to int64
	first, err1 := strconv.ParseUint(a, 10, 63)
	last, err2 := strconv.ParseUint(b, 10, 63)
	switch {
	case a == "" && err2 == nil: // the last bytes
		from, to = max(0, size-int64(last)), size
		if last == 0 {
			from = size
		}
	case err1 == nil && b == "":
		from, to = int64(first), size
	case err1 == nil && err2 == nil && first <= last:
		from, to = int64(first), min(size, int64(last)+1)
	default:
		return all, nil
	}
	if from >= size {
		return all, fail("InvalidRange").With("RangeRequested", header).With("ActualObjectSize", decimal64(size))
	}
	return extent{from: from, size: to - from, partial: true}, nil
}
