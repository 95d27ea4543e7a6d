package rds_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestDataAPINamesClusterAndSecretWhole keeps other forms of their ARNs from passing
// denials.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
func TestDataAPINamesClusterAndSecretWhole(t *testing.T) {
	s := openShop(t, "aurora-mysql")
	user := s.Account.AddUser("eve")
	client := rdsdata.NewFromConfig(s.ConfigFor(user.NewKey()))
	for name, tt := range map[string]struct{ denied, cluster, secret string }{
		"secret":  {s.login, s.cluster, s.login[:len(s.login)-len("-abcdef")]},
		"cluster": {s.cluster, strings.Replace(s.cluster, ":shop", ":SHOP", 1), s.login},
	} {
		for effect, refused := range map[string]bool{"Allow": false, "Deny": true} {
			if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"`+effect+`","Action":"*","Resource":"`+tt.denied+`"}]}`); err != nil {
				t.Fatal(err)
			}
			_, err := client.ExecuteStatement(t.Context(), &rdsdata.ExecuteStatementInput{ResourceArn: &tt.cluster, SecretArn: &tt.secret, Sql: aws.String("SELECT 1")})
			if refused {
				simtest.WantCode(t, err, "AccessDeniedException", "explicit deny")
			} else if err != nil {
				t.Error(name, err)
			}
		}
	}
}
