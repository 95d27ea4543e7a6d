package s3

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// streams reports whether an object is copied from standard input or to standard output.
func (in copyInput) streams() bool { return in.From == tool.Dash || in.To == tool.Dash }

// checkStream refuses what needs more than one object, or a look at both ends.
func (in copyInput) checkStream(from, to location) error {
	if !in.streams() {
		return nil
	}
	field, object := "to", to
	if in.To == tool.Dash {
		field, object = "from", from
	}
	switch {
	case object.key == "" || strings.HasSuffix(object.key, "/"):
		return fault.New(fault.Invalid, "%s names no object, and - is the content of one", field).At(field).WithFix("add the object's key")
	case len(in.Include)+len(in.Exclude) > 0:
		return fault.New(fault.Invalid, "patterns and - can't be used together").At("include").WithFix("leave include and exclude out")
	case in.DryRun:
		return fault.New(fault.Invalid, "dry_run and - can't be used together").At("dry_run").WithFix("leave dry_run out")
	}
	return nil
}

// put returns the copy of standard input as a call of s3.put.
func (in copyInput) put() putInput {
	bucket, key, _ := kit.S3URI(in.To)
	return putInput{Target: in.Target, payer: in.payer, Bucket: bucket, Key: key, FromFile: tool.Dash}
}

// get returns the copy to standard output as a call of s3.get.
func (in copyInput) get() getInput {
	bucket, key, _ := kit.S3URI(in.From)
	return getInput{Target: in.Target, payer: in.payer, Bucket: bucket, Key: key, ToFile: tool.Dash}
}

// copyStream copies one object from standard input or to standard output.
func (b *box) copyStream(ctx context.Context, call *tool.Call, in copyInput) (*copyOutput, error) {
	r := newCopyReport(in, call)
	if in.To == tool.Dash {
		object, err := b.getObject(ctx, call, in.get())
		if err != nil {
			return nil, fault.From(err).At("from")
		}
		r.copied(in.From, in.To, object.Size, nil)
		r.out.Notes, r.out.plain = object.Notes, true
		return r.whole(), nil
	}
	var replaced *item
	if seen, ok := call.Expected.(objectNow); ok && seen.lost() != nil {
		replaced = new(item)
	}
	written, err := b.putObject(ctx, call, in.put())
	if err != nil {
		return nil, fault.From(err).At("to")
	}
	r.copied(in.From, in.To, written.Size, replaced)
	r.out.Notes = written.Notes
	return r.whole(), nil
}

// getStream writes an object to standard output as it comes, so that it is never in
// memory as a whole. Of a whole object the SDK compares the checksum at the end.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (b *box) getStream(ctx context.Context, call *tool.Call, in getInput) (object getOutput, err error) {
	sent := &counted{}
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
		var out *s3.GetObjectOutput
		if object, out, err = in.open(ctx, client); err != nil {
			return err
		}
		defer func() { _ = out.Body.Close() }()
		sent.to, sent.total, sent.watch = call.Stdio.Out(), aws.ToInt64(out.ContentLength), progressOf(call, in.Key)
		_, err := io.Copy(sent, out.Body)
		return err
	})
	if err != nil {
		return getOutput{}, sent.broken(ctx, err)
	}
	object.File, object.Notes = tool.Dash, notes(moved)
	return object, nil
}

// counted counts what is written.
type counted struct {
	to          io.Writer
	done, total int64
	watch       func(done, total int64)
}

// Write implements io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.done += int64(n)
	c.watch(c.done, c.total)
	return n, err
}

// broken returns the error of a copy that ended early, and says how much was written.
func (c *counted) broken(ctx context.Context, err error) error {
	if c.done == 0 {
		return err
	}
	f := *fault.From(kit.Explain(ctx, err))
	return f.WithCause("%s", strings.TrimPrefix(f.Cause+"; "+kit.ByteCount(c.done).String()+" were written before", "; "))
}

// putStream sends standard input. Its length is not known, so it is read part by part.
//
// The bucket's region is found out first: what was read can't be sent again.
func (b *box) putStream(ctx context.Context, call *tool.Call, in putInput) (written putOutput, err error) {
	var only condition
	if seen, ok := call.Expected.(objectNow); ok {
		only = seen.condition()
	} else {
		_, _ = b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
			_, err := head(ctx, client, in.Bucket, in.Key, "")
			return err // any but that of another region is the upload's, too
		})
	}
	body := &stream{in: call.Stdio.In(ctx)}
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
		if body.read > 0 {
			return fault.New(fault.Conflict, "the bucket moved to another region while standard input was read").WithFix("call again")
		}
		t := transfer{client: client, watch: progressOf(call, in.Key)}
		out, err := t.upload(ctx, in.upload(body, only))
		if body.failed != nil {
			return body.failed
		}
		if err == nil {
			written = in.written(out, body.read)
		}
		return only.explain(ctx, err, changedSince)
	})
	written.Notes = notes(moved)
	return written, err
}

// stream is standard input as it is sent.
type stream struct {
	in     io.Reader
	read   int64
	failed error // the first error, but the end
}

// maxStream is the most that can be sent if the length is not known: part sizes are
// chosen before, and S3 takes a limited number of parts.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const maxStream = minPart * maxParts

// Read implements io.Reader.
func (s *stream) Read(b []byte) (int, error) {
	n, err := s.in.Read(b)
	s.read += int64(n)
	switch {
	case s.read > maxStream:
		err = fault.New(fault.Invalid, "standard input has more than %s", kit.ByteCount(maxStream)).
			WithFix("write it to a file first, and send the file")
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		err = fault.Wrap(err, fault.Invalid, "standard input cannot be read").WithCause("%v", err).WithFix("check the program that writes it")
	}
	s.failed = err
	return n, err
}
