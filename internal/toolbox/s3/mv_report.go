package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// moveOutput is the result of a move.
type moveOutput struct {
	From     string     `json:"from"`
	To       string     `json:"to"`
	DryRun   bool       `json:"dry_run,omitempty" jsonschema:"nothing was moved; the objects counted as moved would be"`
	Moved    tally      `json:"moved"`
	Replaced tally      `json:"replaced" jsonschema:"how many of the moved objects replaced something else"`
	Kept     tally      `json:"kept" jsonschema:"how many objects are still at the source: those that were skipped, and those that failed"`
	Skipped  tally      `json:"skipped"`
	Failed   tally      `json:"failed"`
	Items    []copyItem `json:"items" jsonschema:"the objects, failures first, then by name"`
	Omitted  int        `json:"omitted,omitempty" jsonschema:"how many objects are in the totals and not in items"`
	Notes    []string   `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`

	copied *copyOutput
}

// outcomeMoved is the outcome of an object that was moved.
const outcomeMoved = "moved"

// moved returns the result of a move, whose copied objects were deleted at the source.
func moved(c *copyOutput) *moveOutput {
	for i := range c.Items {
		if c.Items[i].Outcome == outcomeCopied {
			c.Items[i].Outcome = outcomeMoved
		}
	}
	return &moveOutput{
		From: c.From, To: c.To, DryRun: c.DryRun, Moved: c.Copied, Replaced: c.Replaced, Skipped: c.Skipped, Failed: c.Failed,
		Kept:  tally{Objects: c.Skipped.Objects + c.Failed.Objects, Bytes: c.Skipped.Bytes + c.Failed.Bytes},
		Items: c.Items, Omitted: c.Omitted, Notes: c.Notes, copied: c,
	}
}

// Rows returns the objects for a table.
func (m *moveOutput) Rows() any { return rowsOf(m.Items, m.DryRun) }

// Remarks sums the move up, for the door.
func (m *moveOutput) Remarks() []string {
	verb := outcomeMoved
	if m.DryRun {
		verb = "to move"
	}
	sum := fmt.Sprintf("%s %d (%s), kept %d (%s)", verb, m.Moved.Objects, m.Moved.Bytes, m.Kept.Objects, m.Kept.Bytes)
	if m.Failed.Objects > 0 {
		sum += fmt.Sprintf(", of which %d failed", m.Failed.Objects)
	}
	return append([]string{sum}, m.Notes...)
}

// Verdict returns the failure where a single object failed, and of kind Partial
// where some of many did.
func (m *moveOutput) Verdict() error {
	return m.copied.verdict("moved", "fix the cause and run it again, to move the rest")
}

// Changed implements tool.Changer. An object that failed may have been copied.
func (m *moveOutput) Changed() bool { return m.Moved.Objects+m.Failed.Objects > 0 && !m.DryRun }

// Cut implements tool.Cutter: it keeps the failures and the first of the rest.
func (m *moveOutput) Cut(limit int) (any, string) {
	smaller := *m
	for n := len(m.Items); n > 0; {
		smaller.Items, smaller.Omitted = m.Items[:n], m.Omitted+len(m.Items)-n
		size := tool.EncodedSize(&smaller)
		if size <= limit {
			return &smaller, fmt.Sprintf("%d objects are not listed; the totals count them", smaller.Omitted)
		}
		n = min(n-1, n*limit/size)
	}
	return m, ""
}

// movePreview finds out what a move would delete and overwrite: what a dry run finds.
func (b *box) movePreview(ctx context.Context, call *tool.Call, in moveInput) tool.Preview {
	in.DryRun = true
	ctx = in.agreed(ctx)
	c, err := b.newCopying(ctx, call, in.copy())
	if err != nil {
		return tool.Preview{Err: kit.Explain(ctx, err)}
	}
	out, agreed, region, err := c.looked(ctx)
	err = errors.Join(err, c.close())
	p := tool.Preview{Region: region, Err: kit.Explain(ctx, err), Expected: agreed, State: agreed.state()}
	switch {
	case err != nil:
	case out.Copied.Objects == 0:
		p.Effect, p.Does = tool.Read, fmt.Sprintf("Move nothing from %s to %s", text.Name(in.From), text.Name(in.To))
	default:
		p.Does = c.moveQuestion(ctx, out, agreed)
	}
	return p
}

// looked returns the dry run of a move. It compares everything, also if the destination
// keeps versions, since the objects at the source are deleted.
func (c *copying) looked(ctx context.Context) (out *copyOutput, agreed *agreedCopy, region string, err error) {
	keeps := false
	if c.to.remote() {
		region = c.to.client.Options().Region
		status, unread := versioningOf(ctx, c.to.client, c.to.bucket)
		keeps = status == types.BucketVersioningStatusEnabled
		if status == types.BucketVersioningStatusSuspended || unread != nil {
			c.report.unread = c.to.byVersions(ctx)
		}
	}
	out, err = c.run(ctx)
	return out, &agreedCopy{
		keeps: keeps, removes: true, objects: c.report.replaced, sources: c.report.sources,
		versions: c.to.versions, unread: c.report.unread,
	}, region, err
}

// moveQuestion asks about what a move would delete and overwrite.
func (c *copying) moveQuestion(ctx context.Context, out *copyOutput, agreed *agreedCopy) string {
	thing, lost := "file", "for good"
	if c.from.remote() {
		status, unread := versioningOf(ctx, c.from.client, c.from.bucket)
		thing, lost = "object", howDeleted(ctx, status, unread)
	}
	var names []string
	for _, i := range out.Items {
		if i.Outcome == outcomeCopied && len(names) < kit.MaxNamed {
			names = append(names, text.Name(i.From))
		}
	}
	if more := int(out.Copied.Objects) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	over := ""
	if replaced := int(out.Replaced.Objects); replaced > 0 && !agreed.keeps {
		over = fmt.Sprintf(", and overwrite %s there for good", kit.Count(replaced, "object"))
		if agreed.unread != nil {
			over += fmt.Sprintf(", as far as is known (%s)", kit.NotRead(ctx, agreed.unread))
		}
	}
	return fmt.Sprintf("Move %s (%s) to %s%s, and delete them at the source %s: %s",
		kit.Count(int(out.Copied.Objects), thing), out.Copied.Bytes, text.Name(out.To), over, lost, kit.Enumerate(names))
}
