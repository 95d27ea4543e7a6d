package arn

import (
	"regexp"
	"strings"
)

var (
	// partialARN is a function's name with an account before it, and before
	// that a region. See
	// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
	partialARN = regexp.MustCompile(`^(?:[a-z]{2}(?:-[a-z]+)+-\d:)?(\d{12}):\S`)
	// accountInAddress is an address that holds an account: of a registry of
	// images, an S3 control endpoint or a queue.
	accountInAddress = regexp.MustCompile(`^(?:https?://)?(?:(\d{12})\.[a-z0-9.-]+|[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?/(\d{12})/)`)
)

// AccountIn is the account that the name of something in AWS says it
// belongs to: an ARN, an S3 URI with one, a partial ARN of a function, a queue's
// or an image's address. It is empty where the name says nothing of an account.
func AccountIn(name string) string {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "s3://")
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		if IsAccount(parts[4]) {
			return parts[4]
		}
		return ""
	}
	for _, form := range []*regexp.Regexp{partialARN, accountInAddress} {
		if found := form.FindStringSubmatch(name); found != nil {
			return strings.Join(found[1:], "")
		}
	}
	return ""
}
