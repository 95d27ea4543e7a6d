package awssim

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
	"github.com/hawser/hawser/internal/policy"
)

// s3MaxPolicy is the longest bucket policy, in bytes.
const s3MaxPolicy = 20 << 10

func s3AccessHandlers() map[string]Handler {
	return map[string]Handler{
		"GetBucketAcl":                  s3OnBucket(s3GetBucketACL),
		"PutBucketAcl":                  s3OnBucket(s3PutBucketACL),
		"GetObjectAcl":                  s3OnBucket(s3GetObjectACL),
		"PutObjectAcl":                  s3OnBucket(s3PutObjectACL),
		"GetBucketPolicy":               s3OnBucket(s3GetPolicy),
		"PutBucketPolicy":               s3OnBucket(s3PutPolicy),
		"DeleteBucketPolicy":            s3OnBucket(s3DeletePolicy),
		"GetBucketPolicyStatus":         s3OnBucket(s3GetPolicyStatus),
		"GetPublicAccessBlock":          s3OnBucket(s3GetPublicBlock),
		"PutPublicAccessBlock":          s3OnBucket(s3PutPublicBlock),
		"DeletePublicAccessBlock":       s3OnBucket(s3DeletePublicBlock),
		"GetBucketOwnershipControls":    s3OnBucket(s3GetOwnership),
		"PutBucketOwnershipControls":    s3OnBucket(s3PutOwnership),
		"DeleteBucketOwnershipControls": s3OnBucket(s3DeleteOwnership),
	}
}

func s3Policy(b *s3store.Bucket) (*policy.Document, error) {
	return s3Setting[policy.Document](b, "NoSuchBucketPolicy", "The bucket policy does not exist")
}

func s3GetPolicy(_ *Call, b *s3store.Bucket, _ *s3.GetBucketPolicyInput) (*s3.GetBucketPolicyOutput, error) {
	doc, err := s3Policy(b)
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketPolicyOutput{Policy: aws.String(string(doc.Raw()))}, nil
}

func s3PutPolicy(c *Call, b *s3store.Bucket, in *s3.PutBucketPolicyInput) (*s3.PutBucketPolicyOutput, error) {
	text := aws.ToString(in.Policy)
	if len(text) > s3MaxPolicy {
		return nil, s3Invalid("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, s3Invalid("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'").With("Detail", err.Error())
	}
	for _, st := range doc.Statements {
		switch {
		case st.Principal == nil && st.NotPrincipal == nil:
			return nil, s3Invalid("MalformedPolicy", "Missing required field Principal").With("Detail", st.Sid)
		case st.Resource == nil && st.NotResource == nil:
			return nil, s3Invalid("MalformedPolicy", "Missing required field Resource").With("Detail", st.Sid)
		}
	}
	block := s3SettingOrZero[types.PublicAccessBlockConfiguration](b)
	if s3Public(doc) && aws.ToBool(block.BlockPublicPolicy) {
		return nil, s3BlockedPolicy(c, b)
	}
	s3store.SetConfig(b, doc)
	c.Status = http.StatusNoContent
	return &s3.PutBucketPolicyOutput{}, nil
}

func s3BlockedPolicy(c *Call, b *s3store.Bucket) error {
	denied := s3Fail("AccessDenied")
	denied.Message = "User: " + c.Principal.ARN + " is not authorized to perform: s3:PutBucketPolicy on resource: \"" + s3BucketARN(c, b.Name) +
		"\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
	return denied
}

// s3Public tells whether a policy lets anyone in: an Allow for everyone that no
// condition narrows.
func s3Public(doc *policy.Document) bool {
	for _, st := range doc.Statements {
		if st.Effect == policy.Allow && len(st.Conditions) == 0 && (st.NotPrincipal != nil || s3Everyone(st.Principal)) {
			return true
		}
	}
	return false
}

func s3Everyone(p *policy.Principals) bool {
	if p == nil {
		return false
	}
	for _, who := range p.AWS {
		if who == "*" {
			return true
		}
	}
	return p.Everyone
}

func s3DeletePolicy(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketPolicyInput) (*s3.DeleteBucketPolicyOutput, error) {
	s3Forget[policy.Document](c, b)
	return &s3.DeleteBucketPolicyOutput{}, nil
}

func s3GetPolicyStatus(_ *Call, b *s3store.Bucket, _ *s3.GetBucketPolicyStatusInput) (*s3.GetBucketPolicyStatusOutput, error) {
	doc, err := s3Policy(b)
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(s3Public(doc))}}, nil
}

func s3GetPublicBlock(_ *Call, b *s3store.Bucket, _ *s3.GetPublicAccessBlockInput) (*s3.GetPublicAccessBlockOutput, error) {
	cfg, err := s3Setting[types.PublicAccessBlockConfiguration](b, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
	return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: cfg}, err
}

func s3PutPublicBlock(_ *Call, b *s3store.Bucket, in *s3.PutPublicAccessBlockInput) (*s3.PutPublicAccessBlockOutput, error) {
	cfg := in.PublicAccessBlockConfiguration
	if cfg == nil {
		return nil, s3Fail("MalformedXML")
	}
	for _, v := range []**bool{&cfg.BlockPublicAcls, &cfg.BlockPublicPolicy, &cfg.IgnorePublicAcls, &cfg.RestrictPublicBuckets} {
		*v = aws.Bool(aws.ToBool(*v)) // what is left out is false
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutPublicAccessBlockOutput{}, nil
}

func s3DeletePublicBlock(c *Call, b *s3store.Bucket, _ *s3.DeletePublicAccessBlockInput) (*s3.DeletePublicAccessBlockOutput, error) {
	s3Forget[types.PublicAccessBlockConfiguration](c, b)
	return &s3.DeletePublicAccessBlockOutput{}, nil
}

func s3GetOwnership(_ *Call, b *s3store.Bucket, _ *s3.GetBucketOwnershipControlsInput) (*s3.GetBucketOwnershipControlsOutput, error) {
	cfg, err := s3Setting[types.OwnershipControls](b, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	return &s3.GetBucketOwnershipControlsOutput{OwnershipControls: cfg}, err
}

func s3PutOwnership(_ *Call, b *s3store.Bucket, in *s3.PutBucketOwnershipControlsInput) (*s3.PutBucketOwnershipControlsOutput, error) {
	return &s3.PutBucketOwnershipControlsOutput{}, s3Keep(b, in.OwnershipControls, func(v *types.OwnershipControls) bool {
		return len(v.Rules) == 1 && v.Rules[0].ObjectOwnership != ""
	})
}

func s3DeleteOwnership(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketOwnershipControlsInput) (*s3.DeleteBucketOwnershipControlsOutput, error) {
	s3Forget[types.OwnershipControls](c, b)
	return &s3.DeleteBucketOwnershipControlsOutput{}, nil
}
