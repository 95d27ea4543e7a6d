package pace

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// repeatable are the prefixes of operations that may be sent twice: they read,
// or they set a state that the second call finds already set.
var repeatable = []string{
	"Abort", "Add", "Assume", "Attach", "BatchGet", "Complete", "Decode", "Delete", "Describe", "Detach", "Disable",
	"Enable", "Filter", "Get", "Head", "List", "Lookup", "Put", "Query", "Remove", "Search", "Select", "Set", "Simulate",
	"Start", "Stop", "Tag", "Terminate", "Untag", "Update", "Upload", "Validate",
}

// exceptions overrule the prefixes, by service and operation.
var exceptions = map[string]bool{
	// A second call adds a second data point, log line or event.
	"CloudWatch.PutMetricData":          false,
	"CloudWatch Logs.PutLogEvents":      false,
	"EventBridge.PutEvents":             false,
	"Lambda.Invoke":                     false,
	"RDS Data.ExecuteStatement":         false,
	"RDS Data.BatchExecuteStatement":    false,
	"RDS Data.ExecuteSql":               false,
	"SFN.StartExecution":                false,
	"CodeBuild.StartBuild":              false,
	"SSM.StartAutomationExecution":      false,
	"RDS Data.CommitTransaction":        false,
	"RDS Data.RollbackTransaction":      true,
	"RDS Data.BeginTransaction":         true, // an unused one ends by itself
	"S3.CreateBucket":                   true, // the owner may repeat it
	"S3.CopyObject":                     true,
	"S3.CreateMultipartUpload":          true, // one left over is listed and aborted
	"IAM.GenerateCredentialReport":      true,
	"SSO Admin.CreateAccountAssignment": true,
}

// Idempotent reports whether an operation may be sent again when nobody knows
// whether the first request was carried out.
func Idempotent(service, operation string, input any) bool {
	if rule, ok := exceptions[service+"."+operation]; ok {
		return rule && !conditional(service, input)
	}
	if slices.ContainsFunc(repeatable, func(p string) bool { return strings.HasPrefix(operation, p) }) {
		return !conditional(service, input)
	}
	return hasToken(input)
}

// conditional reports whether an S3 write depends on the object's present state:
// after a success that went unheard, its repetition would fail.
func conditional(service string, input any) bool {
	return service == "S3" && (isSet(input, "IfNoneMatch") || isSet(input, "IfMatch")) && isWrite(input)
}

// isWrite tells an S3 input that writes from one that reads.
func isWrite(input any) bool {
	name := reflect.TypeOf(input).Elem().Name()
	return !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "Head")
}

// reading are the prefixes of operations that change nothing that matters.
var reading = []string{
	"Assume", "BatchGet", "Decode", "Describe", "Filter", "Generate", "Get", "Head", "List", "Lookup", "Query", "Search",
	"Select", "Simulate", "Validate",
}

// Reads reports whether an operation changes nothing that matters.
func Reads(operation string) bool {
	return slices.ContainsFunc(reading, func(p string) bool { return strings.HasPrefix(operation, p) })
}

type readOnlyKey struct{}

// ReadOnly marks every call made with the context as one that changes nothing,
// although its operation could (a query that is provably a SELECT), so that it
// is retried like a read.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// IsReadOnly reports whether a call changes nothing, by its context or because its
// input asks for a dry run.
func IsReadOnly(ctx context.Context, input any) bool {
	marked, _ := ctx.Value(readOnlyKey{}).(bool)
	return marked || asksOnly(input)
}

// asksOnly reports whether an input asks for a dry run, by EC2's DryRun or
// Lambda's type of invocation.
func asksOnly(input any) bool {
	v := reflect.ValueOf(input)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return false
	}
	if dry, ok := field(v, "DryRun").(*bool); ok && dry != nil && *dry {
		return true
	}
	return fmt.Sprint(field(v, "InvocationType")) == "DryRun"
}

// field returns a struct's field by its name, or nil.
func field(v reflect.Value, name string) any {
	f := v.Elem().FieldByName(name)
	if !f.IsValid() {
		return nil
	}
	return f.Interface()
}

// hasToken reports whether the operation carries a client token: AWS then
// recognises the repetition. The SDK fills an empty token.
func hasToken(input any) bool {
	return slices.ContainsFunc([]string{"ClientToken", "ClientRequestToken", "IdempotencyToken"}, func(field string) bool {
		return isSet(input, field)
	})
}

// isSet reports whether a pointer to a struct has a non-nil pointer in a field.
func isSet(input any, field string) bool {
	v := reflect.ValueOf(input)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return false
	}
	f := v.Elem().FieldByName(field)
	return f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil()
}
