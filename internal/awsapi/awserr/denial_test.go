package awserr_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/awserr"
)

func TestParseDenial(t *testing.T) {
	const user = "User: arn:aws:sts::111122223333:assumed-role/R/s is not authorized to perform: "
	denial := func(action, resource, kind string, explicit bool) awserr.Denial {
		return awserr.Denial{
			Principal: "arn:aws:sts::111122223333:assumed-role/R/s", Action: action, Resource: resource, PolicyKind: kind, Explicit: explicit,
		}
	}
	tests := map[string]awserr.Denial{
		user + "s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action": denial(
			"s3:GetObject", "arn:aws:s3:::b/k", "identity-based", false),
		user + "lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:f because no resource-based policy allows the lambda:InvokeFunction action": denial(
			"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f", "resource-based", false),
		user + "ec2:StopInstances with an explicit deny in an identity-based policy": denial(
			"ec2:StopInstances", "", "identity-based", true),
		user + "ec2:StopInstances with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p": denial(
			"ec2:StopInstances", "", "service control", true),
		user + "s3:PutObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in a resource control policy": denial(
			"s3:PutObject", "arn:aws:s3:::b/k", "resource control", true),
		user + "sqs:SendMessage because no session policy allows the sqs:SendMessage action":       denial("sqs:SendMessage", "", "session", false),
		user + "sqs:SendMessage because no permissions boundary allows the sqs:SendMessage action": denial("sqs:SendMessage", "", "permissions boundary", false),
		user + "sqs:SendMessage because no VPC endpoint policy allows the sqs:SendMessage action":  denial("sqs:SendMessage", "", "VPC endpoint", false),
		user + "iam:ListUsers on resource: *":                                                      denial("iam:ListUsers", "*", "", false),
		"Access Denied":                                                                            {},
		"You are not authorized to do this.":                                                       {},
		"User: bob is not authorized to perform: x":                                                {},
	}
	for message, want := range tests {
		if diff := cmp.Diff(want, awserr.ParseDenial(message)); diff != "" {
			t.Errorf("%s\n%s", message, diff)
		}
	}
}

func FuzzParseDenial(f *testing.F) {
	f.Add("User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b\" with an explicit deny in a session policy")
	f.Add("because no ")
	f.Fuzz(func(t *testing.T, message string) {
		d := awserr.ParseDenial(message)
		if _, ok := arn.Parse(d.Principal); d.Principal != "" && !ok {
			t.Errorf("principal %q is not an ARN", d.Principal)
		}
		if _, ok := arn.Parse(d.Resource); d.Resource != "" && d.Resource != "*" && !ok {
			t.Errorf("resource %q is not an ARN", d.Resource)
		}
	})
}
