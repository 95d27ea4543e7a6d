package awsapi

import "strings"

// ARN is an Amazon resource name in its six parts.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type ARN struct{ Partition, Service, Region, Account, Resource string }

// ParseARN takes an ARN apart. It says false for anything that is not one.
func ParseARN(text string) (ARN, bool) {
	p := strings.SplitN(text, ":", 6)
	if len(p) != 6 || p[0] != "arn" || !strings.HasPrefix(p[1], "aws") || p[2] == "" || p[5] == "" {
		return ARN{}, false
	}
	if p[4] != "" && !IsAccountID(p[4]) && p[4] != "aws" {
		return ARN{}, false
	}
	return ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}, true
}

// String puts the ARN together.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// IsAccountID tells whether text is twelve digits.
func IsAccountID(text string) bool {
	if len(text) != 12 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
