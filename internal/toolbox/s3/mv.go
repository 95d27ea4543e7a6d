package s3

import (
	"context"
	"errors"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type moveInput struct {
	tool.Target
	payer
	From        string   `json:"from" jsonschema:"what to move: s3://bucket/prefix/, s3://bucket/key, a directory or a file" complete:"file" file:"read,write"`
	To          string   `json:"to" jsonschema:"where to: s3://bucket/prefix/, s3://bucket/key, a directory or a file" complete:"file" file:"read,write"`
	Include     []string `json:"include,omitempty" jsonschema:"move only names that match one of these patterns, such as *.log or 2026/**" empty:"blank"`
	Exclude     []string `json:"exclude,omitempty" jsonschema:"leave out names that match one of these patterns" empty:"list,blank"`
	Concurrency int      `json:"concurrency,omitempty" jsonschema:"how many objects are moved in parallel" default:"16" min:"1" max:"128"`
	DryRun      bool     `json:"dry_run,omitempty" jsonschema:"list what would be moved, but move nothing"`
}

// copy returns the copy that the move begins with.
func (in moveInput) copy() copyInput {
	return copyInput{
		Target: in.Target, payer: in.payer, From: in.From, To: in.To, Include: in.Include, Exclude: in.Exclude,
		Concurrency: in.Concurrency, DryRun: in.DryRun, removes: true,
	}
}

// Validate reads both ends.
func (in moveInput) Validate() error {
	if in.copy().streams() {
		return fault.New(fault.Invalid, "- can't be moved, nor can anything be moved to it").WithFix("copy it with hawser s3 cp; a file of the name is ./-")
	}
	return in.copy().Validate()
}

// Subject names both ends.
func (in moveInput) Subject() string { return in.copy().Subject() }

// Effect is less for a dry run.
func (in moveInput) Effect() tool.Effect { return in.copy().Effect() }

// LocalFiles depends on the direction: files are removed at the source, and read for
// comparison at the destination.
func (in moveInput) LocalFiles() tool.FileUse {
	use := in.copy().LocalFiles()
	use.Write = use.Any() && !in.DryRun
	return use
}

func (b *box) moveTool() *tool.Tool {
	inS3 := func(fields ...string) tool.Condition { return tool.Condition{InS3: fields} }
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "s3.mv", Items: "files",
		Summary: "Move a tree or an object to S3, from S3, or within it",
		Description: "Each file or object is copied as s3.cp copies it, and then deleted at its source, if it is still what was copied. " +
			"What could not be copied, or was written in the meantime, is kept and reported. Within S3 everything is copied, also what " +
			"is the same at the destination; a file is not sent if the content of the object is proven to be the same. " +
			"A destination in the source is refused, and so are two addresses that may be of one bucket, such as an access point's.\n\n" +
			"Patterns are those of s3.cp.",
		Effect: tool.Destroy, Args: []string{"from", "to"}, Timeout: -1,
		Forms: []tool.Form{{Verb: "mv", Flags: treeFlags()}},
		Needs: []tool.Need{
			{Action: "s3:ListBucket", Resource: "*"},
			{Action: "s3:GetObject", Resource: "*", When: inS3("from")},
			{Action: "s3:DeleteObject", Resource: "*", When: inS3("from")},
			{Action: "s3:GetBucketVersioning", Resource: "*", When: tool.Condition{Asked: true}},
			{Action: "s3:GetObject", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Besides: "objects are there already"}},
			{Action: "s3:GetObjectTagging", Resource: "*", When: inS3("from", "to")},
			{Action: "s3:ListBucketVersions", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Asked: true, Besides: "versioning is suspended or can't be read"}},
			{Action: "s3:PutObject", Resource: "*", When: inS3("to")},
			{Action: "s3:PutObjectTagging", Resource: "*", When: tool.Condition{InS3: []string{"from", "to"}, Besides: "objects have tags"}},
			{Action: "s3:AbortMultipartUpload", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Besides: "objects are larger than 8 MiB"}},
		},
		Examples: []tool.Example{
			{Does: "rename an object", Input: `{"from": "s3://harbour/draft.txt", "to": "s3://harbour/final.txt"}`},
			{Does: "send a directory and remove it here", Input: `{"from": "site", "to": "s3://harbour/site/"}`},
			{Does: "see what would be moved between buckets", Input: `{"from": "s3://harbour/a/", "to": "s3://archive/a/", "dry_run": true}`},
		},
	}, b.moveTree), b.movePreview)
}

func (b *box) moveTree(ctx context.Context, call *tool.Call, in moveInput) (_ *moveOutput, err error) {
	c, err := b.newCopying(in.agreed(ctx), call, in.copy())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	out, err := c.run(in.agreed(ctx))
	if err != nil {
		return nil, err
	}
	return moved(out), nil
}
