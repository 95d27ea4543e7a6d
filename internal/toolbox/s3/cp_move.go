package s3

import (
	"context"
	"errors"
	"io"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
)

// move brings one object to the other end.
func (c *copying) move(ctx context.Context, source item, onlyNew bool) error {
	switch {
	case !c.from.remote():
		return c.upload(ctx, source, onlyNew)
	case !c.to.remote():
		return c.download(ctx, source, onlyNew)
	default:
		return c.duplicate(ctx, source, onlyNew)
	}
}

func (c *copying) upload(ctx context.Context, source item, onlyNew bool) error {
	file, size, err := openSource(c.from.files, c.from.at(source.name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	need := min(size, uploadMemory)
	if err := c.memory.Acquire(ctx, need); err != nil {
		return err
	}
	defer c.memory.Release(need)
	key := c.to.at(source.name)
	_, err = c.transfer(source, size, key).upload(ctx, &transfermanager.UploadObjectInput{
		Bucket: &c.to.bucket, Key: &key, Body: io.Reader(file), ContentType: aws.String(contentTypeOf(key, source.name)),
		IfNoneMatch: noneThere(onlyNew),
	})
	return err
}

// noneThere is the condition of a request that must replace nothing.
func noneThere(onlyNew bool) *string {
	if !onlyNew {
		return nil
	}
	return aws.String("*")
}

func (c *copying) download(ctx context.Context, source item, onlyNew bool) (err error) {
	name := c.to.at(source.name)
	if dir := path.Dir(name); dir != "." {
		if err := c.to.files.MkdirAll(dir); err != nil {
			return err
		}
	}
	begin := c.to.files.Replace
	if onlyNew {
		begin = c.to.files.Create
	}
	file, err := begin(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Abort()) }()
	key := c.from.at(source.name)
	_, err = c.transfer(source, source.size, key).download(ctx, &transfermanager.DownloadObjectInput{
		Bucket: &c.from.bucket, Key: &key, WriterAt: file,
	})
	if err != nil {
		return err
	}
	return file.Commit()
}

// transfer is a transfer of one object, which shows its own progress where it
// is large.
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
