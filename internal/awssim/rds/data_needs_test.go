package rds_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestDataAPINamesTheWholeSecret keeps a secret's ARN without its random end from passing
// a denial.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
func TestDataAPINamesTheWholeSecret(t *testing.T) {
	s := openShop(t, "aurora-mysql")
	user := s.Account.AddUser("eve")
	client := rdsdata.NewFromConfig(s.ConfigFor(user.NewKey()))
	short := s.login[:len(s.login)-len("-abcdef")]
	for effect, refused := range map[string]bool{"Allow": false, "Deny": true} {
		if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"`+effect+`","Action":"*","Resource":"`+s.login+`"}]}`); err != nil {
			t.Fatal(err)
		}
		_, err := client.ExecuteStatement(t.Context(), &rdsdata.ExecuteStatementInput{ResourceArn: &s.cluster, SecretArn: &short, Sql: aws.String("SELECT 1")})
		if refused {
			simtest.WantCode(t, err, "AccessDeniedException", "explicit deny")
		} else if err != nil {
			t.Error(err)
		}
	}
}
