// Package lambda simulates AWS Lambda, whose functions are Go functions.
package lambda

import (
	"cmp"
	"encoding/base64"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/hawser/hawser/internal/awssim"
)

// Service is AWS Lambda: functions with their versions, aliases, tags,
// concurrency and resource policies. What a function does when it is invoked
// is Go: see World.SetFunction.
//
// https://docs.aws.amazon.com/lambda/latest/api/
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{Model: "lambda", Unsupported: unsupported(), Invalid: invalidInput, InvalidToken: invalidToken, ThrottleCode: "TooManyRequestsException", Handlers: map[string]awssim.Handler{
		"CreateFunction":               awssim.Op(createFunction),
		"GetFunction":                  onFunction(getFunction),
		"GetFunctionConfiguration":     onFunction(getFunctionConfiguration),
		"ListFunctions":                awssim.Op(listFunctions),
		"UpdateFunctionCode":           onFunction(updateFunctionCode),
		"UpdateFunctionConfiguration":  onFunction(updateFunctionConfiguration),
		"DeleteFunction":               onFunction(deleteFunction),
		"PublishVersion":               onFunction(publishVersion),
		"ListVersionsByFunction":       onFunction(listVersionsByFunction),
		"CreateAlias":                  onFunction(createAlias),
		"GetAlias":                     onFunction(getAlias),
		"UpdateAlias":                  onFunction(updateAlias),
		"DeleteAlias":                  onFunction(deleteAlias),
		"ListAliases":                  onFunction(listAliases),
		"PutFunctionConcurrency":       onFunction(putFunctionConcurrency),
		"GetFunctionConcurrency":       onFunction(getFunctionConcurrency),
		"DeleteFunctionConcurrency":    onFunction(deleteFunctionConcurrency),
		"GetFunctionCodeSigningConfig": onFunction(getFunctionCodeSigningConfig),
		"GetRuntimeManagementConfig":   onFunction(getRuntimeManagementConfig),
		"GetAccountSettings":           awssim.Op(getAccountSettings),
		"AddPermission":                onFunction(addPermission),
		"RemovePermission":             onFunction(removePermission),
		"GetPolicy":                    onFunction(getLambdaPolicy),
		"ListTags":                     awssim.Op(listTags),
		"TagResource":                  awssim.Op(tagResource),
		"UntagResource":                awssim.Op(untagResource),
		"Invoke":                       awssim.Op(invokeFunction),
	}, Needs: needsOf, TagAction: tagAction, ReservedTag: reservedTag}
}

// state is what Lambda keeps for an account in a region.
type state struct {
	mu        sync.Mutex
	functions map[string]*function
	running   int // executions under way, of all functions
}

// Start makes the map.
func (st *state) Start(*awssim.World, string, string) { st.functions = make(map[string]*function) }

// functionID names a function and, where qualifier is not empty, a version or
// alias of it.
type functionID struct{ partition, account, region, name, qualifier string }

func (id functionID) arn() string {
	return "arn:" + id.partition + ":lambda:" + id.region + ":" + id.account + ":function:" + id.name
}

// qualified is the ARN with the version or alias, where there is one.
func (id functionID) qualified() string {
	if id.qualifier == "" {
		return id.arn()
	}
	return id.arn() + ":" + id.qualifier
}

// at is the same function at another version or alias.
func (id functionID) at(qualifier string) functionID {
	id.qualifier = qualifier
	return id
}

const pattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?` +
	`([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

var validName = regexp.MustCompile(`^` + pattern + `$`)

// The groups of pattern that matter.
const (
	inRegion, inAccount, inName, inQualifier = 3, 8, 10, 12
)

// named takes a function's name, ARN or partial ARN apart, with what a
// call says of the qualifier besides.
func named(c *awssim.Call, name, qualifier string) (functionID, error) {
	m := validName.FindStringSubmatch(name)
	if m == nil {
		return functionID{}, fail("ValidationException", "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: %s", name, pattern)
	}
	id := functionID{
		partition: c.Partition(), region: cmp.Or(strings.TrimSuffix(m[inRegion], ":"), c.Region),
		account: cmp.Or(strings.TrimSuffix(m[inAccount], ":"), c.Account.ID),
		name:    m[inName], qualifier: cmp.Or(m[inQualifier], qualifier),
	}
	switch {
	case len(id.name) > 64:
		return id, fail("ValidationException", "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
			"Member must have length less than or equal to 64", id.name)
	case m[inQualifier] != "" && qualifier != "" && qualifier != m[inQualifier]:
		return id, fail("InvalidParameterValueException", "The derived qualifier from the function name does not match the specified qualifier.")
	case id.region != c.Region:
		return id, fail("ResourceNotFoundException", "Functions from '%s' are not reachable in this region ('%s')", id.region, c.Region)
	}
	return id, nil
}

// askedFor is the function that an input names in its fields FunctionName
// and Qualifier.
func askedFor(c *awssim.Call, in any) (functionID, error) {
	return named(c, textField(in, "FunctionName"), textField(in, "Qualifier"))
}

// textField is the text in a field of type *string, if the input has it.
func textField(in any, name string) string {
	field := reflect.ValueOf(in).Elem().FieldByName(name)
	if !field.IsValid() {
		return ""
	}
	text, _ := field.Interface().(*string)
	return aws.ToString(text)
}

// onFunction makes a Handler of an operation on a function, which must exist.
// Its state is locked meanwhile.
func onFunction[I, O any](f func(c *awssim.Call, fn *function, id functionID, in *I) (*O, error)) awssim.Handler {
	return awssim.Op(func(c *awssim.Call, in *I) (*O, error) {
		id, err := askedFor(c, in)
		if err != nil {
			return nil, err
		}
		st := awssim.StateOf[state](c.World, id.account, id.region)
		st.mu.Lock()
		defer st.mu.Unlock()
		fn, err := st.find(id)
		if err != nil {
			return nil, err
		}
		return f(c, fn, id, in)
	})
}

// find finds a function; st.mu must be held.
func (st *state) find(id functionID) (*function, error) {
	if fn := st.functions[id.name]; fn != nil {
		return fn, nil
	}
	return nil, noFunction(id)
}

func noFunction(id functionID) error {
	return fail("ResourceNotFoundException", "Function not found: %s", id.qualified())
}

// fail makes an error as Lambda's exceptions are, with a Type.
func fail(code, format string, args ...any) *awssim.Error {
	return awssim.Errorf(code, format, args...).With("Type", "User")
}

// needsOf asks for permission on the function that a call names, heeding
// the function's own policy.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	name, need := textField(in, "FunctionName"), awssim.Need{Action: "lambda:" + c.Operation}
	if c.Operation == "Invoke" {
		need.Action = "lambda:InvokeFunction"
	}
	if name == "" {
		name = textField(in, "Resource")
	}
	if name == "" {
		return []awssim.Need{need}
	}
	id, err := named(c, name, textField(in, "Qualifier"))
	if err != nil {
		return []awssim.Need{need} // the operation will say what is wrong
	}
	need = awssim.StateOf[state](c.World, id.account, id.region).needOn(need.Action, id)
	if c.Operation == "Invoke" {
		need.Resource = id.qualified()
	}
	switch in := in.(type) {
	case *lambda.CreateFunctionInput:
		return append([]awssim.Need{need, awssim.PassRole(aws.ToString(in.Role), servicePrincipal)}, networkNeeds(in.VpcConfig)...)
	case *lambda.UpdateFunctionConfigurationInput:
		needs := append([]awssim.Need{need}, networkNeeds(in.VpcConfig)...)
		if in.Role != nil {
			needs = append(needs, awssim.PassRole(*in.Role, servicePrincipal))
		}
		return needs
	case *lambda.AddPermissionInput:
		need.Context["lambda:principal"] = []string{aws.ToString(in.Principal)}
		if in.FunctionUrlAuthType != "" {
			need.Context["lambda:functionurlauthtype"] = []string{string(in.FunctionUrlAuthType)}
		}
	}
	return []awssim.Need{need}
}

// tagAction follows
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html#fxn-tags-required-permissions
func tagAction(operation string) string {
	if operation == "CreateFunction" {
		return "TagResource"
	}
	return ""
}

// pageSize is how many functions or versions a page holds at most.
const pageSize = 50

// pageOf cuts one page of a list that is sorted by key; the marker holds
// the key of the last item before it.
func pageOf[T any](all []T, size *int32, marker *string, key func(T) string) ([]T, *string, error) {
	n := int(aws.ToInt32(size))
	if size == nil || n > pageSize {
		n = pageSize
	}
	if marker != nil && *marker != "" {
		after, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil {
			return nil, nil, fail("InvalidParameterValueException", "Marker is invalid.")
		}
		all = awssim.Behind(all, string(after), key)
	}
	page, next := awssim.FirstPage(all, n, key)
	if next != nil {
		*next = base64.RawURLEncoding.EncodeToString([]byte(*next))
	}
	return page, next, nil
}
