package kit

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// formats are AWS's syntaxes that input fields name in their tags.
func formats() tool.Formats {
	return tool.Formats{"arn": checkARN, "bucket": CheckBucket, "account-id": checkAccountID}
}

func checkAccountID(s string) error {
	if arn.IsAccount(s) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not an account ID", s).WithFix("give the account's 12 digits")
}

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func checkARN(s string) error {
	if arn.Is(s) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not an ARN", s).
		WithFix("give arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, as the AWS console shows it")
}

// CheckBucket follows the rules for general purpose buckets and lets access
// point ARNs pass.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func CheckBucket(s string) error {
	if strings.HasPrefix(s, "arn:") {
		return checkARN(s)
	}
	_, ipErr := netip.ParseAddr(s)
	if bucketForm.MatchString(s) && !strings.Contains(s, "..") && ipErr != nil {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not a bucket name", s).
		WithFix("a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, begins and ends with a letter or digit, and is not an IP address")
}
