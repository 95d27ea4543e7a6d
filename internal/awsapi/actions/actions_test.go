package actions_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awsapi/actions"
)

func TestActionOf(t *testing.T) {
	for call, want := range map[[2]string]string{
		{"S3", "HeadObject"}: "s3:GetObject", {"S3", "ListObjectsV2"}: "s3:ListBucket", {"S3", "UploadPart"}: "s3:PutObject",
		{"CloudWatch Logs", "FilterLogEvents"}: "logs:FilterLogEvents", {"RDS Data", "ExecuteStatement"}: "rds-data:ExecuteStatement",
		{"Lambda", "Invoke"}: "lambda:InvokeFunction", {"Secrets Manager", "GetSecretValue"}: "secretsmanager:GetSecretValue", {"", "X"}: "",
	} {
		if got := actions.Of(call[0], call[1]); got != want {
			t.Errorf("%v is %q, want %q", call, got, want)
		}
	}
}
