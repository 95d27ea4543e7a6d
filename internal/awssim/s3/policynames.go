package s3

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/awsmanaged"
	"github.com/hawser/hawser/internal/policy"
)

// isAction reports whether S3 has an action, or any that a pattern with wildcards
// matches.
func isAction(pattern string) bool {
	if pattern == "*" {
		return true
	}
	st := &policy.Statement{Action: []string{pattern}}
	matches := func(action string) bool { return reference.MatchesAction(st, action) }
	return slices.ContainsFunc(awsmanaged.Actions("s3"), matches) || slices.ContainsFunc(moreActions(), matches)
}

// moreActions are the actions on buckets and objects that no managed policy of AWS names.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-actions-as-permissions
func moreActions() []string {
	return []string{
		"s3:AllowVendedLogDeliveryForResource", "s3:BypassGovernanceRetention", "s3:CreateBucketMetadataTableConfiguration",
		"s3:DeleteBucketMetadataTableConfiguration", "s3:GetObjectTorrent", "s3:InitiateReplication", "s3:PauseReplication",
		"s3:PutAnalyticsConfiguration", "s3:PutBucketAbac", "s3:PutBucketRequestPayment", "s3:PutIntelligentTieringConfiguration",
		"s3:PutMetricsConfiguration", "s3:PutObjectLegalHold", "s3:ReplicateDelete", "s3:ReplicateTags",
		"s3:UpdateBucketMetadataInventoryTableConfiguration", "s3:UpdateBucketMetadataJournalTableConfiguration", "s3:UpdateObjectEncryption",
	}
}

// onObjects reports whether an action is on objects and not on the bucket.
func onObjects(action string) bool {
	switch name := strings.ToLower(action); name {
	case "s3:bypassgovernanceretention", "s3:initiatereplication", "s3:objectowneroverridetobucketowner", "s3:replicatedelete", "s3:replicatetags":
		return true
	default:
		return !strings.Contains(name, "bucket") && (strings.Contains(name, "object") || strings.Contains(name, "multipartupload"))
	}
}

// isKey reports whether a condition key can stand in a bucket policy: S3 has it, or it is
// not one of S3.
func isKey(key string) bool {
	name, ofS3 := strings.CutPrefix(strings.ToLower(key), "s3:")
	if !ofS3 {
		return true
	}
	if family, tag, ok := strings.Cut(name, "/"); ok {
		return tag != "" && slices.Contains([]string{"accesspointtag", "buckettag", "existingobjecttag", "requestobjecttag"}, family)
	}
	return slices.Contains(conditionKeys(), name)
}

// hasKey reports whether an action has a condition key. Of keys other than those of
// listings and the tags of objects it is not checked. That S3 refuses the keys of listings
// with other actions is known from its answers. For the tags of objects it is concluded
// from the table of actions; which actions on objects lack the key is not all known.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
func hasKey(action, key string) bool {
	action = strings.ToLower(action)
	switch family, _, _ := strings.Cut(strings.ToLower(key), "/"); family {
	case "s3:prefix", "s3:delimiter", "s3:max-keys":
		return action == "s3:listbucket" || action == "s3:listbucketversions"
	case "s3:existingobjecttag":
		return onObjects(action) && action != "s3:getobjectretention" && action != "s3:getobjectlegalhold"
	}
	return true
}

// conditionKeys are the condition keys of S3 in lower case, without those that end with
// the key of a tag.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
func conditionKeys() []string {
	return []string{
		"accessgrantscope", "accessgrantsinstancearn", "accessgrantslocationscope", "accesspointnetworkorigin", "authtype",
		"dataaccesspointaccount", "dataaccesspointarn", "delimiter", "destinationregion", "existingjoboperation", "existingjobpriority",
		"if-match", "if-none-match", "inventoryaccessibleoptionalfields", "isreplicationpauserequest", "jobsuspendedcause",
		"locationconstraint", "max-keys", "object-lock-legal-hold", "object-lock-mode", "object-lock-remaining-retention-days",
		"object-lock-retain-until-date", "objectcreationoperation", "prefix", "requestjoboperation", "requestjobpriority",
		"requestobjecttagkeys", "resourceaccount", "signatureage", "signatureversion", "tlsversion", "versionid",
		"x-amz-acl", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-grant-full-control", "x-amz-grant-read",
		"x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp", "x-amz-metadata-directive", "x-amz-object-ownership",
		"x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm",
		"x-amz-storage-class", "x-amz-website-redirect-location",
	}
}
