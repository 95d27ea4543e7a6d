package awserr

import (
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/fault"
)

// TestEveryCodeHasACauseAndAFix: every code of the tables, one of each family and one of
// each status says why and what to do.
func TestEveryCodeHasACauseAndAFix(t *testing.T) {
	all := []string{
		"FooQuotaExceeded", "FooLimitExceededException", "FooNotFound", "FooDoesNotExist", "NoSuchThing", "FooAlreadyExists",
		"FooInUse", "ValidationException", "InvalidThing", "MissingThing", "Foo.Malformed", "SomethingNew",
	}
	for code := range codes {
		all = append(all, code)
	}
	all = append(append(append(all, transientCodes...), throttleCodes...), expiredCodes...)
	for _, code := range all {
		for _, service := range []string{"S3", "EC2", "SNS"} {
			call := &CallError{
				Service: service, Operation: "Do", Account: "111122223333", Region: "eu-central-1", Attempts: 3, Throttled: 2,
				Err: &smithy.GenericAPIError{Code: code, Message: "what AWS says"},
			}
			f := Fault(call)
			if f.Cause == "" || f.Fix == "" {
				t.Errorf("%s of %s: cause %q, fix %q", code, service, f.Cause, f.Fix)
			}
			if f.Kind == fault.Throttled && service == "S3" && strings.Contains(f.Fix, "Service Quotas") {
				t.Errorf("%s: %s", code, f.Fix)
			}
		}
	}
	for _, status := range []int{0, 200, 301, 302, 307, 400, 401, 403, 404, 409, 412, 429, 500, 501, 503, 599} {
		kind := kindOfStatus(status)
		m := meaning{kind: kind}.complete(&CallError{})
		if kind != fault.Denied && (m.cause == "" || m.fix == "") { // which ofDenial completes
			t.Errorf("status %d: %+v", status, m)
		}
	}
}
