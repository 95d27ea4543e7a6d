package s3

import (
	"cmp"
	"context"
	"errors"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type copyInput struct {
	tool.Target
	payer
	From        string   `json:"from" jsonschema:"what to copy: s3://bucket/prefix/, s3://bucket/key, a directory or a file, or - for standard input at the command line" complete:"file" file:"read,stdio"`
	To          string   `json:"to" jsonschema:"where to: s3://bucket/prefix/, s3://bucket/key, a directory or a file, or - for standard output at the command line" complete:"file" file:"write,stdio"`
	Include     []string `json:"include,omitempty" jsonschema:"copy only names that match one of these patterns, such as *.log or 2026/**" empty:"blank"`
	Exclude     []string `json:"exclude,omitempty" jsonschema:"leave out names that match one of these patterns" empty:"list,blank"`
	Concurrency int      `json:"concurrency,omitempty" jsonschema:"how many objects are copied in parallel" default:"16" min:"1" max:"128"`
	DryRun      bool     `json:"dry_run,omitempty" jsonschema:"compare, and list what would be copied, but copy nothing"`

	removes bool // what was copied is deleted at its source
}

// Validate reads both ends.
func (in copyInput) Validate() error {
	from, err := parseLocation("from", in.From)
	if err != nil {
		return err
	}
	to, err := parseLocation("to", in.To)
	if err != nil {
		return err
	}
	if !from.remote() && !to.remote() {
		return fault.New(fault.Invalid, "neither %q nor %q is in S3", in.From, in.To).At("from").
			WithFix("write one of the two as s3://bucket/key")
	}
	if from == to {
		return fault.New(fault.Invalid, "from and to are the same").At("to").WithFix("choose another destination")
	}
	return cmp.Or(in.checkStream(from, to), in.globs().Check())
}

// Subject names both ends.
func (in copyInput) Subject() string { return in.From + " to " + in.To }

// Effect is less for a dry run, which only compares, and for a copy to standard output.
func (in copyInput) Effect() tool.Effect {
	if in.DryRun || in.To == tool.Dash {
		return tool.Read
	}
	return tool.Destroy
}

// LocalFiles depends on the direction. Files at the destination are read for
// comparison.
func (in copyInput) LocalFiles() tool.FileUse {
	local := func(text string) bool { _, _, remote := kit.S3URI(text); return !remote && text != tool.Dash }
	down := local(in.To)
	return tool.FileUse{Read: local(in.From) || down, Write: down && !in.DryRun}
}

func (in copyInput) globs() kit.Globs { return kit.Globs{Include: in.Include, Exclude: in.Exclude} }

func (b *box) copyTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "s3.cp", Items: "files",
		Summary: "Copy a tree or an object to S3, from S3, or within it",
		Description: "What the destination already has with the same size and content is skipped; what differs is " +
			"replaced. Content is compared by checksum, not by time: a file's content with S3's entity tag and stored checksums. " +
			"Between two objects in S3 an equal entity tag means equal content; if one of " +
			"the two tags is not a digest of the content, a copy that is newer than its original counts as equal. Nothing is ever deleted. " +
			"Replacing local files, or objects in a bucket without versioning, counts as destroying, everything else as writing. " +
			"Objects that fail are listed beside those that were copied.\n\n" +
			"In patterns * stands for anything but a slash, ** for anything, ? for one character; a pattern without " +
			"a slash is matched with the last part of a name.",
		Effect: tool.Destroy, Idempotent: true, Args: []string{"from", "to"}, Timeout: -1,
		Forms: []tool.Form{{Verb: "cp", Flags: treeFlags()}, {Verb: "sync", Flags: syncFlags()}},
		Needs: []tool.Need{
			{Action: "s3:ListBucket", Resource: "*"},
			{Action: "s3:GetObject", Resource: "*", When: tool.Condition{InS3: []string{"from"}}},
			{Action: "s3:GetObject", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Besides: "objects are there already"}},
			{Action: "s3:GetObjectTagging", Resource: "*", When: tool.Condition{InS3: []string{"from", "to"}}},
			{Action: "s3:GetBucketVersioning", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Asked: true}},
			{Action: "s3:ListBucketVersions", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Asked: true, Besides: "versioning is suspended or can't be read"}},
			{Action: "s3:PutObject", Resource: "*", When: tool.Condition{InS3: []string{"to"}}},
			{Action: "s3:PutObjectTagging", Resource: "*", When: tool.Condition{InS3: []string{"from", "to"}, Besides: "objects have tags"}},
			{Action: "s3:AbortMultipartUpload", Resource: "*", When: tool.Condition{InS3: []string{"to"}, Besides: "objects are larger than 8 MiB"}},
		},
		Examples: []tool.Example{
			{Does: "send a directory", Input: `{"from": "site", "to": "s3://harbour/site/"}`},
			{Does: "fetch the logs of a prefix", Input: `{"from": "s3://harbour/2026/", "to": "logs", "include": ["*.log"]}`},
			{Does: "see what would be copied between buckets", Input: `{"from": "s3://harbour/a/", "to": "s3://archive/a/", "dry_run": true}`},
		},
	}, b.copyTree), b.copyPreview)
}

// treeFlags are the flags of the aws CLI for trees.
func treeFlags() []tool.FormFlag {
	return append(quietFlags(),
		tool.FormFlag{Name: "recursive", Sets: `{}`, NoDash: true, Doc: "nothing else: a directory or a prefix is always a tree"},
		tool.FormFlag{Name: "dryrun", Field: "dry_run"})
}

// syncFlags are the flags of aws s3 sync. It differs from a copy of a tree only by how it
// finds out what is the same, and by what it may delete.
func syncFlags() []tool.FormFlag {
	content := "nothing else: content is compared, not size and time"
	return append(treeFlags(),
		tool.FormFlag{Name: "size-only", Sets: `{}`, NoDash: true, Doc: content},
		tool.FormFlag{Name: "exact-timestamps", Sets: `{}`, NoDash: true, Doc: content},
		tool.FormFlag{
			Name: "delete", Instead: "hawser s3 rm BUCKET --recursive",
			Doc: "can't be used: nothing is deleted at the destination",
		})
}

// quietFlags are the flags of the aws CLI about what is shown.
func quietFlags() []tool.FormFlag {
	return []tool.FormFlag{
		{Name: "quiet", Global: "output=off progress=false", Doc: "show nothing but errors"},
		{Name: "only-show-errors", Global: "output=off progress=false", Doc: "show nothing but errors"},
		{Name: "no-progress", Global: "progress=false", Doc: "show no progress"},
	}
}

func (b *box) copyTree(ctx context.Context, call *tool.Call, in copyInput) (_ *copyOutput, err error) {
	if in.streams() {
		return b.copyStream(ctx, call, in)
	}
	ctx = in.agreed(ctx)
	c, err := b.newCopying(ctx, call, in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.run(ctx)
}
