package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// found is an object, or one of its versions, before a call writes or deletes it.
type found struct {
	size     kit.ByteCount
	modified time.Time
	version  string // "" in a bucket that never had versions
	etag     string
}

// String describes the object in a question.
func (f *found) String() string {
	now := fmt.Sprintf("%s, modified %s", f.size, f.modified.UTC().Format(time.DateTime+" MST"))
	if f.version != "" && f.version != nullVersion {
		now += ", version " + text.Name(f.version)
	}
	return now
}

// state identifies the current state of an object; nil means that there is none.
func (f *found) state() string {
	if f == nil {
		return "none"
	}
	return fmt.Sprintf("%d %q %q %d", f.size, f.etag, f.version, f.modified.UnixNano())
}

// objectNow is what is under a key before a call writes or deletes it.
type objectNow struct {
	current *found // the object, or the version that the call names; nil if there is none
	beneath *found // the version null, if it is not the current one
	looked  bool   // current is known
	keeps   bool   // the bucket keeps what is written over
	region  string
	err     error // why something could not be looked at
	refused error // Hawser's own refusal, which ends the call
}

// objectNow looks at a key by two reads, and by a third if versioning is suspended
// and the current version is not the one that a write replaces.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
func (b *box) objectNow(ctx context.Context, target tool.Target, bucket, key, version string) (now objectNow) {
	_, now.err = b.atBucket(ctx, target, bucket, func(client *s3.Client) error {
		now = objectNow{region: client.Options().Region}
		var err error
		if now.current, err = head(ctx, client, bucket, key, version); err != nil {
			return err
		}
		now.looked = true
		if version != "" {
			return nil // no write replaces another version than null
		}
		now.keeps, now.beneath, err = beneath(ctx, client, bucket, key, now.current)
		return err
	})
	now.refused = kit.Refused(now.err)
	if unaddressed(now.err) {
		now.refused = now.err // the call would fail in the same way
	}
	return now
}

// lost is what a write, or a deletion that names no version, destroys as far as is
// known; nil means nothing.
func (o objectNow) lost() *found {
	switch {
	case o.keeps:
		return nil
	case o.beneath != nil:
		return o.beneath
	case o.current != nil && o.current.isNull():
		return o.current
	}
	return nil
}

// state identifies the current state of what is under the key.
func (o objectNow) state() string {
	return fmt.Sprintf("%s, %s, %t ", o.current.state(), o.beneath.state(), o.keeps)
}

// condition returns the condition of a write that was allowed, or agreed to,
// after the object was looked at. If it could not be looked at, there is no
// condition.
func (o objectNow) condition() condition {
	switch {
	case o.current != nil:
		return onlyOver(o.current.etag)
	case o.looked:
		return onlyNew()
	}
	return condition{}
}

// expected returns the object that the tool's function may find, if that is
// known.
func (o objectNow) expected() any {
	if !o.looked {
		return nil
	}
	return o
}

// fileState identifies the local file's current state.
func (in putInput) fileState(call *tool.Call) string {
	if in.FromFile == "" || in.FromFile == tool.Dash {
		return ""
	}
	info, err := call.Files.Stat(in.FromFile)
	if err != nil {
		return "" // the call itself reports the error
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// source describes the content for a question. Nothing is read of standard input.
func (in putInput) source(call *tool.Call) (string, error) {
	if in.FromFile == tool.Dash {
		return " with standard input", nil
	}
	body, size, err := in.open(call)
	if err != nil {
		return "", err
	}
	_ = body.Close()
	if in.FromFile != "" {
		return fmt.Sprintf(" with the file %s (%s)", text.Name(in.FromFile), kit.ByteCount(size)), nil
	}
	return fmt.Sprintf(" with a text of %s", kit.ByteCount(size)), nil
}

// preview finds out whether an object would be written over.
func (in putInput) preview(ctx context.Context, b *box, call *tool.Call) tool.Preview {
	from, err := in.source(call)
	if err != nil {
		return tool.Preview{Err: err}
	}
	name := text.Name(objectURL(in.Bucket, in.Key))
	if in.IfNoneMatch != "" {
		return in.previewNew(ctx, b, name, from)
	}
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, "")
	p := tool.Preview{Region: now.region, Effect: tool.Destroy, Err: now.refused, State: now.state() + in.fileState(call), Expected: now.expected()}
	lost := now.lost()
	switch {
	case !now.looked:
		p.Does = fmt.Sprintf("Write %s%s, over an object that may be there (%s)", name, from, kit.NotRead(ctx, now.err))
	case lost == nil && now.err != nil:
		p.Does = overUnread(ctx, name, from, now.err)
	case lost == nil && now.current == nil:
		p.Effect, p.Does = tool.Write, "Write the new object "+name+from
	case lost == nil:
		p.Effect, p.Does = tool.Write, fmt.Sprintf("Write a new version of %s (now %s)%s", name, now.current, from)
	case lost == now.beneath:
		p.Does = overBeneath(ctx, name, from, lost, now.err)
	case now.err != nil:
		p.Does = fmt.Sprintf("Overwrite %s (%s)%s, for good as far as is known (%s)", name, lost, from, kit.NotRead(ctx, now.err))
	default:
		p.Does = fmt.Sprintf("Overwrite %s (%s, and no versions are kept)%s", name, lost, from)
	}
	return p
}

// previewNew describes a write that S3 refuses where an object has the key. It can
// still replace a version null below a delete marker. If versioning can't be read,
// it counts as replacing nothing.
func (in putInput) previewNew(ctx context.Context, b *box, name, from string) tool.Preview {
	p := tool.Preview{Effect: tool.Write, Does: "Write " + name + from + ", unless an object has the key"}
	var keeps bool
	var null *found
	_, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) (err error) {
		p.Region = client.Options().Region
		if keeps, null, err = beneath(ctx, client, in.Bucket, in.Key, nil); null == nil {
			return err
		}
		if current, _ := head(ctx, client, in.Bucket, in.Key, ""); current != nil {
			null = nil // S3 refuses the write
		}
		return err
	})
	var unread *versioningError
	switch {
	case kit.Refused(err) != nil, unaddressed(err):
		p.Err = err
	case null != nil && !keeps:
		p.Effect, p.Does = tool.Destroy, overBeneath(ctx, name, from, null, err)
	case err != nil && !errors.As(err, &unread):
		p.Effect, p.Does = tool.Destroy, overUnread(ctx, name, from, err)
	}
	p.State = null.state()
	return p
}

// overBeneath describes a write that replaces the version null, which is not the
// current one. The error is why the bucket's versioning could not be read.
func overBeneath(ctx context.Context, name, from string, null *found, err error) string {
	does := fmt.Sprintf("Write %s%s, and so overwrite its version null (%s), which is not the current version, for good", name, from, null)
	if err != nil {
		does += fmt.Sprintf(" as far as is known (%s)", kit.NotRead(ctx, err))
	}
	return does
}

// overUnread describes a write that may replace a version null.
func overUnread(ctx context.Context, name, from string, err error) string {
	return fmt.Sprintf("Write %s%s, over a version null that may be there (%s)", name, from, kit.NotRead(ctx, err))
}

// preview describes what would be deleted, and whether it can be restored.
func (in deleteInput) preview(ctx context.Context, b *box) tool.Preview {
	name := text.Name(objectURL(in.Bucket, in.Key))
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, in.VersionID)
	p := tool.Preview{Region: now.region, Err: now.refused, State: now.state(), Expected: now.expected()}
	lost := now.lost()
	switch {
	case !now.looked:
		p.Does = fmt.Sprintf("Delete %s (%s)", name, kit.NotRead(ctx, now.err))
	case now.current == nil: // then no request is sent
		p.Does = "Delete " + name + ", which is not there"
	case in.VersionID != "":
		p.Does = fmt.Sprintf("Delete one version of %s for good (%s)", name, now.current)
	case lost == nil && now.err != nil:
		p.Does = fmt.Sprintf("Delete %s (%s), and with it a version null that may be there (%s)", name, now.current, kit.NotRead(ctx, now.err))
	case lost == nil:
		p.Does = fmt.Sprintf("Delete %s (%s, and its versions are kept)", name, now.current)
	case lost == now.beneath:
		p.Does = fmt.Sprintf("Delete %s (%s, which is kept), and with it its version null (%s) for good", name, now.current, lost)
	default:
		p.Does = fmt.Sprintf("Delete %s for good (%s)", name, lost)
	}
	return p
}
