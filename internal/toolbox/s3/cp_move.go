package s3

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"

	"github.com/hawser/hawser/internal/files"
)

// move brings one object to the other end.
func (c *copying) move(ctx context.Context, source item, only *bound) error {
	switch {
	case !c.from.remote():
		return c.upload(ctx, source, only)
	case !c.to.remote():
		return c.download(ctx, source, only)
	default:
		return c.duplicate(ctx, source, only)
	}
}

func (c *copying) upload(ctx context.Context, source item, only *bound) error {
	file, size, err := openSource(c.from.files, c.from.at(source.name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err == nil {
		err = c.opened(source, info)
	}
	if err != nil {
		return err
	}
	need := min(size, uploadMemory)
	if err := c.memory.Acquire(ctx, need); err != nil {
		return err
	}
	defer c.memory.Release(need)
	key, condition := c.to.at(source.name), only.condition()
	_, err = c.transfer(source, size, key).upload(ctx, &transfermanager.UploadObjectInput{
		Bucket: &c.to.bucket, Key: &key, Body: io.Reader(file), ContentType: aws.String(contentTypeOf(key, source.name)),
		IfMatch: condition.match, IfNoneMatch: condition.noneMatch,
	})
	return condition.explain(ctx, err, changedSince)
}

// opened reports whether a file that was opened is the one that was found in its
// directory. If it is deleted after the copy, it must be.
func (c *copying) opened(source item, file fs.FileInfo) error {
	if c.in.removes && !files.Unchanged(source.info, file) {
		return changedCopied()
	}
	return c.agreed.opened(source, file)
}

func (c *copying) download(ctx context.Context, source item, only *bound) (err error) {
	file, err := only.file(c.to.files, c.to.at(source.name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Abort()) }()
	if source.within != nil {
		if err := file.Within(source.within); err != nil {
			return err
		}
	}
	key := c.from.at(source.name)
	t := c.transfer(source, source.size, key)
	t.looked = looked{etag: source.etag, size: source.size, sized: true}
	_, err = t.download(ctx, &transfermanager.DownloadObjectInput{
		Bucket: &c.from.bucket, Key: &key, WriterAt: file,
	})
	if err != nil {
		return err
	}
	return file.Commit()
}

// transfer returns a transfer of one object, which shows its own progress where
// it is large.
func (c *copying) transfer(source item, size int64, key string) transfer {
	t := transfer{client: c.to.client, buffers: c.buffers, size: size}
	if c.from.remote() {
		t.client = c.from.client
	}
	if source.size > minPart {
		t.watch = progressOf(c.call, key)
	}
	return t
}
