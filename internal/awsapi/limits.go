package awsapi

import (
	"strings"

	"golang.org/x/time/rate"
)

// Limit is how often AWS lets one account call an API in one region: a token
// bucket that refills at Rate a second and holds Burst.
type Limit struct {
	Rate  rate.Limit
	Burst int
}

// publishedLimits are AWS's published rates, by the SDK's service name and an
// operation or a prefix ending in *; the longest match counts. Services whose
// rates AWS does not publish have careful guesses, marked so; the meter adapts
// both.
//
//   - EC2: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
//   - Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
//   - CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
//   - Logs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
//   - Organizations: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
//   - STS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
//   - Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
//   - S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
var publishedLimits = map[string]map[string]Limit{
	"EC2": {
		"*":                 {5, 50},
		"Describe*":         {20, 100},
		"Get*":              {20, 100},
		"DescribeInstances": {20, 100},
		"RunInstances":      {2, 5},
		"StartInstances":    {2, 5},
		"StopInstances":     {5, 50},
	},
	"Lambda": {
		"*":           {15, 15},
		"GetFunction": {100, 100},
		"GetPolicy":   {15, 15},
		"Invoke":      {10000, 10000}, // ten times the account's concurrency
	},
	"CloudWatch": {
		"*":                   {9, 9},
		"GetMetricData":       {50, 50},
		"GetMetricStatistics": {400, 400},
		"ListMetrics":         {25, 25},
		"PutMetricData":       {500, 500},
		"DescribeAlarms":      {9, 9},
	},
	"CloudWatch Logs": {
		"*":                  {5, 5},
		"FilterLogEvents":    {5, 5},
		"GetLogEvents":       {25, 25},
		"DescribeLogGroups":  {10, 10},
		"DescribeLogStreams": {25, 25},
		"GetQueryResults":    {5, 5},
		"StartQuery":         {5, 5},
	},
	"Organizations": { // a guess, below what the guide gives each operation
		"*":                   {5, 8},
		"ListAccounts":        {8, 15},
		"DescribeAccount":     {15, 20},
		"ListParents":         {8, 15},
		"ListTagsForResource": {10, 15},
	},
	"STS":             {"*": {600, 600}},
	"Secrets Manager": {"*": {50, 50}, "GetSecretValue": {10000, 10000}, "DescribeSecret": {40000, 40000}},
	"S3":              {"*": {3500, 3500}, "GetObject": {5500, 5500}, "HeadObject": {5500, 5500}},
	"RDS":             {"*": {10, 20}},     // not published
	"RDS Data":        {"*": {1000, 1000}}, // Aurora Serverless v1; v2 has none
	// Not published either; the rates at which large accounts are read in peace.
	"IAM":           {"*": {15, 30}, "GetAccountAuthorizationDetails": {5, 10}, "GenerateCredentialReport": {1, 2}},
	"SSO Admin":     {"*": {15, 20}},
	"identitystore": {"*": {15, 20}},
}

// PublishedLimits gives the table by IAM prefix and operation, such as
// "ec2:StartInstances" or "ec2:Describe*"; of several that match an operation
// the longest counts. Each operation is counted by itself.
func PublishedLimits() map[string]Limit {
	all := map[string]Limit{}
	for service, limits := range publishedLimits {
		for operation, limit := range limits {
			all[prefixOf(service)+":"+operation] = limit
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
		if prefixOf(service) == prefix {
			l := publishedLimit(service, operation)
			return l, l.Rate > 0
		}
	}
	return Limit{}, false
}
