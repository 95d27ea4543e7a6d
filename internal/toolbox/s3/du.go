package s3

import (
	"context"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type duInput struct {
	tool.Target
	payer
	Bucket string `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/prefix" format:"bucket" rest:"prefix" complete:"s3.bucket"`
	Prefix string `json:"prefix,omitempty" jsonschema:"only objects whose keys begin with this" holds:"content" empty:"blank"`
}

// Validate holds the prefix against S3's limit.
func (in duInput) Validate() error { return checkKey("prefix", in.Prefix) }

// Aim is where the ARN of an access point says.
func (in duInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }

// usage is how much a prefix holds.
type usage struct {
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix,omitempty"`
	tally
	Notes []string `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Remarks returns the notes, for the door.
func (u usage) Remarks() []string { return u.Notes }

// Text writes the sum in one line.
func (u usage) Text() string {
	return fmt.Sprintf("%s in %s: %s\n", u.Bytes, kit.Count(int(u.Objects), "object"), objectURL(u.Bucket, u.Prefix))
}

func (b *box) duTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:        "s3.du",
		Summary:     "Count the objects below a prefix and their bytes",
		Description: "All objects are listed. Older versions and unfinished uploads, which cost storage too, are not counted.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"bucket", "prefix"}, Timeout: -1,
		Forms: []tool.Form{{Verb: "du", Flags: []tool.FormFlag{{Name: "humanize", Short: "H", Sets: `{}`, Doc: "sizes with a unit, as always"}}}},
		Needs: []tool.Need{{Action: "s3:ListBucket", Resource: bucketResource}},
		Examples: []tool.Example{
			{Does: "see what a bucket holds", Input: `{"bucket": "reports"}`},
			{Does: "see what a folder holds", Input: `{"bucket": "reports", "prefix": "2026/"}`},
		},
	}, b.du)
}

// du lists all objects below a prefix and counts them.
func (b *box) du(ctx context.Context, call *tool.Call, in duInput) (usage, error) {
	ctx = in.agreed(ctx)
	at, note, err := b.reach(ctx, call, in.Target, location{bucket: in.Bucket, key: in.Prefix})
	if err != nil {
		return usage{}, err
	}
	out := usage{Bucket: in.Bucket, Prefix: in.Prefix, Notes: notes(note)}
	for i, err := range at.list(ctx, in.Prefix, objectPage) {
		if err != nil {
			return usage{}, err
		}
		if out.add(i.size); out.Objects%objectPage == 0 {
			call.Progress(tool.Progress{Subject: objectURL(in.Bucket, in.Prefix), Done: out.Objects, Unit: "objects"})
		}
	}
	if out.Objects == 0 && in.Prefix != "" {
		return usage{}, fault.New(fault.NotFound, "there is no object below %s", objectURL(in.Bucket, in.Prefix)).At("prefix").
			WithFix("check with hawser s3 list")
	}
	return out, nil
}
