package awssim

import (
	"slices"
	"strings"
)

// IsData tells the operations whose events in CloudTrail are data events, or that have
// none.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
// https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html
func IsData(model, operation string) bool {
	switch model {
	case "s3":
		return operation == "HeadBucket" || strings.Contains(operation, "Object") && !strings.HasSuffix(operation, "ObjectLockConfiguration") ||
			strings.Contains(operation, "Multipart") || strings.HasSuffix(operation, "Part") || operation == "UploadPartCopy" || operation == "ListParts"
	case "lambda":
		return strings.HasPrefix(operation, "Invoke")
	case "cloudwatch":
		return slices.Contains([]string{"PutMetricData", "GetMetricData", "GetMetricStatistics", "ListMetrics", "GetMetricWidgetImage"}, operation)
	case "logs":
		return slices.Contains([]string{"PutLogEvents", "GetLogEvents", "FilterLogEvents"}, operation)
	case "sso-oidc":
		return operation == "RegisterClient" || operation == "StartDeviceAuthorization"
	}
	return model == "rds-data"
}
