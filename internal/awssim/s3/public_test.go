package s3_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// open turns the bucket's BlockPublicPolicy and RestrictPublicBuckets off or on.
func (b s3Bench) open(block, restrict bool) {
	b.Helper()
	if _, err := b.PutPublicAccessBlock(b.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: aws.String("bucket"), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: &block, RestrictPublicBuckets: &restrict},
	}); err != nil {
		b.Fatal(err)
	}
}

func (b s3Bench) policy(text string) error {
	_, err := b.PutBucketPolicy(b.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("bucket"), Policy: &text})
	return err
}

// TestPublicPolicies holds what counts as public, and what is refused for it, to
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
func TestPublicPolicies(t *testing.T) {
	b := newS3(t)
	statement := func(more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*",` + more + `}]}`
	}
	anyone := func(condition string) string { return statement(`"Principal":"*","Condition":` + condition) }
	for text, public := range map[string]bool{
		statement(`"Principal":"*"`):                                                                                                          true,
		statement(`"Principal":{"AWS":"*"}`):                                                                                                  true,
		statement(`"Principal":{"AWS":"444455556666"}`):                                                                                       false,
		statement(`"Principal":{"Service":"cloudtrail.amazonaws.com"}`):                                                                       false,
		anyone(`{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`):                                                                           false,
		anyone(`{"StringLike":{"aws:SourceVpc":"vpc-*"}}`):                                                                                    true,
		anyone(`{"StringNotEquals":{"aws:SourceVpc":"vpc-91237329"}}`):                                                                        true,
		anyone(`{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-91237329"}}`):                                                                   true,
		anyone(`{"ForAllValues:StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`):                                                              true,
		anyone(`{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}`):                                                                      false,
		anyone(`{"StringEquals":{"aws:PrincipalOrgID":"${aws:PrincipalTag/o}"}}`):                                                             true,
		anyone(`{"StringEquals":{"s3:TlsVersion":"1.3"}}`):                                                                                    true,
		anyone(`{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}}`):                                                             false,
		anyone(`{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`):                                                                                  true,
		anyone(`{"IpAddress":{"aws:SourceIp":"2000::/3"}}`):                                                                                   true,
		anyone(`{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:1*"}}`):                                                             true,
		anyone(`{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}`):                                                                               true,
		anyone(`{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/*"}}`):                                     false,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`: false,
	} {
		b.open(false, false)
		if err := b.policy(text); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		state, err := b.GetBucketPolicyStatus(t.Context(), &s3.GetBucketPolicyStatusInput{Bucket: aws.String("bucket")})
		if err != nil || *state.PolicyStatus.IsPublic != public {
			t.Errorf("%s: %+v, %v, want %v", text, state, err, public)
		}
		b.open(true, false)
		err = b.policy(text)
		if public {
			simtest.WantCode(t, err, "AccessDenied", "BlockPublicPolicy")
		} else if err != nil {
			t.Errorf("%s, where public policies are blocked: %v", text, err)
		}
	}
}

// TestAnonymousReads reads without a signature what a bucket policy opens.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-anonymous-user
func TestAnonymousReads(t *testing.T) {
	b := newS3(t)
	b.put("open/x", "hello")
	b.put("own/x", "secret")
	b.open(false, false)
	if err := b.policy(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/open/*"},
		{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringEquals":{"s3:prefix":"open/"}}}]}`); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path string
		status       int
		text         string
	}{
		{http.MethodGet, "/bucket/open/x", 200, "hello"},
		{http.MethodHead, "/bucket/open/x", 200, ""},
		{http.MethodGet, "/bucket/own/x", 403, "AccessDenied"},
		{http.MethodGet, "/bucket/open/none", 403, "AccessDenied"},
		{http.MethodGet, "/bucket?list-type=2&prefix=open/", 200, "<Key>open/x</Key>"},
		{http.MethodGet, "/bucket?list-type=2", 403, "AccessDenied"},
		{http.MethodGet, "/bucket?policy", 403, "AccessDenied"},
		{http.MethodGet, "/", 403, "AccessDenied"},
		{http.MethodGet, "/none/x", 404, "NoSuchBucket"},
		{http.MethodPut, "/bucket/open/new", 403, "AccessDenied"},
	} {
		status, text := simtest.Unsigned(t, tt.method, b.sim.URL+tt.path, "")
		if status != tt.status || !strings.Contains(text, tt.text) {
			t.Errorf("%s %s: %d %s, want %d with %q", tt.method, tt.path, status, text, tt.status, tt.text)
		}
	}
	bob := simtest.S3Client(b.sim.ConfigFor(simtest.Admin(t, b.sim.AddAccount("444455556666", "two"), "bob").NewKey()))
	get := func(c *s3.Client) string {
		_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("open/x")})
		return status(err)
	}
	if got := get(bob); got != "" {
		t.Errorf("another account: %s", got)
	}
	b.open(false, true)
	if code, _ := simtest.Unsigned(t, http.MethodGet, b.sim.URL+"/bucket/open/x", ""); code != 403 {
		t.Errorf("restricted, without a signature: %d", code)
	}
	if got := get(bob); got != "403 AccessDenied" {
		t.Errorf("restricted, another account: %s", got)
	}
	if got := get(b.Client); got != "" {
		t.Errorf("restricted, the owner: %s", got)
	}
}

// TestAccessControlLists reads and writes what ACLs open, without a signature and as
// another account, and not what the bucket blocks or ignores.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
func TestAccessControlLists(t *testing.T) {
	b := newS3(t)
	other := b.sim.AddAccount("444455556666", "two")
	bob := simtest.S3Client(b.sim.ConfigFor(simtest.Admin(t, other, "bob").NewKey()))
	if _, err := b.PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
		Bucket: aws.String("bucket"), OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}}},
	}); err != nil {
		t.Fatal(err)
	}
	b.put("own", "secret")
	put := func(key string, acl types.ObjectCannedACL) error {
		_, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: &key, ACL: acl, Body: strings.NewReader(key)})
		return err
	}
	bucketACL := func(acl types.BucketCannedACL) error {
		_, err := b.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: aws.String("bucket"), ACL: acl})
		return err
	}
	for name, err := range map[string]error{"object": put("open", types.ObjectCannedACLPublicRead), "bucket": bucketACL(types.BucketCannedACLPublicRead)} {
		if got := status(err); got != "403 AccessDenied" {
			t.Errorf("a public ACL of the %s, blocked: %q", name, got)
		}
	}
	if _, err := b.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("new-and-open"), ACL: types.BucketCannedACLPublicRead, ObjectOwnership: types.ObjectOwnershipObjectWriter,
	}); !strings.Contains(status(err), "InvalidBucketAclWithBlockPublicAccessError") {
		t.Errorf("a new bucket with a public ACL: %v", err)
	}
	b.open(false, false) // and no ACL is blocked or ignored
	owner, err := bob.ListBuckets(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	grant := "id=" + aws.ToString(owner.Owner.ID)
	if _, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("bobs"), GrantRead: &grant, Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{put("open", types.ObjectCannedACLPublicRead), put("known", types.ObjectCannedACLAuthenticatedRead), bucketACL(types.BucketCannedACLPublicRead)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, wants map[string][2]string) {
		t.Helper()
		for key, want := range wants {
			code, _ := simtest.Unsigned(t, http.MethodGet, b.sim.URL+"/bucket/"+key, "")
			_, err := bob.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: &key})
			if got := [2]string{strconv.Itoa(code), status(err)}; got != want {
				t.Errorf("%s, %s: %q, want %q", when, key, got, want)
			}
		}
	}
	const denied = "403 AccessDenied"
	check("open", map[string][2]string{"open": {"200", ""}, "known": {"403", ""}, "bobs": {"403", ""}, "own": {"403", denied}})
	if _, err := b.PutObjectAcl(t.Context(), &s3.PutObjectAclInput{Bucket: aws.String("bucket"), Key: aws.String("known"), ACL: types.ObjectCannedACLPublicRead}); err != nil {
		t.Fatal(err)
	}
	check("changed", map[string][2]string{"known": {"200", ""}})
	if code, text := simtest.Unsigned(t, http.MethodGet, b.sim.URL+"/bucket", ""); code != 200 || !strings.Contains(text, "<Key>own</Key>") {
		t.Errorf("listing: %d %s", code, text)
	}
	if _, err := b.PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: aws.String("bucket"), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{IgnorePublicAcls: aws.Bool(true)},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutObjectAcl(t.Context(), &s3.PutObjectAclInput{Bucket: aws.String("bucket"), Key: aws.String("own"), ACL: types.ObjectCannedACLPublicRead}); err != nil {
		t.Fatal(err)
	}
	check("ignored", map[string][2]string{"own": {"403", denied}, "open": {"403", denied}, "known": {"403", denied}, "bobs": {"403", ""}})
	b.must(bucketACL(types.BucketCannedACLPrivate))
	b.owned(types.ObjectOwnershipBucketOwnerEnforced)
	check("turned off", map[string][2]string{"bobs": {"403", denied}})
}

// TestAnonymousReadsInTheirRegion asks for a bucket of another region.
func TestAnonymousReadsInTheirRegion(t *testing.T) {
	b := newS3(t)
	cfg := b.sim.Config()
	cfg.Region = "eu-west-1"
	far := s3Bench{t, b.sim, simtest.S3Client(cfg)}
	if _, err := far.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("far-away"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	}); err != nil {
		t.Fatal(err)
	}
	if code, text := simtest.Unsigned(t, http.MethodGet, b.sim.URL+"/far-away/x", ""); code != 403 || !strings.Contains(text, "AccessDenied") {
		t.Errorf("%d %s", code, text)
	}
}

// TestOwnPolicies refuses bucket policies that are not for the bucket.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
func TestOwnPolicies(t *testing.T) {
	b := newS3(t)
	for text, want := range map[string]string{
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                                           "",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket/*","arn:aws:s3:::bucket"]}]}`: "",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::bucket"}]}`:                                                     "",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"}]}`:                                            "Policy has invalid resource",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket2/*"}]}`:                                          "Policy has invalid resource",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket"}]}`:                                             "Action does not apply to any resource(s) in statement",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket/*"}]}`:                                          "Action does not apply to any resource(s) in statement",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/nobody"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                  "Invalid principal in policy",
		`{"Statement":[{"Effect":"Allow","Principal":{"Service":"nope.example.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                                   "Invalid principal in policy",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/admin"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                   "",
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"ec2:Run","Resource":"arn:aws:s3:::bucket/*"}]}`:                                                "Policy has invalid action",
		`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                                         "",
		`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                                        "Allow with NotPrincipal is not allowed.",
		`{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`:                                                                              "Missing required field Principal",
	} {
		err := b.policy(text)
		switch {
		case want != "":
			simtest.WantCode(t, err, "MalformedPolicy", want)
		case err != nil:
			t.Errorf("%s: %v", text, err)
		}
	}
}
