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

// copyPreview finds out what a copy would overwrite: nothing if the bucket keeps
// versions, else what a dry run finds. If versioning is or may be suspended and the
// versions can't be listed, everything counts as overwritten. It reads the same as the copy itself, so
// it fails if the copy would fail.
func (b *box) copyPreview(ctx context.Context, call *tool.Call, in copyInput) tool.Preview {
	if in.From == tool.Dash {
		return in.put().preview(in.agreed(ctx), b, call)
	}
	in.DryRun = true
	out, region, agreed, err := b.wouldCopy(in.agreed(ctx), call, in)
	p := tool.Preview{Region: region, Err: kit.Explain(ctx, err), Expected: agreed, State: agreed.state()}
	switch {
	case err != nil:
	case agreed.keeps || out.Replaced.Objects == 0:
		p.Effect = tool.Write
		p.Does = fmt.Sprintf("Copy %s to %s, and overwrite nothing that is lost", text.Name(in.From), text.Name(in.To))
	default:
		thing := "object"
		if region == "" {
			thing = "local file"
		}
		p.Effect, p.Does = tool.Destroy, out.question(thing)
		if agreed.unread != nil {
			p.Does += fmt.Sprintf(", as far as is known (%s)", kit.NotRead(ctx, agreed.unread))
		}
	}
	return p
}

// wouldCopy returns the dry run of a copy. If the bucket keeps versions, it says
// so, and compares nothing.
func (b *box) wouldCopy(ctx context.Context, call *tool.Call, in copyInput) (out *copyOutput, region string, agreed *agreedCopy, err error) {
	c, err := b.newCopying(ctx, call, in)
	if err != nil {
		return nil, "", nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if c.to.remote() {
		region = c.to.client.Options().Region
		status, unread := versioningOf(ctx, c.to.client, c.to.bucket)
		if status == types.BucketVersioningStatusEnabled {
			return nil, region, &agreedCopy{keeps: true}, nil
		}
		if status == types.BucketVersioningStatusSuspended || unread != nil {
			c.report.unread = c.to.byVersions(ctx)
		}
	}
	out, err = c.run(ctx)
	return out, region, &agreedCopy{
		objects: c.report.replaced, sources: c.report.sources, versions: c.to.versions, unread: c.report.unread,
	}, err
}

// question asks about the things that a copy would overwrite, and names some of
// them.
func (c *copyOutput) question(thing string) string {
	var names []string
	for _, i := range c.Items {
		if i.Replaces && len(names) < kit.MaxNamed {
			names = append(names, text.Name(i.To))
		}
	}
	if more := int(c.Replaced.Objects) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("Overwrite %s for good (%s) by a copy of %s (%s) to %s",
		kit.Count(int(c.Replaced.Objects), thing), kit.Enumerate(names), text.Name(c.From), c.Copied.Bytes, text.Name(c.To))
}
