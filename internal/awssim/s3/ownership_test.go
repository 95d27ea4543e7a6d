package s3_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// anyOfBucket is a bucket policy that allows another account everything.
const anyOfBucket = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":{"AWS":["444455556666","777788889999"]},"Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}`

// shared is a bench with the clients of two other accounts, to which the bucket policy
// allows everything.
func shared(t *testing.T) (b s3Bench, bob, eve *s3.Client) {
	t.Helper()
	b = newS3(t)
	client := func(account, name string) *s3.Client {
		return simtest.S3Client(b.sim.ConfigFor(simtest.Admin(t, b.sim.AddAccount(account, name), name).NewKey()))
	}
	bob, eve = client("444455556666", "bob"), client("777788889999", "eve")
	b.must(b.policy(anyOfBucket))
	return b, bob, eve
}

func (b s3Bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// owned sets who owns the objects of the bucket.
func (b s3Bench) owned(by types.ObjectOwnership) {
	b.Helper()
	_, err := b.PutBucketOwnershipControls(b.Context(), &s3.PutBucketOwnershipControlsInput{
		Bucket: aws.String("bucket"), OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: by}}},
	})
	b.must(err)
}

// putAs writes an object as another account.
func (b s3Bench) putAs(c *s3.Client, key string, acl types.ObjectCannedACL) {
	b.Helper()
	_, err := c.PutObject(b.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: &key, ACL: acl, Body: strings.NewReader("x")})
	b.must(err)
}

// owners are the names of the owner of an object as each operation that tells it has
// them.
func (b s3Bench) owners(c *s3.Client, key string) [4]string {
	b.Helper()
	bucket := aws.String("bucket")
	acl, err := c.GetObjectAcl(b.Context(), &s3.GetObjectAclInput{Bucket: bucket, Key: &key})
	b.must(err)
	list, err := b.ListObjects(b.Context(), &s3.ListObjectsInput{Bucket: bucket, Prefix: &key})
	b.must(err)
	list2, err := b.ListObjectsV2(b.Context(), &s3.ListObjectsV2Input{Bucket: bucket, Prefix: &key, FetchOwner: aws.Bool(true)})
	b.must(err)
	versions, err := b.ListObjectVersions(b.Context(), &s3.ListObjectVersionsInput{Bucket: bucket, Prefix: &key})
	b.must(err)
	var names [4]string
	for i, o := range []*types.Owner{acl.Owner, list.Contents[0].Owner, list2.Contents[0].Owner, versions.Versions[0].Owner} {
		names[i] = aws.ToString(o.DisplayName)
	}
	return names
}

// TestObjectOwners writes to a bucket of another account, and holds who owns the object
// to https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
func TestObjectOwners(t *testing.T) {
	b, bob, _ := shared(t)
	own := b.sim.Account.Name
	for _, tt := range []struct {
		setting types.ObjectOwnership
		acl     types.ObjectCannedACL
		owner   string
	}{
		{types.ObjectOwnershipObjectWriter, "", "bob"},
		{types.ObjectOwnershipObjectWriter, types.ObjectCannedACLBucketOwnerFullControl, "bob"},
		{types.ObjectOwnershipBucketOwnerPreferred, "", "bob"},
		{types.ObjectOwnershipBucketOwnerPreferred, types.ObjectCannedACLBucketOwnerFullControl, own},
		{types.ObjectOwnershipBucketOwnerEnforced, "", own},
	} {
		b.owned(tt.setting)
		b.putAs(bob, "key", tt.acl)
		reader := bob
		if tt.owner == own {
			reader = b.Client
		}
		want := [4]string{tt.owner, tt.owner, tt.owner, tt.owner}
		if got := b.owners(reader, "key"); got != want {
			t.Errorf("%s, ACL %q: owned by %q, want %q", tt.setting, tt.acl, got, want)
		}
	}
	b.owned(types.ObjectOwnershipObjectWriter)
	b.putAs(bob, "key", "")
	b.owned(types.ObjectOwnershipBucketOwnerEnforced)
	if got := b.owners(b.Client, "key"); got != [4]string{own, own, own, own} {
		t.Errorf("enforced afterwards: owned by %q", got)
	}
	b.owned(types.ObjectOwnershipObjectWriter)
	if got := b.owners(bob, "key"); got[0] != "bob" {
		t.Errorf("no longer enforced: owned by %q", got)
	}
}

// TestObjectsOfOthers holds who may do what with an object that another account owns than
// the bucket's to
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
func TestObjectsOfOthers(t *testing.T) {
	b, bob, eve := shared(t)
	b.versioned()
	b.owned(types.ObjectOwnershipObjectWriter)
	b.putAs(bob, "his", "")
	b.putAs(bob, "given", types.ObjectCannedACLBucketOwnerFullControl)
	ctx, bucket := t.Context(), aws.String("bucket")
	const denied = "403 AccessDenied"
	for name, tt := range map[string]struct {
		call  func(c *s3.Client, key *string) error
		given string // the answer to the bucket's owner, to whom the ACL grants all it can
	}{
		"GetObject": {func(c *s3.Client, key *string) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
			return err
		}, ""},
		"GetObject, version": {func(c *s3.Client, key *string) error {
			v, err := b.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket, Prefix: key})
			b.must(err)
			_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: v.Versions[0].VersionId})
			return err
		}, ""},
		"GetObjectAcl": {func(c *s3.Client, key *string) error {
			_, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: bucket, Key: key})
			return err
		}, ""},
		"PutObjectAcl": {func(c *s3.Client, key *string) error {
			grant := types.ObjectCannedACLPrivate
			if *key == "given" {
				grant = types.ObjectCannedACLBucketOwnerFullControl
			}
			_, err := c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: bucket, Key: key, ACL: grant})
			return err
		}, ""},
		"GetObjectTagging": {func(c *s3.Client, key *string) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key})
			return err
		}, denied},
		"PutObjectTagging": {func(c *s3.Client, key *string) error {
			_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &types.Tagging{TagSet: []types.Tag{}}})
			return err
		}, denied},
		"CopyObject": {func(c *s3.Client, key *string) error {
			_, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy of " + *key), CopySource: aws.String("bucket/" + *key)})
			return err
		}, ""},
	} {
		for _, of := range []struct {
			who    string
			client *s3.Client
			key    string
			want   string
		}{
			{"its owner", bob, "his", ""},
			{"the bucket's owner", b.Client, "his", denied},
			{"whom the bucket policy allows", eve, "his", denied},
			{"the bucket's owner", b.Client, "given", tt.given},
			{"whom the bucket policy allows", eve, "given", denied},
		} {
			if got := status(tt.call(of.client, &of.key)); got != of.want {
				t.Errorf("%s of %q by %s: %q, want %q", name, of.key, of.who, got, of.want)
			}
		}
	}
	if _, err := b.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("his")}); !strings.HasPrefix(status(err), "403") {
		t.Errorf("HeadObject by the bucket's owner: %v", err)
	}
}

// The bucket's owner may deny what its owner may do with an object, and delete and restore
// it.
func TestBucketOwnerRules(t *testing.T) {
	b, bob, _ := shared(t)
	b.owned(types.ObjectOwnershipObjectWriter)
	bucket, key := aws.String("bucket"), aws.String("his")
	_, err := bob.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, StorageClass: types.StorageClassGlacier})
	b.must(err)
	_, err = b.RestoreObject(t.Context(), &s3.RestoreObjectInput{Bucket: bucket, Key: key, RestoreRequest: &types.RestoreRequest{Days: aws.Int32(1)}})
	b.must(err)
	get := func() error {
		_, err := bob.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
		return err
	}
	b.must(b.policy(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`))
	if got := status(get()); got != "403 AccessDenied" {
		t.Errorf("denied by the bucket policy: %q", got)
	}
	_, err = b.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: bucket})
	b.must(err)
	if got := status(get()); got != "" {
		t.Errorf("without a bucket policy: %q", got)
	}
	_, err = b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("own"), Body: strings.NewReader("x")})
	b.must(err)
	_, err = b.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key})
	b.must(err)
}

// An upload in parts tells whose the object is to be, and who began it.
func TestUploadOwners(t *testing.T) {
	b, bob, _ := shared(t)
	b.owned(types.ObjectOwnershipBucketOwnerEnforced)
	_, err := bob.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
	b.must(err)
	out, err := b.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String("bucket")})
	b.must(err)
	u := out.Uploads[0]
	if got := [2]string{*u.Owner.DisplayName, *u.Initiator.DisplayName}; got != [2]string{b.sim.Account.Name, "bob"} {
		t.Errorf("owner and initiator: %q", got)
	}
}

// TestPolicyByOthers holds what another account may do with the bucket policy, where it
// is allowed to, to https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func TestPolicyByOthers(t *testing.T) {
	b, bob, _ := shared(t)
	bucket, ctx := aws.String("bucket"), t.Context()
	calls := map[string]func() error{
		"GetBucketPolicy": func() error { _, err := bob.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket}); return err },
		"PutBucketPolicy": func() error {
			_, err := bob.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(anyOfBucket)})
			return err
		},
		"DeleteBucketPolicy": func() error {
			_, err := bob.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: bucket})
			return err
		},
	}
	for name, call := range calls {
		if got := status(call()); got != "405 MethodNotAllowed" {
			t.Errorf("%s, allowed: %q", name, got)
		}
	}
	if _, err := bob.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket}); err != nil {
		t.Errorf("GetBucketPolicyStatus, allowed: %v", err)
	}
	_, err := b.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: bucket})
	b.must(err)
	for name, call := range calls {
		if got := status(call()); got != "403 AccessDenied" {
			t.Errorf("%s, not allowed: %q", name, got)
		}
	}
}

// TestEnforceOverGrants turns ACLs off where the bucket's grants to others.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
func TestEnforceOverGrants(t *testing.T) {
	b, bob, _ := shared(t)
	b.open(false, false)
	b.owned(types.ObjectOwnershipBucketOwnerPreferred)
	bobs, err := bob.ListBuckets(t.Context(), nil)
	b.must(err)
	for name, in := range map[string]s3.PutBucketAclInput{
		"a group":         {ACL: types.BucketCannedACLPublicRead},
		"another account": {GrantRead: aws.String("id=" + *bobs.Owner.ID)},
	} {
		in.Bucket = aws.String("bucket")
		_, err := b.PutBucketAcl(t.Context(), &in)
		b.must(err)
		_, err = b.PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
			Bucket: in.Bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}}},
		})
		if got := status(err); got != "400 InvalidBucketAclWithObjectOwnership" {
			t.Errorf("granted to %s: %q", name, got)
		}
	}
	_, err = b.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: aws.String("bucket"), ACL: types.BucketCannedACLPrivate})
	b.must(err)
	b.owned(types.ObjectOwnershipBucketOwnerEnforced)
}

// TestInvalidACLs refuses ACLs for whom there is not, and two kinds at once.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
func TestInvalidACLs(t *testing.T) {
	b, bob, _ := shared(t)
	b.open(false, false)
	b.owned(types.ObjectOwnershipBucketOwnerPreferred)
	out, err := bob.ListBuckets(t.Context(), nil)
	b.must(err)
	bobs, nobodys := *out.Owner.ID, strings.Repeat("0", 64)
	list := func(g types.Grantee) *types.AccessControlPolicy {
		return &types.AccessControlPolicy{Owner: out.Owner, Grants: []types.Grant{{Grantee: &g, Permission: types.PermissionRead}}}
	}
	for name, tt := range map[string]struct {
		in   s3.PutBucketAclInput
		want string
	}{
		"an account":            {s3.PutBucketAclInput{GrantRead: aws.String("id=" + bobs)}, ""},
		"an account in a list":  {s3.PutBucketAclInput{AccessControlPolicy: list(types.Grantee{Type: types.TypeCanonicalUser, ID: &bobs})}, ""},
		"nobody":                {s3.PutBucketAclInput{GrantRead: aws.String("id=" + nobodys)}, "400 InvalidArgument"},
		"nobody in a list":      {s3.PutBucketAclInput{AccessControlPolicy: list(types.Grantee{Type: types.TypeCanonicalUser, ID: &nobodys})}, "400 InvalidArgument"},
		"no group":              {s3.PutBucketAclInput{GrantRead: aws.String("uri=http://acs.amazonaws.com/groups/global/None")}, "400 InvalidArgument"},
		"canned and by headers": {s3.PutBucketAclInput{ACL: types.BucketCannedACLPrivate, GrantRead: aws.String("id=" + bobs)}, "400 InvalidRequest"},
		"canned and a list":     {s3.PutBucketAclInput{ACL: types.BucketCannedACLPrivate, AccessControlPolicy: list(types.Grantee{Type: types.TypeCanonicalUser, ID: &bobs})}, "400 UnexpectedContent"},
	} {
		tt.in.Bucket = aws.String("bucket")
		_, err := b.PutBucketAcl(t.Context(), &tt.in)
		if got := status(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	_, err = b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), GrantRead: aws.String("id=" + nobodys)})
	if got := status(err); got != "400 InvalidArgument" {
		t.Errorf("an object for nobody: %q", got)
	}
}
