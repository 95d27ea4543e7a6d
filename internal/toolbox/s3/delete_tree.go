package s3

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// parallelDeletes is how many requests of a deletion are sent at once.
const parallelDeletes = 4

// agreedRemoval is what a person agreed to delete.
type agreedRemoval struct{ sources sources }

// removal is the deletion of many objects at work.
type removal struct {
	call    *tool.Call
	in      deleteInput
	at      end
	agreed  *agreedRemoval // nil means everything that is found
	found   sources        // what a dry run found
	first   []string       // the names of the first objects that a dry run found
	chooser *kit.Chooser
	some    bool // there is an object below the folder

	mu   sync.Mutex
	out  deleted
	sent int64 // objects of requests that have not been answered
	stop bool  // a request failed, so no more are begun
}

// folder is the prefix of the objects that recursive means: as in the aws CLI, img
// stands for img/ and not for images/.
func (in deleteInput) folder() string {
	if in.Key == "" || strings.HasSuffix(in.Key, "/") {
		return in.Key
	}
	return in.Key + "/"
}

func (b *box) newRemoval(ctx context.Context, call *tool.Call, in deleteInput) (*removal, error) {
	at, note, err := b.reach(ctx, call, in.Target, location{bucket: in.Bucket, key: in.folder()})
	if err != nil {
		return nil, err
	}
	r := &removal{
		call: call, in: in, at: at, found: sources{}, chooser: in.globs().Chooser(),
		out: deleted{Bucket: in.Bucket, Key: in.folder(), DryRun: in.DryRun, Deleted: new(tally), Notes: notes(note)},
	}
	r.agreed, _ = call.Expected.(*agreedRemoval)
	return r, nil
}

// deleteTree deletes the objects in a folder.
func (b *box) deleteTree(ctx context.Context, call *tool.Call, in deleteInput) (deleted, error) {
	r, err := b.newRemoval(ctx, call, in)
	if err != nil {
		return deleted{}, err
	}
	return r.run(ctx)
}

// run lists the folder and deletes what is chosen, or notes it in a dry run.
func (r *removal) run(ctx context.Context) (deleted, error) {
	var group parallel.Group
	group.SetLimit(parallelDeletes)
	var batch []item
	var listing error
	for i, err := range r.at.walk(ctx) {
		if listing = err; err != nil || r.stopped() {
			break
		}
		r.some = true
		if !wanted(r.chooser, r.at, i) || !r.take(i) {
			continue
		}
		if batch = append(batch, i); len(batch) == maxBatch {
			r.start(ctx, &group, batch)
			batch = nil
		}
	}
	if len(batch) > 0 && listing == nil && !r.stopped() {
		r.start(ctx, &group, batch)
	}
	if err := group.Wait(); err != nil {
		listing = err
	}
	switch {
	case listing != nil:
		return deleted{}, r.broken(kit.Explain(ctx, listing))
	case !r.some:
		return deleted{}, fault.New(fault.NotFound, "there is no object below %s", r.at.show("")).At("key").WithFix("check with hawser s3 list")
	}
	for _, pattern := range r.chooser.Unmatched() {
		r.out.Notes = append(r.out.Notes, fmt.Sprintf("the pattern %q matched nothing", pattern))
	}
	return r.out, nil
}

// stopped reports whether a request failed.
func (r *removal) stopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stop
}

// take reports whether an object is to be deleted now.
func (r *removal) take(i item) bool {
	if r.in.DryRun {
		r.found.add(i)
		if len(r.first) < kit.MaxNamed {
			r.first = append(r.first, text.Name(r.at.show(i.name)))
		}
		r.out.wouldDelete(deletedItem{Key: r.at.at(i.name), Size: kit.ByteCount(i.size)})
		return false
	}
	if r.agreed == nil {
		return true
	}
	if _, ok := r.agreed.sources[i.digest()]; ok {
		return true
	}
	r.failed(i, fault.New(fault.Conflict, "the object was written after the check of what would be deleted").WithFix(fixChanged))
	return false
}

func (r *removal) failed(i item, err *fault.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.fail(deletedItem{Key: r.at.at(i.name), Size: kit.ByteCount(i.size), Error: err})
}

// broken returns the error of a deletion that ended early, and says how many objects
// are gone.
func (r *removal) broken(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := awserr.Fault(err)
	if r.out.Deleted.Objects == 0 && r.sent == 0 || r.in.DryRun {
		return f
	}
	told := fmt.Sprintf("%s were deleted before", kit.Count(int(r.out.Deleted.Objects), "object"))
	if r.sent > 0 {
		told += fmt.Sprintf(", and up to %d more may have been", r.sent)
		f = f.WithOutcomeUnknown()
	}
	return f.WithCause("%s", strings.TrimPrefix(f.Cause+"; "+told, "; ")).WithFix("run it again to delete the rest")
}

// treePreview counts what would be deleted, and finds out whether the bucket keeps it.
func (b *box) treePreview(ctx context.Context, call *tool.Call, in deleteInput) tool.Preview {
	ctx = in.agreed(ctx)
	in.DryRun = true
	r, err := b.newRemoval(ctx, call, in)
	if err != nil {
		return tool.Preview{Err: kit.Explain(ctx, err)}
	}
	out, err := r.run(ctx)
	p := tool.Preview{Region: r.at.client.Options().Region, Err: kit.Explain(ctx, err), Expected: &agreedRemoval{r.found}}
	if err != nil {
		return p
	}
	if out.Deleted.Objects == 0 {
		p.Effect, p.Does = tool.Read, "Delete nothing below "+text.Name(r.at.show(""))
		return p
	}
	status, unread := versioningOf(ctx, r.at.client, in.Bucket)
	p.State = r.found.state() + " " + string(status)
	p.Does = r.question(ctx, status, unread)
	return p
}

// question asks about the objects that would be deleted, and names some of them.
func (r *removal) question(ctx context.Context, status types.BucketVersioningStatus, unread error) string {
	count := r.out.Deleted.Objects
	what, where := kit.Count(int(count), "object"), "below "+text.Name(r.at.show(""))
	if r.in.Key == "" {
		where = "in the bucket " + text.Name(r.in.Bucket)
		if len(r.in.Include)+len(r.in.Exclude) == 0 {
			where = "(all that are in the bucket " + text.Name(r.in.Bucket) + ")"
		}
	}
	names := r.first
	if more := int(count) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("Delete %s (%s) %s %s: %s", what, r.out.Deleted.Bytes, where, howDeleted(ctx, status, unread), strings.Join(names, ", "))
}

// howDeleted says for a question what becomes of objects that are deleted in a bucket.
func howDeleted(ctx context.Context, status types.BucketVersioningStatus, unread error) string {
	switch {
	case unread != nil:
		return "for good as far as is known (" + kit.NotRead(ctx, unread) + ")"
	case status == types.BucketVersioningStatusEnabled:
		return "under delete markers (their versions are kept)"
	case status == types.BucketVersioningStatusSuspended:
		return "and their versions null for good (versioning is suspended; other versions are kept)"
	}
	return "for good"
}
