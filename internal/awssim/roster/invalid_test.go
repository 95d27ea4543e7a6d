package roster_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestInvalidInputs sends what the models do not allow, past the checks of every
// client, and wants each service's own answer.
func TestInvalidInputs(t *testing.T) {
	sim := simtest.Start(t)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	target := func(name string) map[string]string {
		return map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": name}
	}
	tests := []struct {
		name, service, method, path, body string
		header                            map[string]string
		code, text                        string
	}{
		{"IAM missing", "iam", "POST", "/", "Action=GetRole&Version=2010-05-08", form, "<Code>ValidationError<", "1 validation error detected: Value null at &#39;roleName&#39; failed to satisfy constraint: Member must not be null"},
		{"IAM form", "iam", "POST", "/", "Action=GetRole&Version=2010-05-08&RoleName=a+b", form, "<Code>ValidationError<", "The specified value for roleName is invalid. It must contain only alphanumeric characters"},
		{"IAM two", "iam", "POST", "/", "Action=ListRoles&Version=2010-05-08&MaxItems=0&PathPrefix=x", form, "<Code>ValidationError<", "2 validation errors detected: "},
		{"IAM nested", "iam", "POST", "/", "Action=TagRole&Version=2010-05-08&RoleName=a&Tags.member.1.Key=a&Tags.member.2.Value=b", form, "<Code>ValidationError<", "Value null at &#39;tags.1.member.value&#39;"},
		{"IAM secret", "iam", "POST", "/", "Action=CreateLoginProfile&Version=2010-05-08&UserName=a&Password=", form, "<Code>ValidationError<", "Value at &#39;password&#39; failed"},
		{"STS number", "sts", "POST", "/", "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=1", form, "<Code>ValidationError<", "Value &#39;1&#39; at &#39;durationSeconds&#39; failed to satisfy constraint: Member must have value greater than or equal to 900"},
		{"EC2 missing", "ec2", "POST", "/", "Action=TerminateInstances&Version=2016-11-15", form, "<Code>MissingParameter<", "The request must contain the parameter InstanceId"},
		{"EC2 bounds", "ec2", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15&MaxResults=4", form, "<Code>InvalidParameterValue<", "Value ( 4 ) for parameter maxResults is invalid. Expecting a value between 5 and 1000."},
		{"RDS missing", "rds", "POST", "/", "Action=CreateDBInstance&Version=2014-10-31", form, "<Code>MissingParameter<", "DBInstanceIdentifier"},
		{"CloudWatch missing", "monitoring", "POST", "/", "Action=PutMetricData&Version=2010-08-01", form, "<Code>MissingParameter<", "The parameter Namespace is required."},
		{"CloudWatch enum", "monitoring", "POST", "/", "Action=PutMetricAlarm&Version=2010-08-01&AlarmName=a&ComparisonOperator=Same&EvaluationPeriods=1", form, "<Code>ValidationError<", "Member must satisfy enum value set: [GreaterThanOrEqualToThreshold"},
		{"Logs", "logs", "POST", "/", `{"logGroupName":"a b"}`, target("Logs_20140328.CreateLogGroup"), `"InvalidParameterException"`, "Value 'a b' at 'logGroupName'"},
		{"Logs list", "logs", "POST", "/", `{"logGroupIdentifiers":["",""]}`, target("Logs_20140328.DescribeLogGroups"), `"InvalidParameterException"`, "Value '[, ]' at 'logGroupIdentifiers' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: "},
		{"Organizations missing", "organizations", "POST", "/", `{}`, target("AWSOrganizationsV20161128.DescribeAccount"), `"InvalidInputException"`, `"Reason":"INPUT_REQUIRED"`},
		{"Organizations form", "organizations", "POST", "/", `{"AccountId":"1"}`, target("AWSOrganizationsV20161128.DescribeAccount"), `"InvalidInputException"`, `"Reason":"INVALID_PATTERN"`},
		{"Secrets Manager", "secretsmanager", "POST", "/", `{}`, target("secretsmanager.GetSecretValue"), `"ValidationException"`, "Value null at 'secretId'"},
		{"null", "secretsmanager", "POST", "/", `{"SecretId":null}`, target("secretsmanager.GetSecretValue"), `"ValidationException"`, "Value null at 'secretId'"},
		{"type", "secretsmanager", "POST", "/", `{"SecretId":1}`, target("secretsmanager.GetSecretValue"), `"SerializationException"`, ""},
		{"Identity Center", "sso", "POST", "/", `{}`, target("SWBExternalService.ListPermissionSets"), `"ValidationException"`, "Value null at 'instanceArn'"},
		{"Lambda missing", "lambda", "POST", "/2015-03-31/functions", `{}`, nil, `"ValidationException"`, "Value null at 'functionName'"},
		{"Lambda runtime", "lambda", "POST", "/2015-03-31/functions", `{"FunctionName":"f","Role":"arn:aws:iam::111122223333:role/r","Code":{},"Runtime":"cobol"}`, nil, `"InvalidParameterValueException"`, "Value cobol at 'runtime'"},
		{"Lambda query", "lambda", "GET", "/2015-03-31/functions?MaxItems=0", "", nil, `"ValidationException"`, "Value '0' at 'maxItems'"},
		{"RDS Data", "rds-data", "POST", "/Execute", `{}`, nil, `"BadRequestException"`, "Value null at 'resourceArn'"},
		{"S3 body", "s3", "PUT", "/bucket?versioning", "", nil, "<Code>MissingRequestBodyError<", ""},
		{"S3 enum", "s3", "PUT", "/bucket?versioning", "<VersioningConfiguration><Status>On</Status></VersioningConfiguration>", nil, "<Code>MalformedXML<", ""},
		{"S3 header", "s3", "PUT", "/bucket/key", "x", map[string]string{"X-Amz-Storage-Class": "CELLAR"}, "<Code>InvalidStorageClass<", ""},
		{"S3 number", "s3", "GET", "/bucket?list-type=2&max-keys=many", "", nil, "<Code>InvalidArgument<", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := signed(t, sim, tt.method, tt.service, tt.path, tt.body, tt.header)
			if status != http.StatusBadRequest || !strings.Contains(body, tt.code) || !strings.Contains(body, tt.text) {
				t.Errorf("%d %s\nwant 400 %s %s", status, body, tt.code, tt.text)
			}
		})
	}
}

// TestWrongKinds sends values of other kinds than the models have, and bodies that are of no
// format. The answers are AWS's, without the words of a Go package.
func TestWrongKinds(t *testing.T) {
	sim := simtest.Start(t)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	target := func(name string) map[string]string {
		return map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": name}
	}
	const (
		malformed, serialization = "<Code>MalformedInput<", `"__type":"SerializationException"`
		users, metrics           = "Action=ListUsers&Version=2010-05-08", "Action=GetMetricStatistics&Version=2010-08-01"
		machines                 = "Action=DescribeInstances&Version=2016-11-15"
		groups, events           = "Logs_20140328.DescribeLogGroups", "CloudTrail_20131101.LookupEvents"
		xml                      = "The XML you provided was not well-formed or did not validate against our published schema"
	)
	for _, tt := range []struct {
		name, service, method, path, body string
		header                            map[string]string
		code, text                        string
	}{
		{"number", "iam", "POST", "/", users + "&MaxItems=abc", form, malformed, "STRING_VALUE can not be converted to an Integer"},
		{"no number", "iam", "POST", "/", users + "&MaxItems=", form, malformed, "STRING_VALUE can not be converted to an Integer"},
		{"large number", "sts", "POST", "/", "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=99999999999", form, malformed, "STRING_VALUE can not be converted to an Integer"},
		{"boolean", "iam", "POST", "/", "Action=CreatePolicyVersion&Version=2010-05-08&SetAsDefault=perhaps", form, malformed, "STRING_VALUE can not be converted to a Boolean"},
		{"structure", "iam", "POST", "/", users + "&MaxItems.x=1", form, malformed, "Start of structure or map found where not expected."},
		{"time", "monitoring", "POST", "/", metrics + "&StartTime=soon", form, malformed, "timestamp must follow ISO8601"},
		{"EC2 number", "ec2", "POST", "/", machines + "&MaxResults=abc", form, "<Code>InvalidParameterValue<", "Value (abc) for parameter maxResults is invalid."},
		{"EC2 boolean", "ec2", "POST", "/", machines + "&DryRun=perhaps", form, "<Code>InvalidParameterValue<", "Value (perhaps) for parameter dryRun is invalid."},
		{"JSON number", "logs", "POST", "/", `{"limit":"abc"}`, target(groups), serialization, "STRING_VALUE can not be converted to an Integer"},
		{"JSON fraction", "logs", "POST", "/", `{"limit":1.5}`, target(groups), serialization, "NUMBER_VALUE can not be converted to an Integer"},
		{"JSON text", "logs", "POST", "/", `{"logGroupNamePrefix":true}`, target(groups), serialization, "TRUE_VALUE can not be converted to a String"},
		{"JSON list", "logs", "POST", "/", `{"limit":[1]}`, target(groups), serialization, "Start of list found where not expected"},
		{"JSON structure", "logs", "POST", "/", `{"logGroupIdentifiers":{"a":"b"}}`, target(groups), serialization, "Start of structure or map found where not expected."},
		{"JSON time", "cloudtrail", "POST", "/", `{"StartTime":"soon"}`, target(events), serialization, "STRING_VALUE can not be converted to milliseconds since epoch"},
		{"no JSON", "logs", "POST", "/", `{"limit":`, target(groups), serialization, `"message":""`},
		{"REST number", "lambda", "GET", "/2015-03-31/functions?MaxItems=abc", "", nil, serialization, "STRING_VALUE can not be converted to an Integer"},
		{"REST JSON", "lambda", "POST", "/2015-03-31/functions", "{", nil, serialization, `"message":"Could not parse request body into json"`},
		{"REST blob", "lambda", "POST", "/2015-03-31/functions", `{"Code":{"ZipFile":"?"}}`, nil, serialization, "STRING_VALUE can not be converted to a Blob"},
		{"S3 number", "s3", "GET", "/bucket?list-type=2&max-keys=many", "", nil, "<Code>InvalidArgument<", "Provided max-keys not an integer or within integer range</Message><ArgumentName>max-keys</ArgumentName><ArgumentValue>many<"},
		{"S3 XML", "s3", "PUT", "/bucket?versioning", "<VersioningConfiguration><Status>", nil, "<Code>MalformedXML<", xml},
		{"S3 XML number", "s3", "PUT", "/bucket?object-lock", "<ObjectLockConfiguration><Rule><DefaultRetention><Days>x</Days></DefaultRetention></Rule></ObjectLockConfiguration>", nil, "<Code>MalformedXML<", xml},
		{"version", "iam", "POST", "/", "Action=ListUsers&Version=1999-01-01", form, "<Code>InvalidAction<", "Could not find operation ListUsers for version 1999-01-01"},
		{"no version", "sts", "POST", "/", "Action=GetCallerIdentity", form, "<Code>InvalidAction<", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"},
		{"EC2 version", "ec2", "POST", "/", "Action=DescribeVpcs&Version=1999-01-01", form, "<Code>NoSuchVersion<", "The requested version (1999-01-01) of service AmazonEC2 does not exist"},
		{"no action", "iam", "POST", "/", "Version=2010-05-08", form, "<Code>MissingAction<", "The request is missing an action or a required parameter."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := signed(t, sim, tt.method, tt.service, tt.path, tt.body, tt.header)
			if status != http.StatusBadRequest || !strings.Contains(body, tt.code) || !strings.Contains(body, tt.text) {
				t.Errorf("%d %s\nwant 400 %s %s", status, body, tt.code, tt.text)
			}
		})
	}
	if status, body := signed(t, sim, "POST", "ec2", "/", "Action=DescribeVpcs&Version=2014-10-01", form); status != http.StatusOK {
		t.Errorf("an older version of EC2: %d %s", status, body)
	}
	if status, body := signed(t, sim, "POST", "iam", "/", "Action=ListUsers&Version=2010-05-08&PathPrefix=%zz", form); status != http.StatusNotFound || !strings.Contains(body, "<Code>MalformedQueryString<") {
		t.Errorf("no form: %d %s", status, body)
	}
}

func signed(t *testing.T, sim *simtest.Sim, method, service, path, body string, header map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, sim.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", hash)
	creds := aws.Credentials{AccessKeyID: sim.Key.AccessKeyID, SecretAccessKey: sim.Key.SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hash, service, "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	status, _, text := simtest.Answer(t, r)
	return status, text
}
