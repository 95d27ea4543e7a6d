package awssim

import (
	"cmp"
	"encoding/base64"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Lambda is AWS Lambda: functions with their versions, aliases, tags,
// concurrency and resource policies. What a function does when it is invoked
// is Go: see World.SetFunction.
//
// https://docs.aws.amazon.com/lambda/latest/api/
func Lambda(*World) *Service {
	return &Service{Model: "lambda", ThrottleCode: "TooManyRequestsException", Handlers: map[string]Handler{
		"CreateFunction":               Op(createFunction),
		"GetFunction":                  onFunction(getFunction),
		"GetFunctionConfiguration":     onFunction(getFunctionConfiguration),
		"ListFunctions":                Op(listFunctions),
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
		"GetAccountSettings":           Op(getAccountSettings),
		"AddPermission":                onFunction(addPermission),
		"RemovePermission":             onFunction(removePermission),
		"GetPolicy":                    onFunction(getLambdaPolicy),
		"ListTags":                     Op(lambdaListTags),
		"TagResource":                  Op(lambdaTagResource),
		"UntagResource":                Op(lambdaUntagResource),
		"Invoke":                       Op(invokeFunction),
	}, Needs: lambdaNeeds}
}

// lambdaState is what Lambda keeps for an account in a region.
type lambdaState struct {
	mu        sync.Mutex
	functions map[string]*lambdaFunction
	running   int // executions under way, of all functions
}

// Start makes the map.
func (st *lambdaState) Start(*World, string, string) { st.functions = make(map[string]*lambdaFunction) }

// lambdaID names a function and, where qualifier is not empty, a version or
// alias of it.
type lambdaID struct{ partition, account, region, name, qualifier string }

func (id lambdaID) arn() string {
	return "arn:" + id.partition + ":lambda:" + id.region + ":" + id.account + ":function:" + id.name
}

// qualified is the ARN with the version or alias, where there is one.
func (id lambdaID) qualified() string {
	if id.qualifier == "" {
		return id.arn()
	}
	return id.arn() + ":" + id.qualifier
}

// at is the same function at another version or alias.
func (id lambdaID) at(qualifier string) lambdaID {
	id.qualifier = qualifier
	return id
}

const lambdaPattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?` +
	`([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

var lambdaName = regexp.MustCompile(`^` + lambdaPattern + `$`)

// The groups of lambdaPattern that matter.
const (
	inRegion, inAccount, inName, inQualifier = 3, 8, 10, 12
)

// lambdaNamed takes a function's name, ARN or partial ARN apart, with what a
// call says of the qualifier besides.
func lambdaNamed(c *Call, name, qualifier string) (lambdaID, error) {
	m := lambdaName.FindStringSubmatch(name)
	if m == nil {
		return lambdaID{}, lambdaFail("ValidationException", "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: %s", name, lambdaPattern)
	}
	id := lambdaID{
		partition: c.Partition(), region: cmp.Or(strings.TrimSuffix(m[inRegion], ":"), c.Region),
		account: cmp.Or(strings.TrimSuffix(m[inAccount], ":"), c.Account.ID),
		name:    m[inName], qualifier: cmp.Or(m[inQualifier], qualifier),
	}
	switch {
	case len(id.name) > 64:
		return id, lambdaFail("ValidationException", "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
			"Member must have length less than or equal to 64", id.name)
	case m[inQualifier] != "" && qualifier != "" && qualifier != m[inQualifier]:
		return id, lambdaFail("InvalidParameterValueException", "The derived qualifier from the function name does not match the specified qualifier.")
	case id.region != c.Region:
		return id, lambdaFail("ResourceNotFoundException", "Functions from '%s' are not reachable in this region ('%s')", id.region, c.Region)
	}
	return id, nil
}

// lambdaAsked is the function that an input names in its fields FunctionName
// and Qualifier.
func lambdaAsked(c *Call, in any) (lambdaID, error) {
	return lambdaNamed(c, textField(in, "FunctionName"), textField(in, "Qualifier"))
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
func onFunction[I, O any](f func(c *Call, fn *lambdaFunction, id lambdaID, in *I) (*O, error)) Handler {
	return Op(func(c *Call, in *I) (*O, error) {
		id, err := lambdaAsked(c, in)
		if err != nil {
			return nil, err
		}
		st := StateOf[lambdaState](c.World, id.account, id.region)
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
func (st *lambdaState) find(id lambdaID) (*lambdaFunction, error) {
	if fn := st.functions[id.name]; fn != nil {
		return fn, nil
	}
	return nil, noFunction(id)
}

func noFunction(id lambdaID) error {
	return lambdaFail("ResourceNotFoundException", "Function not found: %s", id.qualified())
}

// lambdaFail makes an error as Lambda's exceptions are, with a Type.
func lambdaFail(code, format string, args ...any) *Error {
	return Errorf(code, format, args...).With("Type", "User")
}

// lambdaNeeds asks for permission on the function that a call names, heeding
// the function's own policy.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
func lambdaNeeds(c *Call, in any) []Need {
	name, need := textField(in, "FunctionName"), Need{Action: "lambda:" + c.Operation}
	if c.Operation == "Invoke" {
		need.Action = "lambda:InvokeFunction"
	}
	if name == "" {
		name = textField(in, "Resource")
	}
	if name == "" {
		return []Need{need}
	}
	id, err := lambdaNamed(c, name, textField(in, "Qualifier"))
	if err != nil {
		return []Need{need} // the operation will say what is wrong
	}
	need.Resource, need.Owner = id.arn(), id.account
	if c.Operation == "Invoke" {
		need.Resource = id.qualified()
	}
	need.Policy = StateOf[lambdaState](c.World, id.account, id.region).policyOf(id)
	if create, ok := in.(*lambda.CreateFunctionInput); ok {
		return []Need{need, {Action: "iam:PassRole", Resource: aws.ToString(create.Role)}}
	}
	return []Need{need}
}

// lambdaPageSize is how many functions or versions a page holds at most.
const lambdaPageSize = 50

// lambdaPage cuts one page of a list that is sorted by key; the marker holds
// the key of the last item before it.
func lambdaPage[T any](all []T, size *int32, marker *string, key func(T) string) ([]T, *string, error) {
	n := int(aws.ToInt32(size))
	if size != nil && (n < 1 || n > 10_000) {
		return nil, nil, lambdaFail("ValidationException", "1 validation error detected: Value '%d' at 'maxItems' failed to satisfy constraint: "+
			"Member must have value between 1 and 10000", n)
	}
	if size == nil || n > lambdaPageSize {
		n = lambdaPageSize
	}
	if marker != nil && *marker != "" {
		after, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil {
			return nil, nil, lambdaFail("InvalidParameterValueException", "Marker is invalid.")
		}
		all = Behind(all, string(after), key)
	}
	page, next := FirstPage(all, n, key)
	if next != nil {
		*next = base64.RawURLEncoding.EncodeToString([]byte(*next))
	}
	return page, next, nil
}
