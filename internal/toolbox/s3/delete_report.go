package s3

import (
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// deleted is the result of a deletion.
type deleted struct {
	Bucket       string        `json:"bucket"`
	Key          string        `json:"key,omitempty"`
	VersionID    string        `json:"version_id,omitempty" jsonschema:"the version that was removed, or the delete marker that was made"`
	DeleteMarker bool          `json:"delete_marker,omitempty" jsonschema:"a delete marker was made, or the removed version was one"`
	DryRun       bool          `json:"dry_run,omitempty" jsonschema:"nothing was deleted; the objects counted as deleted would be"`
	Deleted      *tally        `json:"deleted,omitempty" jsonschema:"how many objects were deleted with recursive, or would be"`
	Failed       *tally        `json:"failed,omitempty" jsonschema:"how many objects could not be deleted"`
	Items        []deletedItem `json:"items,omitempty" jsonschema:"the objects that failed; in a dry run those that would be deleted"`
	Omitted      int           `json:"omitted,omitempty" jsonschema:"how many objects are in the totals and not in items"`
	Notes        []string      `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// deletedItem is an object that failed, or would be deleted.
type deletedItem struct {
	Key   string        `json:"key"`
	Size  kit.ByteCount `json:"size"`
	Error *fault.Error  `json:"error,omitempty" jsonschema:"why it was not deleted"`
}

// gone notes that there was nothing to delete.
func (d *deleted) gone(gone bool) {
	if gone {
		d.Notes = append(d.Notes, "there is no such object, so nothing was deleted")
	}
}

// wouldDelete counts an object of a dry run.
func (d *deleted) wouldDelete(i deletedItem) {
	d.done(int64(i.Size))
	d.list(i)
}

// done counts an object that was deleted.
func (d *deleted) done(size int64) {
	if d.Deleted == nil {
		d.Deleted = new(tally)
	}
	d.Deleted.add(size)
}

// fail counts an object that was not deleted.
func (d *deleted) fail(i deletedItem) {
	if d.Failed == nil {
		d.Failed = new(tally)
	}
	d.Failed.add(int64(i.Size))
	d.list(i)
}

func (d *deleted) list(i deletedItem) {
	if len(d.Items) < maxReported {
		d.Items = append(d.Items, i)
		return
	}
	d.Omitted++
}

// Remarks sums up what was deleted, for the door.
func (d deleted) Remarks() []string {
	if d.Deleted == nil {
		return d.Notes
	}
	sum := "deleted " + d.Deleted.String()
	if d.DryRun {
		sum = "would delete " + d.Deleted.String()
	}
	if d.Failed != nil {
		sum += fmt.Sprintf("; failed %d", d.Failed.Objects)
	}
	return append([]string{sum}, d.Notes...)
}

// Verdict returns a failure of kind Partial if objects were not deleted.
func (d deleted) Verdict() error {
	if d.Failed == nil {
		return nil
	}
	return fault.New(fault.Partial, "%d of %d objects were not deleted", d.Failed.Objects, d.Failed.Objects+d.Deleted.Objects).
		WithCause("%s: %s", d.Items[0].Key, d.Items[0].Error.Error()).WithFix("fix the cause and run it again")
}

// Changed implements tool.Changer.
func (d deleted) Changed() bool { return !d.DryRun && (d.Deleted == nil || d.Deleted.Objects > 0) }

// Cut implements tool.Cutter: it keeps the first of the objects.
func (d deleted) Cut(limit int) (any, string) {
	smaller := d
	for n := len(d.Items); n > 0; {
		smaller.Items = d.Items[:n]
		smaller.Omitted = d.Omitted + len(d.Items) - n
		size := tool.EncodedSize(smaller)
		if size <= limit {
			return smaller, fmt.Sprintf("%d objects are not listed; the totals count them", smaller.Omitted)
		}
		n = min(n-1, n*limit/size)
	}
	return d, ""
}
