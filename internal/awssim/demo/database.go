package demo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"

	"github.com/hawser/hawser/internal/awssim/secretsmanager"
)

// statements make the shop's tables.
var statements = []string{
	`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total NUMERIC NOT NULL, placed TEXT NOT NULL)`,
	`INSERT INTO orders (id, customer, total, placed) VALUES
	 (8410, 'Ada', 129.9, '2026-11-20'), (8411, 'Grace', 42, '2026-11-20'), (8412, 'O''Hara', 310.25, '2026-11-21'),
	 (8413, 'Edsger', 18.5, '2026-11-21'), (8414, 'Barbara', 225, '2026-11-22')`,
}

// password is the demo database's. Nothing but the simulator knows it.
const password = "not-a-real-password"

// database makes a cluster with its Data API on, and a secret to it.
// The secret is put by hand: the simulated Secrets Manager only reads.
func (f *filler) database(ctx context.Context) error {
	f.made.Secret = secretsmanager.Put(f.world, Main, Region, "shop-database", `{"username":"shop","password":"`+password+`"}`)
	cluster, err := rds.NewFromConfig(f.config).CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String(Database), Engine: aws.String("aurora-postgresql"), DatabaseName: aws.String(Database),
		MasterUsername: aws.String("shop"), MasterUserPassword: aws.String(password), EnableHttpEndpoint: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	f.made.Cluster = *cluster.DBCluster.DBClusterArn
	return nil
}

// tables makes the shop's tables, once the cluster is available.
func (f *filler) tables(ctx context.Context) error {
	client := rdsdata.NewFromConfig(f.config)
	for _, sql := range statements {
		_, err := client.ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
			ResourceArn: &f.made.Cluster, SecretArn: &f.made.Secret, Database: aws.String(Database), Sql: aws.String(sql),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
