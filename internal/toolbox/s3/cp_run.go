package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/semaphore"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// uploadMemory is how much the uploads of one copy may hold in memory; the
// parts of one large object fit.
const uploadMemory = (parallelParts + 2) * minPart

// copying is one copy at work.
type copying struct {
	in       copyInput
	call     *tool.Call
	from, to end
	report   *copyReport
	chooser  *kit.Chooser
	agreed   *agreedCopy // what may be overwritten; nil means everything
	arrivals *arrivals   // where objects become files
	buffers  *buffers
	objects  parallel.Group
	slots    *semaphore.Weighted // objects that travel in parallel
	memory   *semaphore.Weighted // bytes that uploads hold
}

func (b *box) newCopying(ctx context.Context, call *tool.Call, in copyInput) (*copying, error) {
	c := &copying{
		in: in, call: call, report: newCopyReport(in, call), buffers: &b.buffers, chooser: in.globs().Chooser(),
		slots:  semaphore.NewWeighted(int64(in.Concurrency)),
		memory: semaphore.NewWeighted(uploadMemory),
	}
	for _, argument := range []struct {
		field, text string
		end         *end
	}{{"from", in.From, &c.from}, {"to", in.To, &c.to}} {
		p, err := parseLocation(argument.field, argument.text)
		if err != nil {
			return nil, err
		}
		e, note, err := b.reach(ctx, call, in.Target, p)
		if unaddressed(err) {
			err = fault.From(err).At(argument.field)
		}
		if err != nil {
			return nil, err
		}
		*argument.end = e
		c.report.note(note)
	}
	var err error
	if c.from, err = c.from.source(ctx); err != nil {
		return nil, err
	}
	if c.to, err = c.to.sink(in.To, c.from.only, in.DryRun); err != nil {
		return nil, err
	}
	if err := c.checkMove(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if c.from.remote() && !c.to.remote() && c.to.only == "" {
		c.arrivals = newArrivals(c.from, c.to, in.DryRun)
	}
	c.agreed, _ = call.Expected.(*agreedCopy)
	if c.agreed != nil {
		c.to.versions = c.agreed.versions
		if c.agreed.unread != nil {
			c.report.note("versions null that could not be listed may have been replaced; they are not counted")
		}
	}
	return c, nil
}

// close lets go of the directories.
func (c *copying) close() error {
	var errs []error
	for _, e := range []end{c.from, c.to} {
		if !e.remote() && e.root == "." && e.files != nil && e.files != c.call.Files {
			errs = append(errs, e.files.Close())
		}
	}
	return errors.Join(errs...)
}

// run compares source and destination in parallel and copies what differs. It
// continues after the failure of an object. It ends early only if it is canceled
// or a listing fails.
func (c *copying) run(ctx context.Context) (*copyOutput, error) {
	present, complete := c.present(ctx), true
	defer present.stop()
	for source, err := range c.from.walk(ctx) {
		if err == nil && (!wanted(c.chooser, c.from, source) || !c.admit(ctx, &source)) {
			continue
		}
		var there *item
		if err == nil {
			there, err = present.find(source.name)
		}
		if err == nil {
			err = c.start(ctx, source, there)
		}
		if err != nil {
			c.report.failed(ctx, c.from.show(source.name), c.to.show(source.name), source.size, err)
			complete = false
			break
		}
	}
	_ = c.objects.Wait() // the errors are in the report
	if err := ctx.Err(); err != nil {
		return nil, c.report.broken(err)
	}
	if complete {
		c.noteUnmatched()
	}
	if c.arrivals != nil {
		for _, s := range c.arrivals.invalid {
			c.report.failed(ctx, inUTF8(c.from.show(s.item.name)), c.to.shown, s.item.size, c.arrivals.fault(s))
		}
	}
	return c.report.whole(), nil
}

// noteUnmatched notes the patterns that matched nothing, which may be misspelt.
func (c *copying) noteUnmatched() {
	for _, pattern := range c.chooser.Unmatched() {
		c.report.note(fmt.Sprintf("the pattern %q matched nothing", pattern))
	}
}

// wanted leaves out names that the patterns exclude.
func wanted(chooser *kit.Chooser, at end, i item) bool {
	name := strings.TrimSuffix(i.name, "/")
	if name == "" {
		name = path.Base(at.at(i.name))
	}
	return chooser.Choose(name)
}

// admit passes on what can be copied, and reports the rest.
func (c *copying) admit(ctx context.Context, source *item) bool {
	from, to := c.from.show(source.name), c.to.show(source.name)
	switch {
	case source.bad != nil:
		c.report.failed(ctx, inUTF8(from), inUTF8(to), source.size, source.bad)
	case source.odd != "":
		c.report.skipped(from, to, source.size, source.odd)
	case c.arrivals == nil:
		return true
	case marker(*source):
		c.report.skipped(from, c.to.shown, 0, "an empty object that stands for a folder")
	default:
		if err := c.arrivals.admit(source); err != nil {
			c.report.failed(ctx, inUTF8(from), inUTF8(to), source.size, err)
			return false
		}
		return !c.arrivals.keepInvalid(*source)
	}
	return false
}

// marker reports an empty object that represents a folder.
func marker(i item) bool {
	return i.size == 0 && (i.name == "" || strings.HasSuffix(i.name, "/"))
}

// start handles one object in parallel with the others, as soon as there is room.
func (c *copying) start(ctx context.Context, source item, there *item) error {
	if err := c.slots.Acquire(ctx, 1); err != nil {
		return err
	}
	c.objects.Go(func() error {
		defer c.slots.Release(1)
		c.handle(ctx, source, there)
		return nil
	})
	return nil
}

// handle skips or moves one object, and reports it.
func (c *copying) handle(ctx context.Context, source item, there *item) {
	from, to := c.from.show(source.name), c.to.show(source.name)
	var err error
	if !c.to.remote() {
		there, err = c.file(source.name)
	}
	same := false
	if err == nil && there != nil {
		same, err = c.same(ctx, source, *there)
	}
	switch {
	case err != nil:
	case same && !c.in.removes:
		c.report.skipped(from, to, source.size, "the same")
		return
	case c.in.DryRun:
		c.report.hold(source)
	default:
		err = c.carry(ctx, source, there, same)
	}
	if err != nil {
		c.report.failed(ctx, from, to, source.size, err)
		return
	}
	if same {
		there = nil // it is not replaced
	}
	c.report.copied(from, to, source.size, there)
}

// carry copies one object unless the other end has the same, and deletes it at its source
// if that is wanted.
func (c *copying) carry(ctx context.Context, source item, there *item, same bool) error {
	if err := c.agreed.holds(source); err != nil {
		return err
	}
	if !same {
		if err := c.agreed.allows(there); err != nil {
			return err
		}
		if err := c.move(ctx, source, c.agreed.bound(there)); err != nil {
			return err
		}
	}
	if !c.in.removes {
		return nil
	}
	return c.remove(ctx, source)
}

// inUTF8 returns a name as data, which JSON can hold: as it is, and escaped as
// text.Quoted escapes it only where it is not UTF-8. For a person's eyes the
// doors escape what does not show.
func inUTF8(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	quoted := text.Quoted(name)
	return quoted[1 : len(quoted)-1]
}

// present is the listing of a destination in S3, which is read in parallel with
// the source.
type present struct {
	to   end
	next func() (item, error, bool)
	stop func()
	held item
	more bool
	err  error
}

// present begins to read the far end. Files are looked at one by one instead.
func (c *copying) present(ctx context.Context) *present {
	p := &present{to: c.to, stop: func() {}}
	if c.to.remote() {
		p.next, p.stop = iter.Pull2(c.to.walk(ctx))
		p.advance()
	}
	return p
}

func (p *present) advance() { p.held, p.err, p.more = p.next() }

// find returns the object with a name, or nil. Names must come in their order.
func (p *present) find(name string) (*item, error) {
	for p.more && p.err == nil && p.to.only == "" && p.held.name < name {
		p.advance()
	}
	if p.err != nil || !p.more || (p.to.only == "" && p.held.name != name) {
		return nil, p.err
	}
	found := p.held
	return &found, nil
}

// file returns what has the name at a far end on this machine, or nil. A symbolic link
// is not followed: what it leads to may be the file of another object.
func (c *copying) file(name string) (*item, error) {
	if c.to.files == nil {
		return nil, nil
	}
	own, err := c.to.files.Lstat(c.to.at(name))
	if errors.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	info, link := own, own.Mode()&fs.ModeSymlink != 0
	if link {
		info, err = c.to.files.Stat(c.to.at(name))
	}
	switch {
	case err != nil && !errors.Is(err, fault.NotFound):
		return nil, err
	case err == nil && !info.Mode().IsRegular():
		return nil, fault.New(fault.Conflict, "%q exists and is not a file", c.to.show(name)).WithFix("move it elsewhere")
	}
	return &item{name: name, size: own.Size(), modified: own.ModTime(), info: own, link: link}, nil
}
