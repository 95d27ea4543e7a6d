package s3

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// maxReported is how many objects a report lists; the totals count all.
const maxReported = 10_000

// copyOutput is the result of a copy.
type copyOutput struct {
	From     string     `json:"from"`
	To       string     `json:"to"`
	DryRun   bool       `json:"dry_run,omitempty" jsonschema:"nothing was copied; the objects counted as copied would be"`
	Copied   tally      `json:"copied"`
	Replaced tally      `json:"replaced" jsonschema:"how many of the copied objects replaced something else"`
	Skipped  tally      `json:"skipped"`
	Failed   tally      `json:"failed"`
	Items    []copyItem `json:"items" jsonschema:"the objects, failures first, then by name"`
	Omitted  int        `json:"omitted,omitempty" jsonschema:"how many objects are in the totals and not in items"`
	Notes    []string   `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`

	open  bool // an object that failed may have been copied
	plain bool // the content was written to standard output, and nothing is to be said about it
}

// outcomeCopied is the outcome of an object that was copied, or in a dry run would
// be.
const outcomeCopied = "copied"

// copyItem is one object's outcome.
type copyItem struct {
	Outcome  string        `json:"outcome" column:"OUTCOME" jsonschema:"copied (in a dry run: would be), skipped or failed"`
	From     string        `json:"from" column:"FROM"`
	To       string        `json:"to"`
	Size     kit.ByteCount `json:"size" column:"SIZE"`
	Replaces bool          `json:"replaces,omitempty" jsonschema:"it replaces something else"`
	Why      string        `json:"why,omitempty" column:"WHY" jsonschema:"why it was skipped or failed"`
	Error    *fault.Error  `json:"error,omitempty" jsonschema:"the failure"`
}

// Rows returns the objects for a table. In a dry run they distinguish objects
// that would be copied from those that would replace something.
func (c *copyOutput) Rows() any { return rowsOf(c.Items, c.DryRun) }

func rowsOf(items []copyItem, dryRun bool) []copyItem {
	rows := slices.Clone(items)
	for i := range rows {
		switch {
		case !dryRun || rows[i].Outcome != outcomeCopied && rows[i].Outcome != outcomeMoved:
		case rows[i].Replaces:
			rows[i].Outcome = "would replace"
		case rows[i].Outcome == outcomeMoved:
			rows[i].Outcome = "would move"
		default:
			rows[i].Outcome = "would copy"
		}
	}
	return rows
}

// Remarks sums the copy up, for the door.
func (c *copyOutput) Remarks() []string {
	if c.plain {
		return c.Notes
	}
	verb := "copied"
	if c.DryRun {
		verb = "to copy"
	}
	sum := fmt.Sprintf("%s %d (%s), skipped %d (%s), failed %d",
		verb, c.Copied.Objects, c.Copied.Bytes, c.Skipped.Objects, c.Skipped.Bytes, c.Failed.Objects)
	return append([]string{sum}, c.Notes...)
}

// Verdict returns the failure where a single object failed, and of kind Partial
// where some of many did.
func (c *copyOutput) Verdict() error {
	return c.verdict("copied", "fix the cause and run it again: it skips what was copied")
}

func (c *copyOutput) verdict(done, fix string) error {
	all := c.Copied.Objects + c.Skipped.Objects + c.Failed.Objects
	switch {
	case c.Failed.Objects == 0:
		return nil
	case all == 1:
		return c.Items[0].Error
	}
	f := fault.New(fault.Partial, "%d of %d objects were not %s", c.Failed.Objects, all, done).
		WithCause("%s", c.Items[0].Error.Error()).
		WithFix("%s", fix)
	f.OutcomeUnknown = c.open
	return f
}

// Changed implements tool.Changer.
func (c *copyOutput) Changed() bool { return c.Copied.Objects > 0 && !c.DryRun }

// Cut implements tool.Cutter: it keeps the failures and the first of the rest.
func (c *copyOutput) Cut(limit int) (any, string) {
	smaller := *c
	for n := len(c.Items); n > 0; {
		smaller.Items = c.Items[:n]
		smaller.Omitted = c.Omitted + len(c.Items) - n
		size := tool.EncodedSize(&smaller)
		if size <= limit {
			return &smaller, fmt.Sprintf("%d objects are not listed; the totals count them", smaller.Omitted)
		}
		n = min(n-1, n*limit/size)
	}
	return c, ""
}

// copyReport gathers outcomes from many goroutines.
type copyReport struct {
	call    *tool.Call
	removes bool // what is copied is deleted at its source
	mu      sync.Mutex
	out     copyOutput
	// replaced is what a dry run would overwrite, in its current state, by name.
	replaced map[string]item
	// sources is what a dry run would copy.
	sources sources
	// unread is why the versions of the destination could not be listed, if they
	// had to be. Then everything counts as replaced.
	unread error
}

func newCopyReport(in copyInput, call *tool.Call) *copyReport {
	return &copyReport{call: call, removes: in.removes, replaced: map[string]item{}, sources: sources{}, out: copyOutput{From: in.From, To: in.To, DryRun: in.DryRun, Items: []copyItem{}}}
}

func (r *copyReport) note(text string) { r.out.Notes = append(r.out.Notes, notes(text)...) }

// hold notes what a dry run would copy.
func (r *copyReport) hold(source item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources.add(source)
}

// copied reports an object that was copied, and the object that it replaced; nil
// means none.
func (r *copyReport) copied(from, to string, size int64, replaced *item) {
	replaces := r.unread != nil || replaced != nil && !replaced.kept()
	if replaces {
		r.mu.Lock()
		r.out.Replaced.Objects++
		r.out.Replaced.Bytes += kit.ByteCount(size)
		if r.out.DryRun && replaced != nil {
			r.replaced[replaced.name] = *replaced
		}
		r.mu.Unlock()
	}
	r.add(&r.out.Copied, copyItem{Outcome: outcomeCopied, From: from, To: to, Size: kit.ByteCount(size), Replaces: replaces})
}

func (r *copyReport) skipped(from, to string, size int64, why string) {
	r.add(&r.out.Skipped, copyItem{Outcome: "skipped", From: from, To: to, Size: kit.ByteCount(size), Why: why})
}

func (r *copyReport) failed(ctx context.Context, from, to string, size int64, err error) {
	f := fault.From(kit.Explain(ctx, err))
	r.add(&r.out.Failed, copyItem{Outcome: "failed", From: from, To: to, Size: kit.ByteCount(size), Why: f.Message, Error: f})
}

func (r *copyReport) add(tally *tally, i copyItem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	tally.Objects++
	tally.Bytes += i.Size
	r.out.open = r.out.open || i.Error != nil && i.Error.OutcomeUnknown
	if len(r.out.Items) < maxReported || (i.Error != nil && r.out.Failed.Objects <= maxReported) {
		r.out.Items = append(r.out.Items, i)
	} else {
		r.out.Omitted++
	}
	done := r.out.Copied.Objects + r.out.Skipped.Objects + r.out.Failed.Objects
	r.call.Progress(tool.Progress{Subject: r.out.From, Done: done, Unit: "objects"})
}

// broken returns the failure of a copy that was canceled or timed out.
func (r *copyReport) broken(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := awserr.Fault(err)
	if r.out.open {
		f = f.WithOutcomeUnknown()
	}
	if r.out.DryRun || r.out.Copied.Objects == 0 {
		return f
	}
	done, fix := "copied", "run it again to copy the rest: it skips what was copied"
	if r.removes {
		done, fix = outcomeMoved, "run it again to move the rest"
	}
	told := fmt.Sprintf("%s (%s) were %s before", kit.Count(int(r.out.Copied.Objects), "object"), r.out.Copied.Bytes, done)
	return f.WithCause("%s", strings.TrimPrefix(f.Cause+"; "+told, "; ")).WithFix("%s", fix)
}

// whole returns the report once all have reported.
func (r *copyReport) whole() *copyOutput {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(r.out.Items, func(a, b copyItem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.From, b.From))
	})
	return &r.out
}

// rank puts failures first.
func rank(i copyItem) int {
	if i.Error != nil {
		return 0
	}
	return 1
}
