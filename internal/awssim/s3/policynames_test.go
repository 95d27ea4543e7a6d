package s3_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPolicyNames refuses actions and condition keys that S3 does not have.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
func TestPolicyNames(t *testing.T) {
	b := newS3(t)
	statement := func(element, name string) string {
		if element == "Condition" {
			return `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],"Condition":{"StringEquals":{"` + name + `":"x"}}}]}`
		}
		return `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"` + element + `":"` + name + `","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}`
	}
	for _, tt := range []struct{ element, name, want string }{
		{"Action", "s3:ListObjects", "Policy has invalid action"},
		{"Action", "s3:HeadObject", "Policy has invalid action"},
		{"Action", "s3:CopyObject", "Policy has invalid action"},
		{"Action", "s3:Foo*", "Policy has invalid action"},
		{"NotAction", "s3:ListBuckets", "Policy has invalid action"},
		{"NotAction", "s3:GetObject", ""},
		{"Action", "s3:getobject", ""},
		{"Action", "s3:Get*Tagging", ""},
		{"Action", "s3:PutObjectLegalHold", ""},
		{"Action", "s3:BypassGovernanceRetention", ""},
		{"Action", "s3:PutBucketRequestPayment", ""},
		{"Condition", "s3:prefixes", "Policy has an invalid condition key"},
		{"Condition", "s3:ExistingObjectTag", "Policy has an invalid condition key"},
		{"Condition", "s3:Prefix", ""},
		{"Condition", "s3:ExistingObjectTag/team", ""},
		{"Condition", "s3:x-amz-acl", ""},
		{"Condition", "aws:SourceVpc", ""},
	} {
		err := b.policy(statement(tt.element, tt.name))
		switch {
		case tt.want != "":
			simtest.WantCode(t, err, "MalformedPolicy", tt.want)
		case err != nil:
			t.Errorf("%s %s: %v", tt.element, tt.name, err)
		}
	}
}

// TestPolicyKeys refuses condition keys that an action of the statement does not have.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-actions-as-permissions
func TestPolicyKeys(t *testing.T) {
	b := newS3(t)
	for _, tt := range []struct {
		actions, key string
		refused      bool
	}{
		{`"s3:ListBucket"`, "s3:prefix", false},
		{`["s3:ListBucket","s3:ListBucketVersions"]`, "s3:Delimiter", false},
		{`["s3:ListBucket","s3:GetObject"]`, "s3:prefix", true},
		{`["s3:ListBucket","s3:GetBucketLocation"]`, "s3:prefix", true},
		{`"s3:ListBucketMultipartUploads"`, "s3:prefix", true},
		{`"s3:List*"`, "s3:prefix", false},
		{`"s3:*"`, "s3:max-keys", false},
		{`"s3:GetObject"`, "s3:ExistingObjectTag/team", false},
		{`"s3:GetObjectRetention"`, "s3:ExistingObjectTag/team", true},
		{`"s3:ListBucket"`, "s3:ExistingObjectTag/team", true},
		{`["s3:ListBucket","s3:GetObject"]`, "aws:PrincipalOrgID", false},
		{`["s3:ListBucket","s3:GetObject"]`, "s3:TlsVersion", false},
	} {
		err := b.policy(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":` + tt.actions + `,
			"Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],"Condition":{"StringEquals":{"` + tt.key + `":"1"}}}]}`)
		switch {
		case tt.refused:
			simtest.WantCode(t, err, "MalformedPolicy", "Conditions do not apply to combination of actions and resources in statement")
		case err != nil:
			t.Errorf("%s with %s: %v", tt.actions, tt.key, err)
		}
	}
}

// The policy that a bucket needs to which objects are replicated from another account.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html
func TestReplicationPolicy(t *testing.T) {
	b := newS3(t)
	b.must(b.policy(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:ReplicateDelete","s3:ReplicateObject","s3:ReplicateTags","s3:ObjectOwnerOverrideToBucketOwner"],"Resource":"arn:aws:s3:::bucket/*"},
		{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:List*","s3:GetBucketVersioning","s3:PutBucketVersioning"],"Resource":"arn:aws:s3:::bucket"}]}`))
}
