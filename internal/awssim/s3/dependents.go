package s3

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// dependents are the further actions that a call needs, on the same resource.
func dependents(need awssim.Need, actions []string) []awssim.Need {
	var needs []awssim.Need
	for _, action := range actions {
		need.Action = action
		needs = append(needs, need)
	}
	return needs
}

// bucketDependents are the actions besides its own that CreateBucket needs, by what it
// gives the bucket. See "Permissions" at
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func bucketDependents(in any) (actions []string) {
	create, ok := in.(*s3.CreateBucketInput)
	if !ok {
		return nil
	}
	grants := []*string{create.GrantFullControl, create.GrantRead, create.GrantReadACP, create.GrantWrite, create.GrantWriteACP}
	granted := create.ACL != "" && create.ACL != "private"
	for _, g := range grants {
		granted = granted || g != nil
	}
	if granted {
		actions = append(actions, "s3:PutBucketAcl")
	}
	if aws.ToBool(create.ObjectLockEnabledForBucket) {
		actions = append(actions, "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning")
	}
	if create.ObjectOwnership != "" {
		actions = append(actions, "s3:PutBucketOwnershipControls")
	}
	return actions
}

// replicationNeeds is the permission to give S3 the role that replicates.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
func replicationNeeds(in any) []awssim.Need {
	put, ok := in.(*s3.PutBucketReplicationInput)
	if !ok || put.ReplicationConfiguration == nil || put.ReplicationConfiguration.Role == nil {
		return nil
	}
	return []awssim.Need{awssim.PassRole(*put.ReplicationConfiguration.Role, "s3.amazonaws.com")}
}

// objectDependents are the actions besides its own that a call about an object needs:
// what it gives the object is its own permission each. See "Permissions" at
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
// and https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
func objectDependents(c *awssim.Call, version string) []string {
	switch c.Operation {
	case "GetObjectAttributes":
		return []string{versioned("s3:GetObject", version)}
	case "PutObject", "CreateMultipartUpload":
		return writeDependents(c.Request.Header)
	case "CopyObject":
		actions := writeDependents(c.Request.Header)
		if src, err := copySource(c.Request.Header.Get("X-Amz-Copy-Source")); err == nil && copiesTags(c, StoreOf(c).Bucket(src.bucket), src.key, src.version) {
			actions = append(actions, "s3:PutObjectTagging")
		}
		return actions
	case "DeleteObject", "PutObjectRetention":
		if c.Request.Header.Get("X-Amz-Bypass-Governance-Retention") == "true" {
			return []string{"s3:BypassGovernanceRetention"}
		}
	}
	return nil
}

// writeDependents are the actions for what a write's headers give the object.
func writeDependents(h http.Header) (actions []string) {
	for _, of := range []struct {
		action  string
		headers []string
	}{
		{"s3:PutObjectAcl", []string{"X-Amz-Acl", "X-Amz-Grant-Full-Control", "X-Amz-Grant-Read", "X-Amz-Grant-Read-Acp", "X-Amz-Grant-Write-Acp"}},
		{"s3:PutObjectTagging", []string{"X-Amz-Tagging"}},
		{"s3:PutObjectRetention", []string{"X-Amz-Object-Lock-Mode"}},
		{"s3:PutObjectLegalHold", []string{"X-Amz-Object-Lock-Legal-Hold"}},
	} {
		for _, name := range of.headers {
			if h.Get(name) != "" {
				actions = append(actions, of.action)
				break
			}
		}
	}
	return actions
}

// copiesTags reports whether a copy takes over tags of its source.
func copiesTags(c *awssim.Call, b *s3store.Bucket, key, version string) bool {
	if b == nil || c.Operation != "CopyObject" || c.Request.Header.Get("X-Amz-Tagging-Directive") == "REPLACE" {
		return false
	}
	o, err := b.Get(key, version)
	return err == nil && len(o.Tags) > 0
}
