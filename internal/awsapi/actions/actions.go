// Package actions knows which IAM action allows an operation of an AWS API.
package actions

import (
	"reflect"
	"strings"
)

// prefixes are the services whose IAM prefix is not the SDK's name in lower
// case without spaces.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var prefixes = map[string]string{
	"CloudWatch Logs":             "logs",
	"RDS Data":                    "rds-data",
	"SSO Admin":                   "sso",
	"SSO":                         "sso",
	"SSO OIDC":                    "sso-oauth",
	"Resource Groups Tagging API": "tag",
	"Resource Explorer 2":         "resource-explorer-2",
	"AccessAnalyzer":              "access-analyzer",
	"Auto Scaling":                "autoscaling",
	"Elastic Load Balancing v2":   "elasticloadbalancing",
	"EventBridge":                 "events",
	"SFN":                         "states",
}

// renamed are the operations that another action allows.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
var renamed = map[string]string{
	"s3:ListObjects":             "s3:ListBucket",
	"s3:ListObjectsV2":           "s3:ListBucket",
	"s3:HeadBucket":              "s3:ListBucket",
	"s3:ListBuckets":             "s3:ListAllMyBuckets",
	"s3:ListObjectVersions":      "s3:ListBucketVersions",
	"s3:ListMultipartUploads":    "s3:ListBucketMultipartUploads",
	"s3:ListParts":               "s3:ListMultipartUploadParts",
	"s3:HeadObject":              "s3:GetObject",
	"s3:CopyObject":              "s3:PutObject",
	"s3:CreateMultipartUpload":   "s3:PutObject",
	"s3:UploadPart":              "s3:PutObject",
	"s3:UploadPartCopy":          "s3:PutObject",
	"s3:CompleteMultipartUpload": "s3:PutObject",
	"s3:DeleteObjects":           "s3:DeleteObject",
	"lambda:Invoke":              "lambda:InvokeFunction",
}

// versioned are the actions that another replaces where a call names a version.
var versioned = map[string]string{
	"s3:GetObject":           "s3:GetObjectVersion",
	"s3:DeleteObject":        "s3:DeleteObjectVersion",
	"s3:GetObjectTagging":    "s3:GetObjectVersionTagging",
	"s3:PutObjectTagging":    "s3:PutObjectVersionTagging",
	"s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
}

// OfCall is Of for a call with its input, an SDK struct.
func OfCall(service, operation string, input any) string {
	action := Of(service, operation)
	other, ok := versioned[action]
	if !ok {
		return action
	}
	fields := reflect.Indirect(reflect.ValueOf(input))
	if fields.Kind() != reflect.Struct {
		return action
	}
	if id := fields.FieldByName("VersionId"); id.IsValid() && !id.IsZero() {
		return other
	}
	return action
}

// Of returns the IAM action that allows an operation of a service, both as the
// SDK names them: Of("S3", "HeadObject") is "s3:GetObject".
func Of(service, operation string) string {
	if service == "" || operation == "" {
		return ""
	}
	action := Prefix(service) + ":" + operation
	if other, ok := renamed[action]; ok {
		return other
	}
	return action
}

// Prefix returns the IAM prefix of a service.
func Prefix(service string) string {
	if prefix, ok := prefixes[service]; ok {
		return prefix
	}
	return strings.ReplaceAll(strings.ToLower(service), " ", "")
}
