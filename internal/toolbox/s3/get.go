package s3

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// inlineCap is how much of an object an answer contains. More must go to a file,
// or be requested range by range.
const inlineCap = 1 << 20

type getInput struct {
	tool.Target
	payer
	Bucket    string `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/key" format:"bucket" rest:"key" complete:"s3.bucket"`
	Key       string `json:"key" jsonschema:"the object's key" holds:"content" empty:"blank"`
	VersionID string `json:"version_id,omitempty" jsonschema:"an older version; default: the latest"`
	Range     string `json:"range,omitempty" jsonschema:"the bytes to read, counted from 0: 0-99 the first hundred, 100- all after them, -100 the last hundred"`
	IfMatch   string `json:"if_match,omitempty" jsonschema:"read only if the object has this entity tag (etag of an earlier answer), so that ranges of two states are not mixed"`
	ToFile    string `json:"to_file,omitempty" jsonschema:"the new file to write the object to, or - for standard output at the command line; default: the content is in the answer" complete:"file" file:"write,stdio" holds:"content"`
}

// Validate checks key and range.
func (in getInput) Validate() error {
	if _, err := parseRange(in.Range); err != nil {
		return err
	}
	return checkKey("key", in.Key)
}

func (b *box) getTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "s3.get",
		Summary: "Read an object into the answer or to a file",
		Description: "The answer has text as it is and binary content as base64, up to 1 MiB. If the object is longer, the answer " +
			"names the range to ask for next; give its etag as if_match with it. to_file writes objects of any size, with parts in parallel and " +
			"checksums verified; the file appears under its name only when it is complete.",
		Effect: tool.Read, Idempotent: true, Args: []string{"bucket", "key", "to_file"}, Timeout: -1,
		Forms: []tool.Form{{Verb: "cat", Sets: `{"to_file": "-"}`}},
		Needs: []tool.Need{
			{Action: "s3:GetObject", Resource: objectResource, When: tool.Condition{Absent: []string{"version_id"}}},
			{Action: "s3:GetObjectVersion", Resource: objectResource, When: tool.Condition{Given: []string{"version_id"}}},
		},
		Examples: []tool.Example{
			{Does: "show a small text", Input: `{"bucket": "reports", "key": "2026/summary.txt"}`},
			{Does: "look at the end of a log", Input: `{"bucket": "reports", "key": "app.log", "range": "-4096"}`},
			{Does: "read on where an answer ended", Input: `{"bucket": "reports", "key": "app.log", "range": "1048576-2097151", "if_match": "9b2cf535f27731c974343645a3985328"}`},
			{Does: "write an object to a file", Input: `{"bucket": "reports", "key": "backup.tar", "to_file": "backup.tar"}`},
		},
	}, b.getObject)
}

func (b *box) getObject(ctx context.Context, call *tool.Call, in getInput) (getOutput, error) {
	ctx = in.agreed(ctx)
	switch in.ToFile {
	case "":
	case tool.Dash:
		return b.getStream(ctx, call, in)
	default:
		return b.getFile(ctx, call, in)
	}
	var object getOutput
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) (err error) {
		object, err = getInline(ctx, client, in)
		return err
	})
	object.Notes = append(object.Notes, notes(moved)...)
	return object, err
}

// getInline reads an object, or its beginning, into memory. The answer's
// checksum is verified where the whole of it is read.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func getInline(ctx context.Context, client *s3.Client, in getInput) (getOutput, error) {
	object, out, err := in.open(ctx, client)
	if err != nil {
		return getOutput{}, err
	}
	defer func() { _ = out.Body.Close() }()
	body, err := readBody(out.Body, aws.ToInt64(out.ContentLength))
	if err != nil {
		return getOutput{}, err
	}
	object.fill(body)
	return object, nil
}

// open begins to read an object. It returns what is known of it before its content.
func (in getInput) open(ctx context.Context, client *s3.Client) (getOutput, *s3.GetObjectOutput, error) {
	asked, err := parseRange(in.Range)
	if err != nil {
		return getOutput{}, nil, err
	}
	out, err := client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &in.Bucket, Key: &in.Key, VersionId: kit.Optional(in.VersionID),
		Range: kit.Optional(asked.header()), ChecksumMode: checksumMode(client), IfMatch: in.match(),
	})
	if err != nil {
		return getOutput{}, nil, in.unmatched(ctx, err)
	}
	object := getOutput{
		Bucket: in.Bucket, Key: in.Key, VersionID: aws.ToString(out.VersionId),
		ContentType: aws.ToString(out.ContentType), ETag: kit.Unquoted(out.ETag), Modified: out.LastModified,
		Metadata: decodedMetadata(out.Metadata), StorageClass: string(out.StorageClass),
	}
	object.setRange(aws.ToString(out.ContentRange), aws.ToInt64(out.ContentLength))
	object.ranged = asked.given
	return object, out, nil
}

// match returns the condition of the read; nil is none.
func (in getInput) match() *string { return onlyOver(in.IfMatch).match }

// unmatched returns the fault of a failed read. If the condition was not met, it says so.
func (in getInput) unmatched(ctx context.Context, err error) error {
	if in.IfMatch == "" {
		return err
	}
	f := fault.From(unmatched(ctx, in.match(), err))
	if f == nil || f.Kind != fault.Conflict {
		return err
	}
	return f.At("if_match").WithFix("read it from the beginning again, without if_match")
}

// readBody reads as much of a body as an answer carries: to its end, past
// which the SDK compares the checksum, where it is short enough.
func readBody(body io.Reader, length int64) ([]byte, error) {
	if length <= inlineCap {
		return io.ReadAll(body)
	}
	head := make([]byte, inlineCap)
	_, err := io.ReadFull(body, head)
	return head, err
}

// Aim is where the ARN of an access point says.
func (in getInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }
