package secretsmanager_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	simsecretsmanager "github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func TestGetSecretValue(t *testing.T) {
	sim := simtest.Start(t)
	arn := simsecretsmanager.Put(sim.World, simtest.Account, "us-east-1", "prod/db", `{"password":"p"}`)
	other := sim.AddAccount("444455556666", "other")
	foreign := simsecretsmanager.Put(sim.World, other.ID, "us-east-1", "theirs", "x")
	client := secretsmanager.NewFromConfig(sim.Config())
	for _, id := range []string{"prod/db", arn, arn[:len(arn)-7]} {
		out, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(id)})
		if err != nil || aws.ToString(out.SecretString) != `{"password":"p"}` {
			t.Errorf("%s: %v, %v", id, out, err)
		}
	}
	_, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("nil")})
	simtest.WantCode(t, err, "ResourceNotFoundException", "can't find")
	_, err = client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &foreign})
	simtest.WantCode(t, err, "AccessDeniedException", "no resource-based policy")
}
