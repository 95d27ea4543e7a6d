package awssim

import (
	"encoding/base64"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

func s3BucketHandlers() map[string]Handler {
	return map[string]Handler{
		"ListBuckets":        s3Op(s3ListBuckets),
		"CreateBucket":       s3Op(s3CreateBucket),
		"DeleteBucket":       s3OnBucket(s3DeleteBucket),
		"HeadBucket":         s3OnBucket(s3HeadBucket),
		"GetBucketLocation":  s3OnBucket(s3GetLocation),
		"ListObjects":        s3OnBucket(s3ListObjects),
		"ListObjectsV2":      s3OnBucket(s3ListObjectsV2),
		"ListObjectVersions": s3OnBucket(s3ListVersions),
	}
}

func s3ListBuckets(c *Call, in *s3.ListBucketsInput) (*s3.ListBucketsOutput, error) {
	limit := int(aws.ToInt32(in.MaxBuckets))
	if in.MaxBuckets != nil && (limit < 1 || limit > 10_000) {
		return nil, s3Argument("max-buckets", decimal(limit), "Argument max-buckets must be an integer between 1 and 10000.")
	}
	after, err := s3Token(in.ContinuationToken)
	if err != nil {
		return nil, err
	}
	page, more := s3Store(c).Buckets(s3store.BucketQuery{
		Owner: c.Account.ID, Prefix: aws.ToString(in.Prefix), Region: aws.ToString(in.BucketRegion), After: after, Max: limit,
	})
	asked := in.MaxBuckets != nil || in.Prefix != nil || in.BucketRegion != nil || in.ContinuationToken != nil
	out := &s3.ListBucketsOutput{Owner: s3Owner(c, c.Account.ID), Prefix: in.Prefix, Buckets: make([]types.Bucket, len(page))}
	for i, b := range page {
		out.Buckets[i] = types.Bucket{Name: &b.Name, CreationDate: &b.Created}
		if asked {
			out.Buckets[i].BucketRegion = &b.Region
		}
	}
	if more {
		out.ContinuationToken = s3TokenFor(page[len(page)-1].Name)
	}
	return out, nil
}

func s3Owner(c *Call, account string) *types.Owner {
	return &types.Owner{ID: aws.String(s3OwnerID(account)), DisplayName: optional(s3OwnerName(c, account))}
}

// s3Token reads a continuation token, which is opaque to clients.
func s3Token(token *string) (string, error) {
	if token == nil {
		return "", nil
	}
	after, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || len(after) == 0 {
		return "", s3Argument("continuation-token", *token, "The continuation token provided is incorrect")
	}
	return string(after), nil
}

func s3TokenFor(after string) *string {
	return aws.String(base64.RawURLEncoding.EncodeToString([]byte(after)))
}

func s3CreateBucket(c *Call, in *s3.CreateBucketInput) (*s3.CreateBucketOutput, error) {
	name := aws.ToString(in.Bucket)
	if !s3NameValid(name) {
		return nil, s3Fail("InvalidBucketName").With("BucketName", name)
	}
	region, err := s3NewRegion(c, in.CreateBucketConfiguration)
	if err != nil {
		return nil, err
	}
	if err := s3CheckNew(c, in); err != nil {
		return nil, err
	}
	b, err := s3Store(c).CreateBucket(name, region, c.Account.ID)
	if err != nil && (b == nil || c.Region != "us-east-1" || b.Region != "us-east-1") {
		return nil, err
	}
	out := &s3.CreateBucketOutput{Location: aws.String("/" + name), BucketArn: aws.String("arn:" + c.Partition() + ":s3:::" + name)}
	if err != nil {
		return out, nil // us-east-1 alone counts this as done
	}
	if region != "us-east-1" {
		out.Location = aws.String("http://" + name + ".s3.amazonaws.com/")
	}
	return out, s3Settle(c, b, in)
}

// s3Settle gives a new bucket the settings that all have since 2023, and those
// that were asked for.
func s3Settle(c *Call, b *s3store.Bucket, in *s3.CreateBucketInput) error {
	ownership := in.ObjectOwnership
	if ownership == "" {
		ownership = types.ObjectOwnershipBucketOwnerEnforced
	}
	s3store.SetConfig(b, &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: ownership}}})
	yes := aws.Bool(true)
	s3store.SetConfig(b, &types.PublicAccessBlockConfiguration{BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: yes})
	s3store.SetConfig(b, s3DefaultEncryption())
	if cfg := in.CreateBucketConfiguration; cfg != nil && len(cfg.Tags) > 0 {
		s3store.SetConfig(b, &types.Tagging{TagSet: cfg.Tags})
	}
	if aws.ToBool(in.ObjectLockEnabledForBucket) {
		if err := b.EnableLocking(true); err != nil {
			return err
		}
		s3store.SetConfig(b, &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled})
	}
	return s3SetBucketACL(c, b, nil)
}

// s3CheckNew refuses an ACL for a bucket that will have none.
func s3CheckNew(c *Call, in *s3.CreateBucketInput) error {
	enforced := in.ObjectOwnership == "" || in.ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced
	if enforced && (in.ACL != "" && in.ACL != types.BucketCannedACLPrivate || len(s3GrantHeaders(c.Request.Header)) > 0) {
		return s3Invalid("InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
	}
	return nil
}

// s3NewRegion is where a new bucket goes: the endpoint's region, which all but
// us-east-1 want to be told, and any region through us-east-1.
func s3NewRegion(c *Call, cfg *types.CreateBucketConfiguration) (string, error) {
	var asked string
	if cfg != nil {
		asked = string(cfg.LocationConstraint)
	}
	if asked == "EU" {
		asked = "eu-west-1"
	}
	switch {
	case c.Region == "us-east-1" && asked == "":
		return c.Region, nil
	case asked == "":
		return "", s3Fail("IllegalLocationConstraintException")
	case asked == "us-east-1" || !slices.Contains(Regions(c.Partition()), asked):
		return "", s3Fail("InvalidLocationConstraint").With("LocationConstraint", asked)
	case c.Region != "us-east-1" && asked != c.Region:
		return "", s3Invalid("IllegalLocationConstraintException", "The "+asked+" location constraint is incompatible for the region specific endpoint this request was sent to.")
	}
	return asked, nil
}

// s3NameValid follows "General purpose bucket naming rules".
func s3NameValid(name string) bool {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(name) || net.ParseIP(name) != nil {
		return false
	}
	for _, start := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		if strings.HasPrefix(name, start) {
			return false
		}
	}
	for _, end := range []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"} {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	return !strings.Contains(name, "..")
}

func s3DeleteBucket(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketInput) (*s3.DeleteBucketOutput, error) {
	if err := s3Store(c).DeleteBucket(b); err != nil {
		return nil, err
	}
	c.Status = http.StatusNoContent
	return &s3.DeleteBucketOutput{}, nil
}

func s3HeadBucket(c *Call, b *s3store.Bucket, _ *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
	return &s3.HeadBucketOutput{
		BucketRegion: &b.Region, AccessPointAlias: aws.Bool(false), BucketArn: aws.String("arn:" + c.Partition() + ":s3:::" + b.Name),
	}, nil
}

func s3GetLocation(_ *Call, b *s3store.Bucket, _ *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
	if b.Region == "us-east-1" {
		return &s3.GetBucketLocationOutput{}, nil
	}
	return &s3.GetBucketLocationOutput{LocationConstraint: types.BucketLocationConstraint(b.Region)}, nil
}
