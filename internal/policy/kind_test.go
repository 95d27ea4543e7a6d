package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

// TestKindsRefuseWhatAWSRefuses has statements that each kind takes (no message) or
// refuses, in AWS's words.
func TestKindsRefuseWhatAWSRefuses(t *testing.T) {
	const (
		organizations = "The provided policy document does not meet the requirements of the specified policy type."
		vendor        = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	)
	tests := []struct {
		kind      policy.Kind
		statement string
		message   string
	}{
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, ""},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"}`, ""},
		{policy.Identity, `{"Sid":"","Effect":"Allow","NotAction":"iam:*","NotResource":["arn:aws:iam::*:user/x"]}`, ""},
		{policy.Identity, `{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*"}`, ""},
		{policy.Identity, `{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:root"}`, ""},
		{policy.Identity, `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}`, "Policy document should not specify a principal."},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*"}`, "Policy statement must contain resources."},
		{policy.Identity, `{"Effect":"Allow","Action":[],"Resource":"*"}`, "Policy statement must contain actions."},
		{policy.Identity, `{"Effect":"Allow","Resource":"*"}`, "Policy statement must contain actions."},
		{policy.Identity, `{"Effect":"Allow","Action":"GetObject","Resource":"*"}`, vendor},
		{policy.Identity, `{"Effect":"Allow","Action":"**","Resource":"*"}`, vendor},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:Get:Object","Resource":"*"}`, "Actions/Condition can contain only one colon."},
		{policy.Identity, `{"Effect":"Allow","Action":"s 3:GetObject","Resource":"*"}`, "Vendor s 3 is not valid"},
		{policy.Identity, `{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"}`, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
		{policy.Identity, `{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}`, "Statement IDs (SID) in a single policy must be unique."},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}`, `Resource bucket must be in ARN format or "*".`},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:azure:s3:::x"}`, `Partition "azure" is not valid for resource "arn:azure:s3:::x".`},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws"}`, "Resource vendor must be fully qualified and cannot contain regexes."},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:us-east-1::x"}`, "Resource arn:aws:s3:us-east-1::x can not contain region information."},
		{policy.Identity, `{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam:us-east-1::user/x"}`, "IAM resource arn:aws:iam:us-east-1::user/x cannot contain region information."},
		{policy.Identity, `{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:users/x"}`, `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}}`, "The policy failed legacy parsing"},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":["2030-01-31T10:00:00Z","1735689600"]}}}`, ""},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}`, "Syntax errors in policy."},
		{policy.Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Extra":1}`, "Syntax errors in policy."},
		{policy.Identity, ``, "Syntax errors in policy."},

		{policy.Trust, `{"Effect":"Allow","Principal":{"AWS":111122223333},"Action":"sts:AssumeRole"}`, ""},
		{policy.Trust, `{"Effect":"Allow","Principal":{"AWS":["*","AROAEXAMPLEEXAMPLE123","arn:aws:sts::111122223333:assumed-role/r/s"],"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","STS:TagSession"]}`, ""},
		{policy.Trust, `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/p"},"Action":"sts:AssumeRoleWithSAML"}`, ""},
		{policy.Trust, `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:role/p"},"Action":"sts:AssumeRoleWithSAML"}`, "Federated principals must be valid domain names or SAML metadata ARNs"},
		{policy.Trust, `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}`, "Has prohibited field Resource"},
		{policy.Trust, `{"Effect":"Allow","Action":"sts:AssumeRole"}`, "Missing required field Principal"},
		{policy.Trust, `{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`, "Has prohibited field NotPrincipal"},
		{policy.Trust, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}`, "AssumeRole policy may only specify STS AssumeRole actions."},
		{policy.Trust, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"},"Action":"sts:AssumeRole"}`, `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/*"`},
		{policy.Trust, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"},"Action":"sts:AssumeRole"}`, `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:group/g"`},

		{policy.ServiceControl, `{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"Bool":{"a":true}}}`, ""},
		{policy.ServiceControl, `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`, organizations},
		{policy.ServiceControl, `{"Effect":"Deny","Action":"*"}`, organizations},
		{policy.ResourceControl, `{"Effect":"Deny","Principal":"*","Action":["s3:*","kms:Decrypt"],"NotResource":"arn:aws:s3:::open/*"}`, ""},
		{policy.ResourceControl, `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}`, organizations},
		{policy.ResourceControl, `{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}`, organizations},
		{policy.ResourceControl, `{"Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"*"}`, organizations},
		{policy.ResourceControl, `{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}`, organizations},

		{policy.Bucket, `{"Sid":"any text","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, ""},
		{policy.Bucket, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}`, "Missing required field Principal"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"s3:*"}`, "Missing required field Resource"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Resource":"arn:aws:s3:::b"}`, "Missing required field Action"},
		{policy.Bucket, `{"Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}`, "Missing required field Effect"},
		{policy.Bucket, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:user/x"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}`, "Invalid principal in policy"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"ec2:Run","Resource":"arn:aws:s3:::b"}`, "Policy has invalid action"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"GetObject","Resource":"arn:aws:s3:::b"}`, "Policy has invalid action"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"b/*"}`, "Policy has invalid resource"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Who":"x"}`, "Unknown field Who"},
		{policy.Bucket, `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"StringEqual":{"a":"b"}}}`, "Invalid Condition type : StringEqual"},
		{policy.Bucket, ``, "Statement is empty!"},

		{policy.Key, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`, ""},
		{policy.Key, `{"Effect":"Allow","Principal":{"AWS":"somebody"},"Action":"kms:*","Resource":"*"}`, "Policy contains a statement with one or more invalid principals."},
		{policy.Queue, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`, "Invalid value for the parameter Policy."},
		{policy.Topic, `{"Effect":"Allow","Action":"sns:*","Resource":"*"}`, "Invalid parameter: Policy Error: null"},
		{policy.Function, `{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}`, ""},
		{policy.Function, `{"Effect":"Allow","Principal":{"AWS":"somebody"},"Action":"lambda:InvokeFunction","Resource":"*"}`, "The provided principal was invalid. Please check the principal and try again."},
		{policy.Endpoint, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, ""},
	}
	for _, tt := range tests {
		_, err := policy.ParseAs(tt.kind, []byte(`{"Version":"2012-10-17","Statement":[`+tt.statement+`]}`))
		got := ""
		var f *fault.Error
		if errors.As(err, &f) {
			got = f.Message
		}
		if got != tt.message || err != nil && f.Kind != fault.Invalid {
			t.Errorf("%s: %s: got %q, want %q", tt.kind, tt.statement, got, tt.message)
		}
	}
}

func TestVersionsOfKinds(t *testing.T) {
	const statement = `"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`
	for _, tt := range []struct {
		kind policy.Kind
		head string
		want bool
	}{
		{policy.Identity, `{`, true},
		{policy.Identity, `{"Version":"2008-10-17",`, true},
		{policy.Managed, `{"Version":"2012-10-17",`, true},
		{policy.Managed, `{"Version":"2008-10-17",`, false},
		{policy.Managed, `{`, false},
		{policy.ServiceControl, `{"Version":"2012-10-17",`, true},
		{policy.ServiceControl, `{`, false},
	} {
		if _, err := policy.ParseAs(tt.kind, []byte(tt.head+statement)); (err == nil) != tt.want {
			t.Errorf("%s with %s: %v, want taken: %v", tt.kind, tt.head, err, tt.want)
		}
	}
}

func TestRefusalsOfBadJSONNameTheLine(t *testing.T) {
	_, err := policy.ParseAs(policy.Bucket, []byte("{\n\"Statement\": [\n"))
	if f := fault.From(err); f == nil || f.Line != 3 || !strings.HasPrefix(f.Message, "Policies must be valid JSON") {
		t.Errorf("got %#v", f)
	}
}
