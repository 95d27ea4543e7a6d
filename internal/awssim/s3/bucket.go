package s3

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func bucketHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"ListBuckets":        op(listBuckets),
		"CreateBucket":       op(createBucket),
		"DeleteBucket":       onBucket(deleteBucket),
		"HeadBucket":         onBucket(headBucket),
		"GetBucketLocation":  onBucket(getLocation),
		"ListObjects":        onBucket(listObjects),
		"ListObjectsV2":      onBucket(listObjectsV2),
		"ListObjectVersions": onBucket(listVersions),
	}
}

func listBuckets(c *awssim.Call, in *s3.ListBucketsInput) (*s3.ListBucketsOutput, error) {
	limit := int(aws.ToInt32(in.MaxBuckets))
	if in.MaxBuckets != nil && (limit < 1 || limit > 10_000) {
		return nil, argument("max-buckets", decimal(limit), "Argument max-buckets must be an integer between 1 and 10000.")
	}
	listing := "ListBuckets\x00" + c.Account.ID
	after, err := tokenOf(listing, in.ContinuationToken)
	if err != nil {
		return nil, err
	}
	page, more := StoreOf(c).Buckets(s3store.BucketQuery{
		Owner: c.Account.ID, Prefix: aws.ToString(in.Prefix), Region: aws.ToString(in.BucketRegion), After: after, Max: limit,
	})
	asked := in.MaxBuckets != nil || in.Prefix != nil || in.BucketRegion != nil || in.ContinuationToken != nil
	out := &s3.ListBucketsOutput{Owner: ownerOf(c, c.Account.ID), Prefix: in.Prefix, Buckets: make([]types.Bucket, len(page))}
	for i, b := range page {
		out.Buckets[i] = types.Bucket{Name: &b.Name, CreationDate: &b.Created}
		if asked {
			out.Buckets[i].BucketRegion = &b.Region
		}
	}
	if more {
		out.ContinuationToken = aws.String(awssim.Seal(listing, page[len(page)-1].Name))
	}
	return out, nil
}

func ownerOf(c *awssim.Call, account string) *types.Owner {
	return &types.Owner{ID: aws.String(ownerID(account)), DisplayName: awssim.Optional(ownerName(c, account))}
}

// tokenOf reads a continuation token, which must have been given by the same listing.
func tokenOf(listing string, token *string) (string, error) {
	if token == nil {
		return "", nil
	}
	after, ok := awssim.Unseal(listing, *token)
	if !ok {
		return "", argument("continuation-token", *token, "The continuation token provided is incorrect")
	}
	return after, nil
}

func createBucket(c *awssim.Call, in *s3.CreateBucketInput) (*s3.CreateBucketOutput, error) {
	name := aws.ToString(in.Bucket)
	if !nameValid(name) {
		return nil, fail("InvalidBucketName").With("BucketName", name)
	}
	region, err := newRegion(c, in.CreateBucketConfiguration)
	if err != nil {
		return nil, err
	}
	if err := checkNew(c, in); err != nil {
		return nil, err
	}
	b, err := StoreOf(c).CreateBucket(name, region, c.Account.ID)
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
	return out, settle(c, b, in)
}

// settle gives a new bucket the settings that all have since 2023, and those
// that were asked for.
func settle(c *awssim.Call, b *s3store.Bucket, in *s3.CreateBucketInput) error {
	ownership := in.ObjectOwnership
	if ownership == "" {
		ownership = types.ObjectOwnershipBucketOwnerEnforced
	}
	s3store.SetConfig(b, &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: ownership}}})
	yes := aws.Bool(true)
	s3store.SetConfig(b, &types.PublicAccessBlockConfiguration{BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: yes})
	s3store.SetConfig(b, defaultEncryption())
	if cfg := in.CreateBucketConfiguration; cfg != nil && len(cfg.Tags) > 0 {
		s3store.SetConfig(b, &types.Tagging{TagSet: cfg.Tags})
	}
	if aws.ToBool(in.ObjectLockEnabledForBucket) {
		if err := b.EnableLocking(true); err != nil {
			return err
		}
		s3store.SetConfig(b, &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled})
	}
	return setBucketACL(c, b, nil)
}

// checkNew refuses an ACL for a bucket that will have none.
func checkNew(c *awssim.Call, in *s3.CreateBucketInput) error {
	if cfg := in.CreateBucketConfiguration; cfg != nil && len(cfg.Tags) > 0 {
		if _, err := tagsIn(&types.Tagging{TagSet: cfg.Tags}, maxBucketTags); err != nil {
			return err
		}
	}
	enforced := in.ObjectOwnership == "" || in.ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced
	if enforced && (in.ACL != "" && in.ACL != types.BucketCannedACLPrivate || len(grantHeaders(c.Request.Header)) > 0) {
		return fail("InvalidBucketAclWithObjectOwnership")
	}
	grants, err := readGrants(c, nil, c.Account.ID, &s3store.Bucket{})
	if err == nil && slices.ContainsFunc(grants, isPublic) {
		// New buckets block public ACLs.
		return invalid("InvalidBucketAclWithBlockPublicAccessError", "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
	}
	return err
}

// newRegion is where a new bucket goes: the endpoint's region, which all but
// us-east-1 want to be told, and any region through us-east-1.
func newRegion(c *awssim.Call, cfg *types.CreateBucketConfiguration) (string, error) {
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
		return "", fail("IllegalLocationConstraintException")
	case asked == "us-east-1" || !slices.Contains(awssim.Regions(c.Partition()), asked):
		return "", fail("InvalidLocationConstraint").With("LocationConstraint", asked)
	case c.Region != "us-east-1" && asked != c.Region:
		return "", invalid("IllegalLocationConstraintException", "The "+asked+" location constraint is incompatible for the region specific endpoint this request was sent to.")
	}
	return asked, nil
}

// nameValid follows "General purpose bucket naming rules".
func nameValid(name string) bool {
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

func deleteBucket(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketInput) (*s3.DeleteBucketOutput, error) {
	if err := StoreOf(c).DeleteBucket(b); err != nil {
		return nil, err
	}
	c.Status = http.StatusNoContent
	return &s3.DeleteBucketOutput{}, nil
}

func headBucket(c *awssim.Call, b *s3store.Bucket, _ *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
	return &s3.HeadBucketOutput{
		BucketRegion: &b.Region, AccessPointAlias: aws.Bool(false), BucketArn: aws.String("arn:" + c.Partition() + ":s3:::" + b.Name),
	}, nil
}

func getLocation(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
	if b.Region == "us-east-1" {
		return &s3.GetBucketLocationOutput{}, nil
	}
	return &s3.GetBucketLocationOutput{LocationConstraint: types.BucketLocationConstraint(b.Region)}, nil
}
