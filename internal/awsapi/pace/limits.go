package pace

import (
	"strings"

	"golang.org/x/time/rate"

	"github.com/hawser/hawser/internal/awsapi/actions"
)

// Limit is how often AWS lets one account call an API in one region: a token
// bucket that refills at Rate a second and holds Burst.
type Limit struct {
	Rate  rate.Limit
	Burst int
	// Shared is set where all operations of the service draw on one bucket.
	Shared bool
}

// publishedLimits are AWS's published rates, by the SDK's service name and an
// operation or a prefix ending in *; the longest match counts. Services whose
// rates AWS does not publish have careful guesses, marked so; the meter adapts
// both.
//
//   - EC2: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
//   - Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
//   - CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
//   - CloudTrail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
//   - Logs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
//   - Organizations: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
//   - STS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
//   - Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
//   - Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
//   - S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
var publishedLimits = map[string]map[string]Limit{
	"EC2": {
		"*":                 {Rate: 5, Burst: 50},
		"Describe*":         {Rate: 20, Burst: 100},
		"Get*":              {Rate: 20, Burst: 100},
		"DescribeInstances": {Rate: 20, Burst: 100},
		"RunInstances":      {Rate: 2, Burst: 5},
		"StartInstances":    {Rate: 2, Burst: 5},
		"StopInstances":     {Rate: 5, Burst: 50},
	},
	"Lambda": {
		"*":           {Rate: 15, Burst: 15},
		"GetFunction": {Rate: 100, Burst: 100},
		"GetPolicy":   {Rate: 15, Burst: 15},
		"Invoke":      {Rate: 10000, Burst: 10000}, // ten times the account's concurrency
	},
	"CloudWatch": {
		"*":                   {Rate: 9, Burst: 9},
		"GetMetricData":       {Rate: 50, Burst: 50},
		"GetMetricStatistics": {Rate: 400, Burst: 400},
		"ListMetrics":         {Rate: 25, Burst: 25},
		"PutMetricData":       {Rate: 500, Burst: 500},
		"DescribeAlarms":      {Rate: 9, Burst: 9},
	},
	"CloudWatch Logs": {
		"*":                  {Rate: 5, Burst: 5},
		"FilterLogEvents":    {Rate: 5, Burst: 5},
		"GetLogEvents":       {Rate: 25, Burst: 25},
		"DescribeLogGroups":  {Rate: 10, Burst: 10},
		"DescribeLogStreams": {Rate: 25, Burst: 25},
		"GetQueryResults":    {Rate: 5, Burst: 5},
		"StartQuery":         {Rate: 5, Burst: 5},
	},
	"CloudTrail": {"*": {Rate: 10, Burst: 10}, "LookupEvents": {Rate: 2, Burst: 2}},
	"Organizations": { // a guess, below what the guide gives each operation
		"*":                   {Rate: 5, Burst: 8},
		"ListAccounts":        {Rate: 8, Burst: 15},
		"DescribeAccount":     {Rate: 15, Burst: 20},
		"ListParents":         {Rate: 8, Burst: 15},
		"ListTagsForResource": {Rate: 10, Burst: 15},
	},
	"STS":             {"*": {Rate: 600, Burst: 600}},
	"Secrets Manager": {"*": {Rate: 50, Burst: 50}, "GetSecretValue": {Rate: 10000, Burst: 10000}, "DescribeSecret": {Rate: 40000, Burst: 40000}},
	"S3":              {"*": {Rate: 3500, Burst: 3500}, "GetObject": {Rate: 5500, Burst: 5500}, "HeadObject": {Rate: 5500, Burst: 5500}},
	"RDS":             {"*": {Rate: 10, Burst: 20}},     // not published
	"RDS Data":        {"*": {Rate: 1000, Burst: 1000}}, // Aurora Serverless v1; v2 has none
	// Not published either; large accounts are read at these rates without throttling.
	"IAM": {"*": {Rate: 15, Burst: 30}, "GetAccountAuthorizationDetails": {Rate: 5, Burst: 10}, "GenerateCredentialReport": {Rate: 1, Burst: 2}},
	// One bucket for all of Identity Center's operations; the Identity Store's is
	// not published, and taken for the same.
	"SSO Admin":     {"*": {Rate: 20, Burst: 20, Shared: true}},
	"identitystore": {"*": {Rate: 20, Burst: 20, Shared: true}},
}

// PublishedLimits returns the table by IAM prefix and operation, such as
// "ec2:StartInstances" or "ec2:Describe*"; of several that match an operation the
// longest counts. Each operation is counted by itself where it is not shared.
func PublishedLimits() map[string]Limit {
	all := map[string]Limit{}
	for service, limits := range publishedLimits {
		for operation, limit := range limits {
			all[actions.Prefix(service)+":"+operation] = limit
		}
	}
	return all
}

// publishedLimit finds the limit of an operation; the zero Limit is none.
func publishedLimit(service, operation string) Limit {
	var best Limit
	longest := -1
	for pattern, limit := range publishedLimits[service] {
		if pattern == operation {
			return limit
		}
		prefix, ok := strings.CutSuffix(pattern, "*")
		if ok && len(prefix) > longest && strings.HasPrefix(operation, prefix) {
			best, longest = limit, len(prefix)
		}
	}
	return best
}

// LimitOf finds AWS's limit of an IAM action, such as "iam:ListUsers".
func LimitOf(action string) (Limit, bool) {
	prefix, operation, ok := strings.Cut(action, ":")
	if !ok {
		return Limit{}, false
	}
	for service := range publishedLimits {
		if actions.Prefix(service) == prefix {
			l := publishedLimit(service, operation)
			return l, l.Rate > 0
		}
	}
	return Limit{}, false
}
