package s3

import (
	"cmp"
	"context"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type putInput struct {
	tool.Target
	payer
	Bucket       string            `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/key" format:"bucket" rest:"key" complete:"s3.bucket"`
	Key          string            `json:"key" jsonschema:"the object's key" holds:"content" empty:"blank"`
	Body         *string           `json:"body,omitempty" jsonschema:"the content, as text" xor:"from_file" audit:"digest" holds:"content" empty:"text"`
	FromFile     string            `json:"from_file,omitempty" jsonschema:"the file that holds the content, or - for standard input at the command line" complete:"file" file:"read,stdio" holds:"content"`
	ContentType  string            `json:"content_type,omitempty" jsonschema:"the media type; default: guessed from the name" holds:"content"`
	Metadata     map[string]string `json:"metadata,omitempty" jsonschema:"what to keep with the object, as names and values" holds:"content" audit:"digest" empty:"text"`
	Tags         map[string]string `json:"tags,omitempty" jsonschema:"the object's tags" holds:"content" audit:"digest" empty:"text"`
	SSE          string            `json:"sse,omitempty" jsonschema:"server-side encryption; default: the bucket's own" enum:"AES256,aws:kms,aws:kms:dsse"`
	KMSKey       string            `json:"kms_key,omitempty" jsonschema:"the KMS key to encrypt with: ID, ARN or alias"`
	IfNoneMatch  string            `json:"if_none_match,omitempty" jsonschema:"* writes only if no object has the key yet" enum:"*"`
	StorageClass string            `json:"storage_class,omitempty" jsonschema:"default: STANDARD" enum:"STANDARD,STANDARD_IA,ONEZONE_IA,INTELLIGENT_TIERING,GLACIER_IR,GLACIER,DEEP_ARCHIVE,REDUCED_REDUNDANCY,EXPRESS_ONEZONE,OUTPOSTS,SNOW"`
}

// Validate checks fields that depend on each other.
func (in putInput) Validate() error {
	switch {
	case in.Body == nil && in.FromFile == "":
		return fault.New(fault.Invalid, "neither body nor from_file is given").At("body").
			WithFix("give one of the two; an empty body makes an empty object")
	case in.KMSKey != "" && in.SSE == string(tmtypes.ServerSideEncryptionAes256):
		return fault.New(fault.Invalid, "kms_key and sse AES256 can't be used together").At("kms_key").
			WithFix("set sse to aws:kms, or omit kms_key")
	}
	return cmp.Or(checkKey("key", in.Key), checkHeader("content_type", in.ContentType), checkHeader("kms_key", in.KMSKey), checkMetadata(in.Metadata))
}

// Subject names what is written.
func (in putInput) Subject() string { return objectURL(in.Bucket, in.Key) }

type putOutput struct {
	Bucket      string   `json:"bucket"`
	Key         string   `json:"key"`
	Size        int64    `json:"size" jsonschema:"bytes written"`
	ContentType string   `json:"content_type"`
	ETag        string   `json:"etag"`
	VersionID   string   `json:"version_id,omitempty"`
	Checksum    string   `json:"checksum,omitempty" jsonschema:"the CRC32 that S3 verified and keeps, in base64; -N after it means that it is of N parts"`
	SSE         string   `json:"sse,omitempty" jsonschema:"how S3 encrypted the object"`
	KMSKey      string   `json:"kms_key,omitempty"`
	Notes       []string `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Remarks returns the notes, for the door.
func (w putOutput) Remarks() []string { return w.Notes }

func (b *box) putTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name:    "s3.put",
		Summary: "Write an object from a text or a file",
		Description: "An object of the same key is replaced, unless if_none_match is given. In a bucket without " +
			"versioning the former object is lost, so the call counts as destroying; otherwise it counts as writing. Files of any size are sent " +
			"in parts in parallel, each with a checksum that S3 verifies; an interrupted upload leaves no parts behind.",
		Effect: tool.Destroy, Idempotent: true, Args: []string{"bucket", "key", "from_file"}, Timeout: -1,
		Needs: []tool.Need{
			{Action: "s3:PutObject", Resource: objectResource},
			{Action: "s3:GetObject", Resource: objectResource, When: tool.Condition{Asked: true}},
			{Action: "s3:GetBucketVersioning", Resource: bucketResource, When: tool.Condition{Asked: true}},
			{Action: "s3:GetObjectVersion", Resource: objectResource, When: tool.Condition{Asked: true, Besides: "versioning is suspended"}},
			{Action: "s3:AbortMultipartUpload", Resource: objectResource, When: tool.Condition{Besides: "the file is larger than 8 MiB"}},
			{Action: "s3:PutObjectTagging", Resource: objectResource, When: tool.Condition{Given: []string{"tags"}}},
			{Action: "kms:GenerateDataKey", Resource: "{kms_key}", When: tool.Condition{Given: []string{"kms_key"}}},
			{Action: "kms:Decrypt", Resource: "{kms_key}", When: tool.Condition{Given: []string{"kms_key"}, Besides: "the file is larger than 8 MiB"}},
		},
		Examples: []tool.Example{
			{Does: "write a text", Input: `{"bucket": "reports", "key": "hello.txt", "body": "hello"}`},
			{Does: "send a file", Input: `{"bucket": "reports", "key": "backup.tar", "from_file": "backup.tar"}`},
			{Does: "write only a new object, with tags", Input: `{"bucket": "reports", "key": "lock", "body": "me", "if_none_match": "*", "tags": {"team": "core"}}`},
		},
	}, b.putObject), func(ctx context.Context, call *tool.Call, in putInput) tool.Preview {
		return in.preview(ctx, b, call)
	})
}

func (b *box) putObject(ctx context.Context, call *tool.Call, in putInput) (written putOutput, err error) {
	ctx = in.agreed(ctx)
	if in.FromFile == tool.Dash {
		return b.putStream(ctx, call, in)
	}
	body, size, err := in.open(call)
	if err != nil {
		return putOutput{}, err
	}
	defer func() { _ = body.Close() }()
	var only condition
	if seen, ok := call.Expected.(objectNow); ok {
		only = seen.condition()
	}
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return fault.Wrap(err, fault.Invalid, "%q cannot be read", in.FromFile).WithCause("%v", err)
		}
		t := transfer{client: client, size: size, watch: progressOf(call, in.Key)}
		out, err := t.upload(ctx, in.upload(body, only))
		if err == nil {
			written = in.written(out, size)
		}
		return only.explain(ctx, err, changedSince)
	})
	written.Notes = notes(moved)
	return written, err
}

// open returns the content and its size.
func (in putInput) open(call *tool.Call) (io.ReadSeekCloser, int64, error) {
	if in.Body != nil {
		return textSource{strings.NewReader(*in.Body)}, int64(len(*in.Body)), nil
	}
	return openSource(call.Files, in.FromFile)
}

// textSource is a text that reads like a file.
type textSource struct{ *strings.Reader }

// Close does nothing: a text holds nothing open.
func (textSource) Close() error { return nil }

func (in putInput) upload(body io.Reader, only condition) *transfermanager.UploadObjectInput {
	sse := in.SSE
	if in.KMSKey != "" && sse == "" {
		sse = string(tmtypes.ServerSideEncryptionAwsKms)
	}
	if in.IfNoneMatch != "" {
		only = onlyNew()
	}
	return &transfermanager.UploadObjectInput{
		Bucket: &in.Bucket, Key: &in.Key, Body: body,
		ContentType: aws.String(in.contentType()), Metadata: encodedMetadata(in.Metadata), Tagging: kit.Optional(tagging(in.Tags)),
		ServerSideEncryption: tmtypes.ServerSideEncryption(sse), SSEKMSKeyID: kit.Optional(in.KMSKey),
		IfMatch: only.match, IfNoneMatch: only.noneMatch, StorageClass: tmtypes.StorageClass(in.StorageClass),
	}
}

func (in putInput) contentType() string {
	if in.ContentType != "" {
		return in.ContentType
	}
	return contentTypeOf(in.Key, in.FromFile)
}

func (in putInput) written(out *transfermanager.UploadObjectOutput, size int64) putOutput {
	return putOutput{
		Bucket: in.Bucket, Key: in.Key, Size: size, ContentType: in.contentType(), ETag: kit.Unquoted(out.ETag),
		VersionID: aws.ToString(out.VersionID), Checksum: aws.ToString(out.ChecksumCRC32),
		SSE: string(out.ServerSideEncryption), KMSKey: aws.ToString(out.SSEKMSKeyID),
	}
}

// contentTypeOf guesses a media type from the first name with a known extension.
func contentTypeOf(names ...string) string {
	for _, name := range names {
		if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
			return kind
		}
	}
	return "application/octet-stream"
}

// tagging writes tags as S3 wants them in a header.
func tagging(tags map[string]string) string {
	values := url.Values{}
	for key, value := range tags {
		values.Set(key, value)
	}
	return values.Encode()
}

// Aim is where the ARN of an access point says.
func (in putInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }
