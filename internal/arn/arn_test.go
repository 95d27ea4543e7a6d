package arn_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/hawser/hawser/internal/arn"
)

func TestParts(t *testing.T) {
	tests := []struct{ text, kind, id, name string }{
		{"arn:aws:iam::111122223333:role/path/Name", "role", "path/Name", "Name"},
		{"arn:aws:iam::111122223333:root", "", "root", "root"},
		{"arn:aws:s3:::bucket", "", "bucket", "bucket"},
		{"arn:aws:lambda:us-east-1:111122223333:function:f:prod", "function", "f:prod", "function:f:prod"},
		{"arn:aws:sso:::permissionSet/ssoins-1/ps-2", "permissionSet", "ssoins-1/ps-2", "ps-2"},
	}
	for _, tt := range tests {
		a, ok := arn.Parse(tt.text)
		if !ok || a.Type() != tt.kind || a.ID() != tt.id || a.Name() != tt.name || a.String() != tt.text {
			t.Errorf("%s: type %q, ID %q, name %q, text %s", tt.text, a.Type(), a.ID(), a.Name(), a)
		}
	}
	for _, text := range []string{"", "arn", "arn:aws:iam::1:role/a", "arn:gcp:iam::111122223333:role/a", "arn:aws:iam::111122223333:", "arn:aws::::x"} {
		if arn.Is(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

// What is taken reads back, and the SDK's own parser agrees on its parts.
func FuzzParseARN(f *testing.F) {
	f.Add("arn:aws:iam::111122223333:role/Name")
	f.Add("arn:aws-cn:s3:::bucket/key:with:colons")
	f.Add("arn:aws::::")
	f.Fuzz(func(t *testing.T, text string) {
		if a, ok := arn.Parse(text); ok && a.String() != text {
			t.Errorf("%q became %q", text, a)
		} else if theirs, err := sdk.Parse(text); ok && (err != nil || a != ofSDK(theirs)) {
			t.Errorf("%q: %+v, and to the SDK %+v, %v", text, a, theirs, err)
		}
	})
}

func ofSDK(a sdk.ARN) arn.ARN {
	return arn.ARN{Partition: a.Partition, Service: a.Service, Region: a.Region, Account: a.AccountID, Resource: a.Resource}
}
