package lambda

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type listInput struct {
	tool.Target
	tool.Fan
	tool.Page
	Tags map[string]string `json:"tags,omitempty" jsonschema:"only functions with all of these tags; values may hold * and ?" holds:"content" empty:"text"`
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "lambda.list", Items: "functions", Summary: "List functions",
		Lists:       map[string]string{"lambda.function": "function_name"},
		Description: "Lambda lists fifty functions in a call, without their tags. A filter by tags needs one more call for each function.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Forms: []tool.Form{{Verb: "list-functions", Flags: kit.PageFlags()}},
		Needs: []tool.Need{
			{Action: "lambda:ListFunctions", Resource: kit.AnyResource},
			{Action: "lambda:ListTags", Resource: "arn:{partition}:lambda:{region}:{account}:function:*", When: tool.Condition{Given: []string{"tags"}}},
		},
		Examples: []tool.Example{
			{Does: "the functions of the region", Input: `{}`},
			{Does: "a repository's functions, everywhere", Input: `{"tags": {"repository": "acme/checkout"}, "all_regions": true, "all_accounts": true}`},
		},
	}, b.list)
}

func (b *box) list(ctx context.Context, _ *tool.Call, in listInput) (tool.List[function], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[function], error) {
			if len(in.Tags) > 0 {
				limit = 0 // how many of a page fit is not known before
			}
			return in.page(ctx, s, token, limit)
		})
}

// page reads one page.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
func (in listInput) page(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[function], error) {
	out, err := client(s).ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: kit.Optional(token), MaxItems: kit.PageSize(limit, 50)})
	if err != nil {
		return tool.Batch[function]{}, err
	}
	batch := tool.Batch[function]{Next: aws.ToString(out.NextMarker)}
	for _, c := range out.Functions {
		f := functionOf(s, c)
		f.Place = kit.LocationOf(in.Fan, s)
		batch.Items = append(batch.Items, f)
	}
	if len(in.Tags) > 0 {
		err = in.withTags(ctx, s, &batch)
	}
	return batch, err
}

// parallelTags is how many functions' tags are read in parallel; the session
// keeps to Lambda's rate by itself.
const parallelTags = 8

// withTags keeps the functions whose tags match. It leaves out a function that
// was deleted since it was listed. A function whose tags cannot be read is a
// failure of its own. If no tags can be read at all, it returns the error of the
// first.
func (in listInput) withTags(ctx context.Context, s *awsapi.Session, batch *tool.Batch[function]) error {
	errs := make([]error, len(batch.Items))
	var group parallel.Group
	group.SetLimit(parallelTags)
	for i := range batch.Items {
		group.Go(func() error {
			out, err := client(s).ListTags(ctx, &lambda.ListTagsInput{Resource: &batch.Items[i].ARN})
			if err == nil {
				batch.Items[i].Tags = out.Tags
			}
			errs[i] = kit.Explain(ctx, err)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	if err := ctx.Err(); err != nil {
		return err
	}
	return in.keep(batch, errs)
}

// keep leaves the functions in the batch that fit and could be read.
func (in listInput) keep(batch *tool.Batch[function], errs []error) error {
	var (
		kept  []function
		read  bool
		first error
	)
	for i, f := range batch.Items {
		err := errs[i]
		switch {
		case err == nil && in.fits(f.Tags):
			kept = append(kept, f)
		case err != nil && !errors.Is(err, fault.NotFound):
			first = cmp.Or(first, err)
			batch.Failures = append(batch.Failures, tool.Failure{Account: f.Account, Region: f.Region, Error: unread(err, f.ARN)})
			continue
		}
		read = true
	}
	if !read && first != nil {
		return first
	}
	batch.Items = kept
	return nil
}

// unread returns the error of one resource of a listing, which it names.
func unread(err error, arn string) *fault.Error {
	f := *fault.From(err)
	f.Message, f.Resource = arn+": "+f.Message, arn
	return &f
}

func (in listInput) fits(tags map[string]string) bool {
	for key, pattern := range in.Tags {
		value, ok := tags[key]
		if !ok || !kit.MatchText(pattern, value) {
			return false
		}
	}
	return true
}
