package toolboxtest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	simrds "github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// AddCluster adds a database cluster that has the Data API, and gives its ARN.
func AddCluster(t testing.TB, sim *simtest.Sim, region, id, engine string) string {
	t.Helper()
	arn, err := simrds.AddDBCluster(sim.World, simtest.Account, region, &rds.CreateDBClusterInput{
		DBClusterIdentifier: &id, Engine: &engine, DatabaseName: aws.String("shop"), EnableHttpEndpoint: aws.Bool(true),
		MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return arn
}
