package s3

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// getFile writes an object to a new file, which has its name only once it is
// whole.
func (b *box) getFile(ctx context.Context, call *tool.Call, in getInput) (object getOutput, err error) {
	file, err := call.Files.Create(in.ToFile)
	if err != nil {
		return getOutput{}, err
	}
	defer func() { err = errors.Join(err, file.Abort()) }()
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) (err error) {
		t := transfer{client: client, buffers: &b.buffers, watch: progressOf(call, in.Key)}
		object, err = t.getToFile(ctx, in, file)
		return err
	})
	if err != nil {
		return getOutput{}, err
	}
	object.File, object.Notes = in.ToFile, notes(moved)
	return object, file.Commit()
}

func (t transfer) getToFile(ctx context.Context, in getInput, file *files.NewFile) (getOutput, error) {
	span, err := spanOf(ctx, t.client, in)
	if err != nil {
		return getOutput{}, err
	}
	if span.given && in.IfMatch != "" && kit.Unquoted(&in.IfMatch) != span.looked.etag {
		return getOutput{}, in.unmatched(ctx, otherState(&in.IfMatch, &span.looked.etag))
	}
	if t.looked = span.looked; !span.given {
		t.looked.etag = kit.Unquoted(&in.IfMatch)
	}
	out, err := t.download(ctx, &transfermanager.DownloadObjectInput{
		Bucket: &in.Bucket, Key: &in.Key, VersionID: kit.Optional(in.VersionID),
		WriterAt: file, Range: kit.Optional(span.header()),
	})
	if err != nil {
		return getOutput{}, in.unmatched(ctx, err)
	}
	object := getOutput{
		Bucket: in.Bucket, Key: in.Key, VersionID: aws.ToString(out.VersionID), Size: span.looked.size,
		ContentType: aws.ToString(out.ContentType), ETag: kit.Unquoted(out.ETag), Modified: out.LastModified,
		Metadata: decodedMetadata(out.Metadata), StorageClass: string(out.StorageClass),
	}
	length := aws.ToInt64(out.ContentLength)
	if !span.given {
		object.setRange("", length)
		return object, nil
	}
	object.first, object.last, object.Range = span.first, span.last, span.text()
	if length != span.last-span.first+1 {
		return getOutput{}, fault.New(fault.Network, "%d bytes arrived for the range %s", length, span.text()).WithFix("try again")
	}
	return object, nil
}

// span is a range made fast in an object of a known size.
type span struct {
	byteRange
	looked looked
}

// spanOf makes the input's range fast, so that its parts can travel in parallel.
// S3 is asked for the object's size only where there is a range.
func spanOf(ctx context.Context, client *s3.Client, in getInput) (span, error) {
	asked, err := parseRange(in.Range)
	if err != nil || !asked.given {
		return span{byteRange: asked}, err
	}
	head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &in.Bucket, Key: &in.Key, VersionId: kit.Optional(in.VersionID)})
	if err != nil {
		return span{}, err
	}
	size := aws.ToInt64(head.ContentLength)
	first, last, ok := asked.within(size)
	if !ok {
		return span{}, fault.New(fault.Invalid, "the object has %d bytes, and none in the range %s", size, in.Range).
			At("range").WithFix("choose a range within the object")
	}
	state := looked{etag: kit.Unquoted(head.ETag), size: size, sized: true}
	return span{byteRange{first: first, last: last, given: true}, state}, nil
}
