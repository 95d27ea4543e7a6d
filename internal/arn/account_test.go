package arn_test

import (
	"testing"

	"github.com/hawser/hawser/internal/arn"
)

func TestAccountIn(t *testing.T) {
	const other = "444455556666"
	tests := map[string]string{
		"arn:aws:lambda:us-east-1:444455556666:function:f:prod":                   other,
		"arn:aws:kms:eu-west-1:444455556666:key/k":                                other,
		"arn:aws:secretsmanager:us-east-1:444455556666:secret:s-AbCdEf":           other,
		"arn:aws:logs:us-east-1:444455556666:log-group:/aws/lambda/f:*":           other,
		"arn:aws:iam::444455556666:role/r":                                        other,
		" ARN:aws:iam::444455556666:role/r":                                       other,
		"arn:aws-us-gov:s3:us-gov-west-1:444455556666:accesspoint/a":              other,
		"arn:aws:s3:us-east-1:444455556666:accesspoint/a/object/k":                other,
		"s3://arn:aws:s3:us-east-1:444455556666:accesspoint/a/k":                  other,
		"s3://arn:aws:s3-outposts:us-east-1:444455556666:outpost/o/accesspoint/a": other,
		"444455556666:function:f":                                                 other,
		"444455556666:f:prod":                                                     other,
		"us-east-1:444455556666:function:f":                                       other,
		"us-gov-west-1:444455556666:f":                                            other,
		"444455556666.dkr.ecr.us-east-1.amazonaws.com/app:1":                      other,
		"https://444455556666.s3-control.us-east-1.amazonaws.com/x":               other,
		"https://sqs.us-east-1.amazonaws.com/444455556666/q":                      other,
		"https://sqs.cn-north-1.amazonaws.com.cn/444455556666/q":                  other,
		"arn:aws:iam::aws:policy/ReadOnlyAccess":                                  "",
		"arn:aws:s3:::bucket/444455556666/k":                                      "",
		"s3://bucket/444455556666/k":                                              "",
		"AWSLogs/444455556666/CloudTrail/":                                        "",
		"/aws/lambda/f":                                                           "",
		"f":                                                                       "",
		"f:prod":                                                                  "",
		"4444555566667:f":                                                         "",
		"44445555666:f":                                                           "",
		"":                                                                        "",
		"alias/key":                                                               "",
	}
	for name, want := range tests {
		if got := arn.AccountIn(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzAccountIn(f *testing.F) {
	for _, seed := range []string{"arn:aws:iam::444455556666:role/r", "us-east-1:444455556666:f", "https://sqs.us-east-1.amazonaws.com/444455556666/q", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		account := arn.AccountIn(name)
		if account != "" && !arn.IsAccount(account) {
			t.Errorf("%q names %q", name, account)
		}
		if a, ok := arn.Parse(name); ok && arn.IsAccount(a.Account) && account != a.Account {
			t.Errorf("%q names %q", name, account)
		}
	})
}
