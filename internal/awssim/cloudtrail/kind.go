package cloudtrail

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awssim"
)

// kind is what is known of an operation's events.
type kind struct {
	source, name string
	readOnly     bool
	data         bool // they are data events, or none at all
}

// sources are the event sources of the services whose name is another one.
func sources() map[string]string {
	return map[string]string{
		"cloudwatch": "monitoring", "sso-admin": "sso", "sso-oidc": "sso", "rds-data": "rdsdata",
	}
}

// kind tells of an operation.
func (rec *recorder) kind(model, operation string) kind {
	key := [2]string{model, operation}
	if k, ok := rec.kinds.Load(key); ok {
		return k.(kind)
	}
	k := kindOf(model, operation)
	rec.kinds.Store(key, k)
	return k
}

func kindOf(model, operation string) kind {
	source := model
	if s, ok := sources()[model]; ok {
		source = s
	}
	return kind{
		source: source + ".amazonaws.com", name: eventName(model, operation),
		readOnly: readsOnly(operation), data: awssim.IsData(model, operation),
	}
}

// responds reports whether the events hold the answer: those of writes, and of
// what gives credentials.
func (k kind) responds() bool {
	return !k.readOnly || k.source == "sts.amazonaws.com" && k.name != "GetCallerIdentity" && k.name != "GetAccessKeyInfo"
}

// readsOnly reports whether an operation changes nothing. To CloudTrail that is so
// of giving credentials.
func readsOnly(operation string) bool {
	if operation == "GetRoleCredentials" {
		return true
	}
	return slices.ContainsFunc([]string{
		"Get", "List", "Describe", "Lookup", "Head", "Search", "Simulate", "BatchGet", "Filter", "Test", "Decode", "AssumeRole", "AssumeRoot",
	}, func(prefix string) bool { return strings.HasPrefix(operation, prefix) })
}

// eventName is what CloudTrail calls an operation.
//
// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
func eventName(model, operation string) string {
	switch model {
	case "lambda":
		return lambdaName(operation)
	case "s3":
		operation = strings.Replace(operation, "PublicAccessBlock", "BucketPublicAccessBlock", 1)
		operation = strings.Replace(operation, "BucketLifecycleConfiguration", "BucketLifecycle", 1)
		return strings.Replace(operation, "BucketNotificationConfiguration", "BucketNotification", 1)
	}
	return operation
}

// lambdaName appends the version of Lambda's interface, which its older
// operations are known with.
func lambdaName(operation string) string {
	switch operation {
	case "CreateFunction", "DeleteFunction", "ListFunctions", "ListVersionsByFunction", "PublishVersion", "CreateAlias", "DeleteAlias",
		"GetAlias", "UpdateAlias", "ListAliases":
		return operation + "20150331"
	case "UpdateFunctionCode", "UpdateFunctionConfiguration", "AddPermission", "RemovePermission", "GetFunction", "GetFunctionConfiguration", "GetPolicy":
		return operation + "20150331v2"
	case "TagResource", "UntagResource":
		return operation + "20170331v2"
	case "ListTags":
		return operation + "20170331"
	case "PutFunctionConcurrency", "DeleteFunctionConcurrency":
		return operation + "20171031"
	}
	return operation
}

// errorCode is what CloudTrail writes for an error: the exception's name, and for
// EC2 whose fault it is.
func errorCode(o awssim.Outcome) string {
	code := o.Service.ErrorName(o.Err.Code)
	switch {
	case o.Service.Model == "ec2" && o.Err.Receiver:
		return "Server." + code
	case o.Service.Model == "ec2":
		return "Client." + code
	case code == "AccessDeniedException":
		return "AccessDenied"
	}
	return code
}
