package s3

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

// maxPolicy is the longest bucket policy, in bytes.
const maxPolicy = 20 << 10

func accessHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"GetBucketAcl":                  onBucket(getBucketACL),
		"PutBucketAcl":                  onBucket(putBucketACL),
		"GetObjectAcl":                  onBucket(getObjectACL),
		"PutObjectAcl":                  onBucket(putObjectACL),
		"GetBucketPolicy":               onOwnBucket(getPolicy),
		"PutBucketPolicy":               onOwnBucket(putPolicy),
		"DeleteBucketPolicy":            onOwnBucket(deletePolicy),
		"GetBucketPolicyStatus":         onBucket(getPolicyStatus),
		"GetPublicAccessBlock":          onBucket(getPublicBlock),
		"PutPublicAccessBlock":          onBucket(putPublicBlock),
		"DeletePublicAccessBlock":       onBucket(deletePublicBlock),
		"GetBucketOwnershipControls":    onBucket(getOwnership),
		"PutBucketOwnershipControls":    onBucket(putOwnership),
		"DeleteBucketOwnershipControls": onBucket(deleteOwnership),
	}
}

func policyOf(b *s3store.Bucket) (*policy.Document, error) {
	p, err := setting[awssim.ResourcePolicy](b, "NoSuchBucketPolicy", "The bucket policy does not exist")
	return p.Document(), err
}

func getPolicy(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketPolicyInput) (*s3.GetBucketPolicyOutput, error) {
	doc, err := policyOf(b)
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketPolicyOutput{Policy: aws.String(string(doc.Raw()))}, nil
}

func putPolicy(c *awssim.Call, b *s3store.Bucket, in *s3.PutBucketPolicyInput) (*s3.PutBucketPolicyOutput, error) {
	text := aws.ToString(in.Policy)
	if len(text) > maxPolicy {
		return nil, invalid("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
	}
	doc, err := policy.ParseAs(policy.Bucket, []byte(text))
	if err != nil {
		f := fault.From(err)
		return nil, invalid("MalformedPolicy", f.Message).With("Detail", cmp.Or(f.Cause, f.Field))
	}
	if err := checkPolicy(c, b.Name, doc); err != nil {
		return nil, err
	}
	block := settingOrZero[types.PublicAccessBlockConfiguration](b)
	if public(doc) && aws.ToBool(block.BlockPublicPolicy) {
		return nil, blockedPolicy(c, b)
	}
	s3store.SetConfig(b, c.World.ResourcePolicy(doc))
	c.Status = http.StatusNoContent
	return &s3.PutBucketPolicyOutput{}, nil
}

func blockedPolicy(c *awssim.Call, b *s3store.Bucket) error {
	denied := fail("AccessDenied")
	denied.Message = "User: " + c.Principal.ARN + " is not authorized to perform: s3:PutBucketPolicy on resource: \"" + bucketARN(c, b.Name) +
		"\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
	return denied
}

func deletePolicy(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketPolicyInput) (*s3.DeleteBucketPolicyOutput, error) {
	forget[awssim.ResourcePolicy](c, b)
	return &s3.DeleteBucketPolicyOutput{}, nil
}

func getPolicyStatus(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketPolicyStatusInput) (*s3.GetBucketPolicyStatusOutput, error) {
	doc, err := policyOf(b)
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(public(doc))}}, nil
}

func getPublicBlock(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetPublicAccessBlockInput) (*s3.GetPublicAccessBlockOutput, error) {
	cfg, err := setting[types.PublicAccessBlockConfiguration](b, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
	return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: cfg}, err
}

func putPublicBlock(_ *awssim.Call, b *s3store.Bucket, in *s3.PutPublicAccessBlockInput) (*s3.PutPublicAccessBlockOutput, error) {
	cfg := in.PublicAccessBlockConfiguration
	if cfg == nil {
		return nil, fail("MalformedXML")
	}
	for _, v := range []**bool{&cfg.BlockPublicAcls, &cfg.BlockPublicPolicy, &cfg.IgnorePublicAcls, &cfg.RestrictPublicBuckets} {
		*v = aws.Bool(aws.ToBool(*v)) // what is left out is false
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutPublicAccessBlockOutput{}, nil
}

func deletePublicBlock(c *awssim.Call, b *s3store.Bucket, _ *s3.DeletePublicAccessBlockInput) (*s3.DeletePublicAccessBlockOutput, error) {
	forget[types.PublicAccessBlockConfiguration](c, b)
	return &s3.DeletePublicAccessBlockOutput{}, nil
}

func getOwnership(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketOwnershipControlsInput) (*s3.GetBucketOwnershipControlsOutput, error) {
	cfg, err := setting[types.OwnershipControls](b, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	return &s3.GetBucketOwnershipControlsOutput{OwnershipControls: cfg}, err
}

func putOwnership(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketOwnershipControlsInput) (*s3.PutBucketOwnershipControlsOutput, error) {
	cfg := in.OwnershipControls
	if cfg == nil || len(cfg.Rules) != 1 || cfg.Rules[0].ObjectOwnership == "" {
		return nil, fail("MalformedXML")
	}
	if cfg.Rules[0].ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced && grantsToOthers(b) {
		return nil, fail("InvalidBucketAclWithObjectOwnership")
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutBucketOwnershipControlsOutput{}, nil
}

// grantsToOthers reports whether a bucket's ACL grants anything to others than the
// bucket's owner.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
func grantsToOthers(b *s3store.Bucket) bool {
	return slices.ContainsFunc(settingOrZero[accessList](b).grants, func(g s3store.Grant) bool { return g.Name != ownerID(b.Owner) })
}

func deleteOwnership(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketOwnershipControlsInput) (*s3.DeleteBucketOwnershipControlsOutput, error) {
	forget[types.OwnershipControls](c, b)
	return &s3.DeleteBucketOwnershipControlsOutput{}, nil
}
