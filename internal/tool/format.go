package tool

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// formats are the named syntaxes a field's format tag may ask for.
var formats = map[string]func(string) error{
	"when":       func(s string) error { _, err := When(s).Time(time.Unix(0, 0)); return err },
	"arn":        checkARN,
	"bucket":     checkBucket,
	"account-id": checkAccountID,
	"json":       checkJSON,
}

// CheckFormat holds a value against a named syntax, for inputs that carry one
// inside another. The error is of kind Invalid.
func CheckFormat(name, value string) error {
	check, ok := formats[name]
	if !ok {
		return fault.New(fault.Internal, "there is no format %q", name)
	}
	return check(value)
}

var (
	accountForm = regexp.MustCompile(`^\d{12}$`)
	bucketForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	arnForm     = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$`)
)

func checkAccountID(s string) error {
	if accountForm.MatchString(s) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is no account ID", s).WithFix("give the account's 12 digits")
}

func checkARN(s string) error {
	if arnForm.MatchString(s) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is no ARN", s).
		WithFix("give arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, as the AWS console shows it for the thing itself")
}

// checkBucket follows the rules for general purpose buckets and lets access
// point ARNs pass.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func checkBucket(s string) error {
	if strings.HasPrefix(s, "arn:") {
		return checkARN(s)
	}
	_, ipErr := netip.ParseAddr(s)
	if bucketForm.MatchString(s) && !strings.Contains(s, "..") && ipErr != nil {
		return nil
	}
	return fault.New(fault.Invalid, "%q is no bucket name", s).
		WithFix("a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, begins and ends with a letter or digit, and is no IP address")
}

func checkJSON(s string) error {
	if json.Valid([]byte(s)) {
		return nil
	}
	return fault.New(fault.Invalid, "the value is no valid JSON").WithFix("check quotes and brackets")
}
