package secretsmanager_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	simsecretsmanager "github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestListSecrets goes by
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
func TestListSecrets(t *testing.T) {
	sim := simtest.Start(t)
	for _, name := range []string{"prod/db", "prod/queue", "test/db"} {
		simsecretsmanager.Put(sim.World, simtest.Account, "us-east-1", name, "x")
	}
	client := secretsmanager.NewFromConfig(sim.Config())
	if _, err := client.TagResource(t.Context(), &secretsmanager.TagResourceInput{
		SecretId: aws.String("prod/db"), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}},
	}); err != nil {
		t.Fatal(err)
	}
	filter := func(key types.FilterNameStringType, values ...string) []types.Filter {
		return []types.Filter{{Key: key, Values: values}}
	}
	for name, tt := range map[string]struct {
		filters []types.Filter
		want    []string
	}{
		"all":          {nil, []string{"prod/db", "prod/queue", "test/db"}},
		"name":         {filter("name", "prod/"), []string{"prod/db", "prod/queue"}},
		"names":        {filter("name", "prod/q", "test"), []string{"prod/queue", "test/db"}},
		"not the name": {filter("name", "!prod/"), []string{"test/db"}},
		"case":         {filter("name", "Prod/"), nil},
		"anything":     {filter("all", "DB"), []string{"prod/db", "test/db"}},
		"tag":          {filter("tag-key", "team"), nil},
		"a tag's key":  {filter("tag-key", "own"), []string{"prod/db"}},
		"its value":    {filter("tag-value", "shop"), []string{"prod/db"}},
		"in a tag":     {filter("all", "Shop"), []string{"prod/db"}},
	} {
		var got []string
		pages := secretsmanager.NewListSecretsPaginator(client, &secretsmanager.ListSecretsInput{
			Filters: tt.filters, SortBy: types.SortByTypeName, SortOrder: types.SortOrderTypeAsc, MaxResults: aws.Int32(1),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.SecretList {
				got = append(got, *s.Name)
				if s.ARN == nil || len(s.SecretVersionsToStages) != 1 {
					t.Errorf("%+v", s)
				}
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	_, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{NextToken: aws.String("x")})
	simtest.WantCode(t, err, "InvalidNextTokenException", "")
}
