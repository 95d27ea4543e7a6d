package s3

import (
	"context"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// maxBatch is how many keys a request of DeleteObjects takes.
const maxBatch = 1000

// start deletes a batch in parallel with others. Keys that XML cannot carry are deleted
// one by one.
func (r *removal) start(ctx context.Context, group *parallel.Group, batch []item) {
	var single, many []item
	for _, i := range batch {
		if inXML(r.at.at(i.name)) {
			many = append(many, i)
		} else {
			single = append(single, i)
		}
	}
	group.Go(func() error {
		err := r.deleteBatch(ctx, single, many)
		if err != nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.stop = true
		}
		return err
	})
}

func (r *removal) deleteBatch(ctx context.Context, single, many []item) error {
	for _, i := range single {
		if err := r.deleteOne(ctx, i); err != nil {
			return err
		}
	}
	if len(many) == 0 {
		return nil
	}
	return r.deleteMany(ctx, many)
}

// inXML reports whether a key comes through XML unchanged.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
func inXML(key string) bool {
	for _, c := range key {
		if c < ' ' || c == 0xFFFE || c == 0xFFFF {
			return false
		}
	}
	return utf8.ValidString(key)
}

// etag returns the state that an object must be in to be deleted; nil is any.
func (r *removal) etag(i item) *string {
	if r.agreed == nil {
		return nil
	}
	return onlyOver(i.etag).match
}

// deleteMany deletes objects by one request. The answer must name each of them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
func (r *removal) deleteMany(ctx context.Context, batch []item) error {
	in, left := &types.Delete{}, map[string]item{}
	for _, i := range batch {
		key := r.at.at(i.name)
		left[key] = i
		in.Objects = append(in.Objects, types.ObjectIdentifier{Key: &key, ETag: r.etag(i)})
	}
	r.sending(len(batch))
	out, err := r.at.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &r.in.Bucket, Delete: in})
	if err != nil {
		return kit.Explain(ctx, err)
	}
	r.sending(-len(batch))
	for _, done := range out.Deleted {
		r.deleted(left, aws.ToString(done.Key))
	}
	for _, e := range out.Errors {
		key, code := aws.ToString(e.Key), aws.ToString(e.Code)
		i, asked := left[key]
		if !asked {
			continue
		}
		if code == "NoSuchKey" {
			r.deleted(left, key)
			continue
		}
		delete(left, key)
		r.failed(i, r.fault(ctx, &smithy.GenericAPIError{Code: code, Message: aws.ToString(e.Message)}))
	}
	for _, i := range left {
		r.failed(i, notAsked("it does not say whether the object was deleted").WithOutcomeUnknown())
	}
	r.progress()
	return nil
}

// fault returns the failure of one object.
func (r *removal) fault(ctx context.Context, err error) *fault.Error {
	only := condition{}
	if r.agreed != nil {
		only.match = aws.String("")
	}
	return fault.From(kit.Explain(ctx, only.explain(ctx, err, changedDelete)))
}

// deleteOne deletes an object by a request of its own.
func (r *removal) deleteOne(ctx context.Context, i item) error {
	key := r.at.at(i.name)
	r.sending(1)
	_, err := r.at.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &r.in.Bucket, Key: &key, IfMatch: r.etag(i)})
	if err != nil && ctx.Err() != nil {
		return err
	}
	r.sending(-1)
	if err != nil {
		r.failed(i, r.fault(ctx, err))
		return nil
	}
	r.deleted(map[string]item{key: i}, key)
	r.progress()
	return nil
}

// sending counts objects whose request is on its way.
func (r *removal) sending(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent += int64(n)
}

// deleted counts an object that is gone.
func (r *removal) deleted(left map[string]item, key string) {
	i, ok := left[key]
	if !ok {
		return
	}
	delete(left, key)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.done(i.size)
}

func (r *removal) progress() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.call.Progress(tool.Progress{Subject: r.at.show(""), Done: r.out.Deleted.Objects, Unit: "objects"})
}
