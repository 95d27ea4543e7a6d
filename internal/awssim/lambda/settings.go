package lambda

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim"
)

// concurrency is how many executions an account has in a region, and
// leastUnreserved what must be left of them for functions without their own.
const (
	concurrency     = 1000
	leastUnreserved = 100
)

// unreserved is the concurrency that no function has reserved; st.mu must be
// held.
func (st *state) unreserved() int32 {
	left := int32(concurrency)
	for _, fn := range st.functions {
		left -= aws.ToInt32(fn.reserved)
	}
	return left
}

func putFunctionConcurrency(c *awssim.Call, fn *function, id functionID, in *lambda.PutFunctionConcurrencyInput) (*lambda.PutFunctionConcurrencyOutput, error) {
	want := aws.ToInt32(in.ReservedConcurrentExecutions)
	st := awssim.StateOf[state](c.World, id.account, id.region)
	switch {
	case st.unreserved()+aws.ToInt32(fn.reserved)-want < leastUnreserved:
		return nil, fail("InvalidParameterValueException", "Specified ReservedConcurrentExecutions for function decreases account's "+
			"UnreservedConcurrentExecution below its minimum value of [%d].", leastUnreserved)
	}
	fn.reserved = &want
	return &lambda.PutFunctionConcurrencyOutput{ReservedConcurrentExecutions: &want}, nil
}

func getFunctionConcurrency(_ *awssim.Call, fn *function, _ functionID, _ *lambda.GetFunctionConcurrencyInput) (*lambda.GetFunctionConcurrencyOutput, error) {
	return &lambda.GetFunctionConcurrencyOutput{ReservedConcurrentExecutions: fn.reserved}, nil
}

func deleteFunctionConcurrency(_ *awssim.Call, fn *function, _ functionID, _ *lambda.DeleteFunctionConcurrencyInput) (*lambda.DeleteFunctionConcurrencyOutput, error) {
	fn.reserved = nil
	return &lambda.DeleteFunctionConcurrencyOutput{}, nil
}

// getFunctionCodeSigningConfig answers as for functions without code signing,
// which all are here.
func getFunctionCodeSigningConfig(_ *awssim.Call, _ *function, id functionID, _ *lambda.GetFunctionCodeSigningConfigInput) (*lambda.GetFunctionCodeSigningConfigOutput, error) {
	return &lambda.GetFunctionCodeSigningConfigOutput{FunctionName: aws.String(id.name)}, nil
}

func getRuntimeManagementConfig(_ *awssim.Call, fn *function, id functionID, _ *lambda.GetRuntimeManagementConfigInput) (*lambda.GetRuntimeManagementConfigOutput, error) {
	v, err := fn.at(id)
	if err != nil {
		return nil, err
	}
	return &lambda.GetRuntimeManagementConfigOutput{FunctionArn: v.config.FunctionArn, UpdateRuntimeOn: types.UpdateRuntimeOnAuto}, nil
}

func getAccountSettings(c *awssim.Call, _ *lambda.GetAccountSettingsInput) (*lambda.GetAccountSettingsOutput, error) {
	st := awssim.State[state](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	usage := &types.AccountUsage{FunctionCount: int64(len(st.functions))}
	for _, fn := range st.functions {
		for _, v := range append(fn.versions, fn.latest) {
			usage.TotalCodeSize += v.config.CodeSize
		}
	}
	return &lambda.GetAccountSettingsOutput{AccountUsage: usage, AccountLimit: &types.AccountLimit{
		CodeSizeUnzipped: 250 << 20, CodeSizeZipped: 50 << 20, TotalCodeSize: 75 << 30,
		ConcurrentExecutions: concurrency, UnreservedConcurrentExecutions: aws.Int32(st.unreserved()),
	}}, nil
}

// withTags runs f on the tags of the function with an ARN.
func withTags(c *awssim.Call, arn *string, f func(fn *function) error) error {
	id, err := named(c, aws.ToString(arn), "")
	if err != nil {
		return err
	}
	st := awssim.StateOf[state](c.World, id.account, id.region)
	st.mu.Lock()
	defer st.mu.Unlock()
	fn, err := st.find(id)
	switch {
	case err != nil:
		return err
	case id.qualifier != "":
		return fail("InvalidParameterValueException", "Tags on function aliases and versions are not supported. Please specify either a function name or an unqualified function ARN.")
	}
	return f(fn)
}

func listTags(c *awssim.Call, in *lambda.ListTagsInput) (*lambda.ListTagsOutput, error) {
	out := &lambda.ListTagsOutput{Tags: map[string]string{}}
	err := withTags(c, in.Resource, func(fn *function) error {
		maps.Copy(out.Tags, fn.tags)
		return nil
	})
	return out, err
}

func tagResource(c *awssim.Call, in *lambda.TagResourceInput) (*lambda.TagResourceOutput, error) {
	return &lambda.TagResourceOutput{}, withTags(c, in.Resource, func(fn *function) error {
		tags := maps.Clone(fn.tags)
		if tags == nil {
			tags = make(map[string]string)
		}
		maps.Copy(tags, in.Tags)
		if err := checkLambdaTags(tags); err != nil {
			return err
		}
		fn.tags = tags
		return nil
	})
}

func untagResource(c *awssim.Call, in *lambda.UntagResourceInput) (*lambda.UntagResourceOutput, error) {
	return &lambda.UntagResourceOutput{}, withTags(c, in.Resource, func(fn *function) error {
		for _, key := range in.TagKeys {
			delete(fn.tags, key)
		}
		return nil
	})
}

// maxLambdaTags is how many tags a function may have.
const maxLambdaTags = 50

func reservedTag(string) error {
	return fail("InvalidParameterValueException", "Tag keys that begin with aws: are reserved.")
}

func checkLambdaTags(tags map[string]string) error {
	if len(tags) > maxLambdaTags {
		return fail("InvalidParameterValueException", "The resource has more than %d tags.", maxLambdaTags)
	}
	return nil
}

// unsupported are the members of inputs that are refused: code signing, durable
// executions, tenants, and what the function would get to know.
func unsupported() map[string][]string {
	return map[string][]string{
		"CreateFunction":     {"CodeSigningConfigArn", "PublishTo"},
		"Invoke":             {"ClientContext", "DurableExecutionName", "TenantId"},
		"ListFunctions":      {"MasterRegion"},
		"PublishVersion":     {"PublishTo"},
		"UpdateFunctionCode": {"PublishTo"},
	}
}
