package s3_test

import (
	"bytes"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestMultipartOverTheWire(t *testing.T) {
	b := newS3(t)
	bucket, key := aws.String("bucket"), aws.String("big")
	data := bytes.Repeat([]byte("0123456789abcdef"), 6<<16) // 6 MiB
	up, err := b.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ChecksumAlgorithm: "SHA256", Tagging: aws.String("a=1")})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for n, body := range [][]byte{data, []byte("tail")} {
		p, err := b.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(int32(n + 1)), Body: bytes.NewReader(body), ChecksumAlgorithm: "SHA256",
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{PartNumber: aws.Int32(int32(n + 1)), ETag: p.ETag, ChecksumSHA256: p.ChecksumSHA256})
	}
	listed, err := b.ListParts(t.Context(), &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MaxParts: aws.Int32(1)})
	if err != nil || len(listed.Parts) != 1 || !*listed.IsTruncated || *listed.NextPartNumberMarker != "1" {
		t.Errorf("parts: %+v, %v", listed, err)
	}
	uploads, err := b.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: bucket})
	if err != nil || len(uploads.Uploads) != 1 || *uploads.Uploads[0].UploadId != *up.UploadId {
		t.Errorf("uploads: %+v, %v", uploads, err)
	}
	there := b.put("big", "there").ETag
	complete := func(parts []types.CompletedPart, match, ifNone *string) error {
		_, err := b.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, IfMatch: match, IfNoneMatch: ifNone, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	}
	if got := status(complete([]types.CompletedPart{parts[1], parts[0]}, nil, nil)); got != "400 InvalidPartOrder" {
		t.Errorf("wrong order: %s", got)
	}
	if got := status(complete([]types.CompletedPart{{PartNumber: aws.Int32(1), ETag: aws.String(`"x"`)}}, nil, nil)); got != "400 InvalidPart" {
		t.Errorf("wrong tag: %s", got)
	}
	if got := status(complete(parts, nil, aws.String("*"))); got != "412 PreconditionFailed" {
		t.Errorf("over an object, where there must be none: %s", got)
	}
	if got := status(complete(parts, aws.String(`"x"`), nil)); got != "412 PreconditionFailed" {
		t.Errorf("over another object: %s", got)
	}
	if err := complete(parts, there, nil); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key, PartNumber: aws.Int32(2), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil || *out.PartsCount != 2 || read(t, out.Body) != "tail" || *out.ContentRange != "bytes 6291456-6291459/6291460" {
		t.Errorf("second part: %+v, %v", out, err)
	}
	attrs, err := b.GetObjectAttributes(t.Context(), &s3.GetObjectAttributesInput{Bucket: bucket, Key: key, ObjectAttributes: []types.ObjectAttributes{"ObjectParts", "Checksum", "ObjectSize"}})
	if err != nil || *attrs.ObjectParts.TotalPartsCount != 2 || len(attrs.ObjectParts.Parts) != 2 || attrs.Checksum.ChecksumType != types.ChecksumTypeComposite {
		t.Errorf("attributes: %+v, %v", attrs, err)
	}
	if got := status(complete(parts, nil, nil)); got != "404 NoSuchUpload" {
		t.Errorf("completed twice: %s", got)
	}
}

func TestPartsAreCopied(t *testing.T) {
	b := newS3(t)
	b.put("source", "0123456789")
	bucket, key := aws.String("bucket"), aws.String("big")
	up, err := b.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	part := func(r string) (*s3.UploadPartCopyOutput, error) {
		return b.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1), CopySource: aws.String("bucket/source"), CopySourceRange: &r,
		})
	}
	for r, want := range map[string]string{"bytes=5-10": "400 InvalidArgument", "bytes=5-": "400 InvalidArgument", "5-6": "400 InvalidArgument"} {
		if _, err := part(r); status(err) != want {
			t.Errorf("%s: %v", r, err)
		}
	}
	p, err := part("bytes=5-7")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: key, UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: p.CopyPartResult.ETag}}},
	}); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil || read(t, out.Body) != "567" {
		t.Errorf("%+v, %v", out, err)
	}
}
